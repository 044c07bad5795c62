"""The last day of an assignment: chosen by a person, or so many working days after a day (民法典 203)."""

from datetime import date

import msgspec

from services.kernel.calendar_days import Calendar
from services.kernel.clock import in_words
from services.kernel.refusals import BadInput
from services.supervision.assignments.states import Life

MOST_WORKDAYS = 250


class Due(msgspec.Struct, frozen=True):
    """A last day for reminders and lights, and where it is no working day the next one, which the law still allows."""

    safe_on: date
    latest_on: date
    is_provisional: bool
    workdays: int | None = None
    start: date | None = None
    """Counted from the day after this one; None where a person chose the day."""

    @property
    def words(self) -> str:
        """Both days when they differ, and the mark of a year whose calendar is not published yet."""
        rolled = "" if self.safe_on == self.latest_on else f"（遇休假日，法定最迟 {in_words(self.latest_on)}）"
        return f"{in_words(self.safe_on)}{rolled}{'〔暂定〕' if self.is_provisional else ''}"

    @property
    def counted(self) -> str:
        """How it was counted; empty where a person chose the day."""
        return f"自{in_words(self.start)}的次日起 {self.workdays} 个工作日" if self.start else ""

    @property
    def why_provisional(self) -> str:
        """What 暂定 means for this day; empty where it is certain."""
        if not self.is_provisional:
            return ""
        unknown = f"国务院办公厅还没有公布 {self.latest_on.year} 年的放假安排"
        if self.start:
            return f"暂定：{unknown}，先按周末和法定节日推算；公布后系统自动重新计算，期限有变动会发消息告知。"
        return f"暂定：{unknown}，这一天是否上班要待公布后确定；期限由下发人员指定，日期本身不变。"


def due_of(calendar: Calendar, due_on: date) -> Due:
    """What the calendar says of a last day that somebody chose."""
    latest = calendar.roll(due_on)
    return Due(due_on, latest, calendar.is_provisional(due_on, latest))


def in_workdays(calendar: Calendar, start: date, days: int) -> Due:
    """The last of so many working days after a day, which itself is not counted; raises BadInput."""
    if not 1 <= days <= MOST_WORKDAYS:
        raise BadInput(fields={"workdays": f"请填 1 到 {MOST_WORKDAYS} 之间的整数"})
    last = calendar.add_workdays(start, days)
    return Due(last, last, calendar.is_provisional(start, last), days, start)


def again(calendar: Calendar, kept: Life) -> Due:
    """The last day by the calendar as it stands now: counted anew where it was counted, else the day that was chosen."""
    if kept.due_start is None or kept.due_workdays is None:
        return due_of(calendar, kept.due_on)
    return in_workdays(calendar, kept.due_start, kept.due_workdays)


def standing(calendar: Calendar, kept: Life) -> Due:
    """The last day as it stands; it moves when the deadlines are counted again, not when somebody looks."""
    if kept.due_start is None:
        return due_of(calendar, kept.due_on)
    return Due(kept.due_on, kept.due_on, kept.due_provisional, kept.due_workdays, kept.due_start)
