"""What the calendar says of each year, and what a file would change in it."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

import msgspec
from sqlalchemy import select

from services.kernel import calendar_days
from services.kernel.calendar_days import Calendar, CalendarDay, CalendarNotReadable, Status
from services.kernel.calendar_days.models import CalendarChange, CalendarDayRow
from services.kernel.work import Work

AHEAD = 1
"""The years that are shown reach at least so far beyond this one."""


class Year(msgspec.Struct, frozen=True):
    """One year as a whole."""

    year: int
    days: Sequence[CalendarDay]
    is_imported: bool = False

    @property
    def is_official(self) -> bool:
        """No day of it is a guess."""
        return all(day.status is Status.OFFICIAL for day in self.days)

    @property
    def workdays(self) -> int:
        """How many days offices work."""
        return sum(day.is_workday for day in self.days)

    @property
    def papers(self) -> Sequence[str]:
        """By which papers, in the order of their first day."""
        return list(dict.fromkeys(day.source for day in self.days if day.source))

    @property
    def holidays(self) -> int:
        """How many days off have a name: holidays with the weekends around them."""
        return sum(not day.is_workday and day.name != "周末" for day in self.days)

    @property
    def swapped(self) -> Sequence[CalendarDay]:
        """The Saturdays and Sundays on which offices work."""
        return [day for day in self.days if day.is_workday and day.day.isoweekday() > 5]  # noqa: PLR2004 - Friday is 5


class Difference(msgspec.Struct, frozen=True):
    """One day that is worked or called otherwise than before."""

    before: CalendarDay
    after: CalendarDay


class Preview(msgspec.Struct, frozen=True):
    """What a file would change, and the change on which that holds."""

    days: Sequence[CalendarDay]
    differences: Sequence[Difference]
    years: Sequence[tuple[Year, Year]]
    """Every year that it touches, before and after."""
    confirmed: int
    """How many guessed days become official."""
    stands_at: UUID | None

    @property
    def is_empty(self) -> bool:
        """Everything stands so already."""
        return all(before.days == after.days for before, after in self.years)


async def years(work: Work) -> Sequence[Year]:
    """Every year with a calendar of its own, newest first, at least up to the next one."""
    work.require("calendar:read")
    calendar = await calendar_days.current(work)
    imported = set(await work.all(select(CalendarDayRow.day).where(CalendarDayRow.is_imported)))
    last = max([work.today.year + AHEAD, *(day.year for day in calendar.days)])
    first = min([work.today.year, *(day.year for day in calendar.days)])
    found = [Year(year, calendar.year(year), date(year, 1, 1) in imported) for year in range(first, last + 1)]
    return found[::-1]


async def year_of(work: Work, year: int) -> Year:
    """One year, known or guessed."""
    work.require("calendar:read")
    calendar = await calendar_days.current(work)
    is_imported = select(CalendarDayRow.day).where(CalendarDayRow.day == date(year, 1, 1), CalendarDayRow.is_imported)
    return Year(year, calendar.year(year), await work.first(is_imported) is not None)


async def stands_at(work: Work) -> UUID | None:
    """The newest change of the calendar."""
    return await work.first(select(CalendarChange.id).order_by(CalendarChange.number.desc()))


async def preview(work: Work, days: Sequence[CalendarDay]) -> Preview:
    """What would change; raises CalendarNotReadable where an official year would become a guess again."""
    work.require("calendar:import")
    newest = await stands_at(work)
    before = await calendar_days.current(work)
    after = before.replaced(days)
    touched = sorted(Calendar.of(days).days)
    for day in touched:
        if after.on(day).status is Status.PROVISIONAL and before.on(day).status is Status.OFFICIAL:
            raise CalendarNotReadable(f"{day.year} 年的安排已是正式的，不能改回暂定，请把 status 写成 official")
    told = [Difference(before.on(day), after.on(day)) for day in touched]
    return Preview(
        days=[after.on(day) for day in touched],
        differences=[one for one in told if _told_apart(one.before, one.after)],
        years=[
            (Year(year, before.year(year)), Year(year, after.year(year))) for year in sorted({d.year for d in touched})
        ],
        confirmed=sum(one.before.status is not one.after.status for one in told),
        stands_at=newest,
    )


async def template(work: Work, year: int) -> str:
    """The file of a year, as an example for the next."""
    return calendar_days.written((await year_of(work, year)).days)


def _told_apart(before: CalendarDay, after: CalendarDay) -> bool:
    return (before.is_workday, before.name) != (after.is_workday, after.name)
