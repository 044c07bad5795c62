"""The periods in which duties come round, their keys, and the days on which they begin and end (Asia/Shanghai)."""

import calendar
from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from enum import StrEnum
from typing import NamedTuple

from services.regulation.deadlines import WorkingDays, due, rule

ONE_DAY = timedelta(days=1)
ONCE = "once"


class Period(StrEnum):
    """How often a duty comes round; standing ones hold all the time, by_fact ones end on a day of a paper."""

    ONCE = "once"
    STANDING = "standing"
    DAILY = "daily"
    WEEKLY = "weekly"
    MONTHLY = "monthly"
    QUARTERLY = "quarterly"
    HALF_YEARLY = "half_yearly"
    YEARLY = "yearly"
    BY_FACT = "by_fact"

    @property
    def label(self) -> str:
        """The word that people see."""
        return LABELS[self]

    @property
    def comes_round(self) -> bool:
        """Whether the calendar alone says when it is due."""
        return self not in {Period.ONCE, Period.STANDING, Period.BY_FACT}


LABELS = {
    Period.ONCE: "一次",
    Period.STANDING: "长期",
    Period.DAILY: "每日",
    Period.WEEKLY: "每周",
    Period.MONTHLY: "每月",
    Period.QUARTERLY: "每季度",
    Period.HALF_YEARLY: "每半年",
    Period.YEARLY: "每年",
    Period.BY_FACT: "按证件日期",
}
MONTHS = {Period.MONTHLY: 1, Period.QUARTERLY: 3, Period.HALF_YEARLY: 6, Period.YEARLY: 12}

Span = tuple[date, date]
"""From a day to a day, both included; date.max where no end is known."""


class Occurrence(NamedTuple):
    """One coming round of a duty; the last day is not moved by holidays."""

    key: str
    starts_on: date | None
    due_on: date | None
    ends_on: date | None
    """The period's own last day, from which `due_on` may be counted."""


class EveryDay:
    """A calendar without holidays: deadlines counted by it are the safe ones."""

    def add_workdays(self, start: date, n: int) -> date:
        """The n-th day after."""
        return start + n * ONE_DAY

    def subtract_workdays(self, start: date, n: int) -> date:
        """The n-th day before."""
        return start - n * ONE_DAY

    def roll(self, day: date) -> date:
        """The day itself."""
        return day

    def is_provisional(self, first: date, last: date) -> bool:  # noqa: ARG002 - a calendar is asked with both
        """Never: nothing was guessed."""
        return False


EVERY_DAY = EveryDay()


def span_of(period: Period, on: date) -> Span:
    """The first and last day of the period around a day; weeks run from Monday to Sunday."""
    if period is Period.WEEKLY:
        monday = on - on.weekday() * ONE_DAY
        return monday, monday + 6 * ONE_DAY
    if period not in MONTHS:
        return on, on
    months = MONTHS[period]
    first = (on.month - 1) // months * months + 1
    last = first + months - 1
    return date(on.year, first, 1), date(on.year, last, calendar.monthrange(on.year, last)[1])


def key_of(period: Period, on: date) -> str:
    """The stable name of the period around a day: 2026, 2026H1, 2026Q1, 2026-03, 2026-W10, 2026-03-05 or once."""
    if period is Period.WEEKLY:
        year, week, _ = on.isocalendar()
        return f"{year}-W{week:02d}"
    words = {
        Period.DAILY: on.isoformat(),
        Period.MONTHLY: f"{on:%Y-%m}",
        Period.QUARTERLY: f"{on.year}Q{(on.month + 2) // 3}",
        Period.HALF_YEARLY: f"{on.year}H{(on.month + 5) // 6}",
        Period.YEARLY: str(on.year),
    }
    return words.get(period, ONCE)


def occurrence_around(period: Period, on: date, deadline: str | None) -> Occurrence:
    """The occurrence whose period contains a day; due on its last day or by a rule of deadlines.toml."""
    first, last = span_of(period, on)
    return Occurrence(key_of(period, on), first, last_day(last, deadline, EVERY_DAY), last)


def last_day(period_end: date, deadline: str | None, days: WorkingDays) -> date:
    """Until when a period's duty is done; with a real calendar the day after rolling over holidays."""
    return period_end if deadline is None else due(rule(deadline, period_end), period_end, days).latest_on


def current(period: Period, on: date, deadline: str | None) -> Occurrence:
    """The nearest occurrence that is not past its day: in early April the first quarter's figures are still to come."""
    if not period.comes_round:
        return Occurrence(ONCE, None, None, None)
    around = occurrence_around(period, on, deadline)
    if deadline is not None and around.starts_on is not None:
        earlier = occurrence_around(period, around.starts_on - ONE_DAY, deadline)
        if earlier.due_on is not None and on <= earlier.due_on:
            return earlier
    return around


def occurrences(
    period: Period, first: date, last: date, *, deadline: str | None = None, suspended: Iterable[Span] = ()
) -> Iterator[Occurrence]:
    """Every occurrence whose period meets first to last; a period without one day outside `suspended` is left out.

    Only of periods that the calendar makes; a duty that stands or ends by a paper has none.
    """
    spans = sorted(suspended)
    day = first
    while period.comes_round and day <= last:
        found = occurrence_around(period, day, deadline)
        begins, ends = span_of(period, day)
        if not _covered(begins, ends, spans):
            yield found
        day = ends + ONE_DAY


def _covered(first: date, last: date, spans: list[Span]) -> bool:
    day = first
    for begins, ends in spans:
        if begins <= day <= ends:
            if ends >= last:
                return True
            day = ends + ONE_DAY
    return False
