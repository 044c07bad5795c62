"""A year as twelve small months: each day off or swapped carries a word, so that colour is never needed."""

from calendar import Calendar as Weeks
from collections.abc import Iterator, Sequence
from itertools import groupby

import msgspec

from services.kernel.calendar_days import CalendarDay
from services.supervision.calendar import Year

FRIDAY = 5
WEEKEND = "周末"


class Cell(msgspec.Struct, frozen=True):
    """One day of a month."""

    number: int
    kind: str
    """work, swapped (a weekend that is worked), off (a holiday) or weekend."""
    words: str
    """What stands in the cell besides the number: 休 or 班, nothing on ordinary days."""
    name: str


class Month(msgspec.Struct, frozen=True):
    """One month with its weeks from Monday on; None fills the weeks at both ends."""

    number: int
    workdays: int
    weeks: Sequence[Sequence[Cell | None]]
    notes: Sequence[str]


def months_of(year: Year) -> list[Month]:
    """The twelve months."""
    return [_month(year.year, number, days) for number, days in groupby_month(year.days)]


def groupby_month(days: Sequence[CalendarDay]) -> Iterator[tuple[int, list[CalendarDay]]]:
    """The days of each month, in order."""
    for number, group in groupby(days, key=lambda day: day.day.month):
        yield number, list(group)


def _month(year: int, number: int, days: Sequence[CalendarDay]) -> Month:
    cells = {day.day.day: _cell(day) for day in days}
    weeks = [[cells.get(day) for day in week] for week in Weeks().monthdayscalendar(year, number)]
    return Month(number, sum(day.is_workday for day in days), weeks, list(_notes(days)))


def _cell(day: CalendarDay) -> Cell:
    if day.is_workday:
        swapped = day.day.isoweekday() > FRIDAY
        return Cell(day.day.day, "swapped" if swapped else "work", "班" if swapped else "", day.name)
    weekend = day.name == WEEKEND
    return Cell(day.day.day, "weekend" if weekend else "off", "" if weekend else "休", day.name)


def _notes(days: Sequence[CalendarDay]) -> Iterator[str]:
    """What is to be known of the month in words: 1—3日 元旦放假，4日 元旦调休上班."""
    for (name, is_workday), group in groupby(days, key=lambda day: (day.name, day.is_workday)):
        if name in {"", WEEKEND}:
            continue
        numbers = [day.day.day for day in group]
        span = f"{numbers[0]}日" if len(numbers) == 1 else f"{numbers[0]}—{numbers[-1]}日"
        yield f"{span} {name}" + ("" if is_workday else "放假")
