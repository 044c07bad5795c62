"""The last day of an assignment, counted by the working calendar (民法典 203)."""

from datetime import date

import msgspec

from services.kernel import calendar_days
from services.kernel.clock import in_words
from services.kernel.refusals import BadInput

MOST_WORKDAYS = 250


class Due(msgspec.Struct, frozen=True):
    """A last day for reminders and lights, and where it is no working day the next one, which the law still allows."""

    safe_on: date
    latest_on: date
    is_provisional: bool

    @property
    def words(self) -> str:
        """Both days when they differ, and the mark of a year whose calendar is not published yet."""
        rolled = "" if self.safe_on == self.latest_on else f"（遇休假日，法定最迟 {in_words(self.latest_on)}）"
        return f"{in_words(self.safe_on)}{rolled}{'〔暂定〕' if self.is_provisional else ''}"


def due_of(today: date, due_on: date) -> Due:
    """What the calendar says of a last day that somebody chose."""
    calendar = calendar_days.shipped()
    latest = calendar.roll(due_on)
    return Due(due_on, latest, calendar.is_provisional(today, latest))


def in_workdays(today: date, days: int) -> date:
    """The last of so many working days after today, which itself is not counted; raises BadInput."""
    if not 1 <= days <= MOST_WORKDAYS:
        raise BadInput(fields={"workdays": f"请填 1 到 {MOST_WORKDAYS} 之间的整数"})
    return calendar_days.shipped().add_workdays(today, days)
