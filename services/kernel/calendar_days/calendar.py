"""Which days offices work: the official calendar as far as it was published, and an honest guess beyond."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

ONE_DAY = timedelta(days=1)
SATURDAY = 5
FIXED_HOLIDAYS = {(1, 1): "元旦", (5, 1): "劳动节", (5, 2): "劳动节", **{(10, d): "国庆节" for d in (1, 2, 3)}}
GUESS = "按周末和固定日期的法定节日推算"


class Status(StrEnum):
    """Whether a day follows a published notice, or is a guess (暂定) until one appears."""

    OFFICIAL = "official"
    PROVISIONAL = "provisional"

    @property
    def label(self) -> str:
        """The word that people see."""
        return "正式" if self is Status.OFFICIAL else "暂定"


@dataclass(frozen=True, slots=True)
class CalendarDay:
    """One day in Asia/Shanghai: worked or not, and by which paper."""

    day: date
    is_workday: bool
    name: str
    source: str
    status: Status


@dataclass(frozen=True, slots=True)
class Calendar:
    """The days that are known, and for every other day Mon-Fri without the holidays of fixed date, provisional."""

    days: Mapping[date, CalendarDay]

    @classmethod
    def of(cls, exceptions: Iterable[CalendarDay]) -> "Calendar":
        """A calendar from its exceptional days; 1 January says by which paper the ordinary days of its year go."""
        given = {day.day: day for day in exceptions}
        new_years = [day for day in given.values() if (day.day.month, day.day.day) == (1, 1)]
        return cls({day.day: day for new_year in new_years for day in _ordinary_year(new_year)} | given)

    def replaced(self, exceptions: Iterable[CalendarDay]) -> "Calendar":
        """The calendar after a year's notice came in: its year whole, and single days it gives of another year."""
        return Calendar({**self.days, **Calendar.of(exceptions).days})

    def on(self, day: date) -> CalendarDay:
        """What is known or guessed about one day."""
        return self.days.get(day) or _guess(day)

    def is_workday(self, day: date) -> bool:
        """Whether offices work on this day."""
        return self.on(day).is_workday

    def is_provisional(self, first: date, last: date) -> bool:
        """Whether any day from first to last, both included, is only guessed (暂定)."""
        return any(self.on(day).status is Status.PROVISIONAL for day in _days(first, last))

    def add_workdays(self, start: date, n: int) -> date:
        """The n-th working day after start, which itself is not counted; start when n is 0."""
        return self._step(start, n, ONE_DAY)

    def subtract_workdays(self, start: date, n: int) -> date:
        """The n-th working day before start, which itself is not counted; start when n is 0."""
        return self._step(start, n, -ONE_DAY)

    def roll(self, day: date) -> date:
        """The day itself when offices work, else the next working day (民法典 203)."""
        while not self.is_workday(day):
            day += ONE_DAY
        return day

    def workdays(self, first: date, last: date) -> int:
        """How many working days lie from first to last, both included."""
        return sum(self.is_workday(day) for day in _days(first, last))

    def papers(self, first: date, last: date) -> list[str]:
        """The papers by which the days from first to last, both included, are worked or not, in their order."""
        return list(dict.fromkeys(self.on(day).source for day in _days(first, last)))

    def year(self, year: int) -> list[CalendarDay]:
        """Every day of one year, known or guessed, in order."""
        return [self.on(day) for day in _days(date(year, 1, 1), date(year, 12, 31))]

    def _step(self, day: date, n: int, step: timedelta) -> date:
        if n < 0:
            raise ValueError("n counts working days and is never negative")
        while n:
            day += step
            n -= self.is_workday(day)
        return day


def _ordinary_year(new_year: CalendarDay) -> Iterator[CalendarDay]:
    for day in _days(new_year.day, date(new_year.day.year, 12, 31)):
        worked = day.weekday() < SATURDAY
        yield CalendarDay(day, worked, "" if worked else "周末", new_year.source, new_year.status)


def _guess(day: date) -> CalendarDay:
    holiday = FIXED_HOLIDAYS.get((day.month, day.day))
    worked = day.weekday() < SATURDAY and holiday is None
    return CalendarDay(day, worked, holiday or ("" if worked else "周末"), GUESS, Status.PROVISIONAL)


def _days(first: date, last: date) -> Iterator[date]:
    for n in range((last - first).days + 1):
        yield first + n * ONE_DAY
