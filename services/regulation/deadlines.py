"""When something is due: the periods of the laws, counted the way the laws count.

Days are legal days in Asia/Shanghai; the working calendar comes from outside, so that nothing here reads a file
of holidays or a clock.
"""

import calendar
import tomllib
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any, Protocol

RULES = Path(__file__).parent / "deadlines.toml"


class WorkingDays(Protocol):
    """What counting needs to know about the calendar."""

    def add_workdays(self, start: date, n: int) -> date: ...  # noqa: D102
    def subtract_workdays(self, start: date, n: int) -> date: ...  # noqa: D102
    def roll(self, day: date) -> date: ...  # noqa: D102
    def is_provisional(self, first: date, last: date) -> bool: ...  # noqa: D102


class Unit(StrEnum):
    """What a period is measured in."""

    HOUR = "hour"
    WORKING_DAY = "working_day"
    DAY = "day"
    MONTH = "month"
    YEAR = "year"


class Anchor(StrEnum):
    """From where a period is counted: the event itself, or the end of its quarter or year."""

    START = "start"
    QUARTER_END = "quarter_end"
    YEAR_END = "year_end"


class Roll(StrEnum):
    """Whether a last day without offices moves to the next working day (民法典 203)."""

    NONE = "none"
    NEXT_WORKING_DAY = "next_working_day"


class Sureness(StrEnum):
    """How a rule is known: read in the law or on a page, only recalled, or our own choice."""

    LAW = "law"
    WEB = "web"
    RECALLED = "recalled"
    PRODUCT = "product"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One period of one paper, in force from a day and perhaps until a day."""

    code: str
    title: str
    unit: Unit
    n: int
    basis: str
    effective_from: date
    sureness: Sureness
    effective_to: date | None = None
    extension: int = 0
    before: bool = False
    anchor: Anchor = Anchor.START
    roll: Roll = Roll.NONE
    includes_start: bool = False

    @property
    def unverified(self) -> bool:
        """Whether people must see 待核实 beside it."""
        return self.sureness is Sureness.RECALLED

    def is_in_force(self, on: date) -> bool:
        """Whether the paper applied on a day, both ends included."""
        return self.effective_from <= on and (self.effective_to is None or on <= self.effective_to)


@dataclass(frozen=True, slots=True, kw_only=True)
class Deadline:
    """A last day: `safe_on` for reminders, `latest_on` after the roll over holidays; often the same."""

    rule: Rule
    safe_on: date
    latest_on: date
    is_provisional: bool

    @property
    def basis(self) -> str:
        """The paper and article that set it."""
        return self.rule.basis

    @property
    def words(self) -> str:
        """Both days when they differ, with the marks 暂定 and 待核实 where they belong."""
        rolled = "" if self.safe_on == self.latest_on else f"（遇休假日，法定最迟{_in_chinese(self.latest_on)}）"
        marks = "〔暂定〕" * self.is_provisional + "〔待核实〕" * self.rule.unverified
        return f"{_in_chinese(self.safe_on)}{rolled}{marks}"


class NoRuleInForce(LookupError):  # noqa: N818 - a fact about the law, not a fault
    """No version of a rule was in force on the day of the event."""


@cache
def rules() -> tuple[Rule, ...]:
    """All shipped rules, older versions before newer ones."""
    rows = tomllib.loads(RULES.read_text(encoding="utf-8"))["rule"]
    return tuple(sorted(map(_rule, rows), key=lambda rule: (rule.code, rule.effective_from)))


def rule(code: str, on: date | None = None) -> Rule:
    """The version of a rule in force on the day of the event; without a day the newest.

    Raises NoRuleInForce when the code is unknown or nothing was in force on that day.
    """
    versions = [rule for rule in rules() if rule.code == code and (on is None or rule.is_in_force(on))]
    if not versions:
        raise NoRuleInForce(f"{on or ''} 没有可适用的期限规定：{code}，请由经办人员手工填写期限并注明依据")
    return versions[-1]


def due(rule: Rule, start: date, days: WorkingDays, *, extended: bool = False) -> Deadline:
    """The deadline of a rule for an event on `start`, which itself is not counted (民法典 201-203).

    Raises ValueError for a rule in hours, which needs an instant (`due_at`).
    """
    n = rule.n + (rule.extension if extended else 0)
    start = _anchored(start, rule.anchor)
    if rule.unit is Unit.WORKING_DAY:
        last = days.subtract_workdays(start, n) if rule.before else days.add_workdays(start, n)
        counted = sorted((start, last))
        guessed = days.is_provisional(counted[0], counted[1])
        return Deadline(rule=rule, safe_on=last, latest_on=last, is_provisional=guessed)
    safe = _moved(start, rule.unit, -n if rule.before else n) - timedelta(days=rule.includes_start)
    if rule.roll is Roll.NONE:
        return Deadline(rule=rule, safe_on=safe, latest_on=safe, is_provisional=False)
    latest = days.roll(safe)
    return Deadline(rule=rule, safe_on=safe, latest_on=latest, is_provisional=days.is_provisional(safe, latest))


def due_at(rule: Rule, started_at: datetime) -> datetime:
    """The instant at which a period in hours ends, counted from the moment of the event (民法典 201¶2).

    Raises ValueError for an instant without time zone or a rule not in hours.
    """
    if started_at.tzinfo is None or rule.unit is not Unit.HOUR:
        raise ValueError("hours are counted from an aware instant, by a rule in hours")
    return started_at + timedelta(hours=-rule.n if rule.before else rule.n)


def _rule(row: dict[str, Any]) -> Rule:
    kinds = {"unit": Unit, "anchor": Anchor, "roll": Roll, "sureness": Sureness}
    typed: dict[str, Any] = {
        key: kinds[key](value) if key in kinds else value for key, value in row.items() if key != "counted"
    }
    return Rule(**typed, before=row.get("counted") == "before")


def _anchored(start: date, anchor: Anchor) -> date:
    if anchor is Anchor.START:
        return start
    month = 12 if anchor is Anchor.YEAR_END else (start.month + 2) // 3 * 3
    return date(start.year, month, calendar.monthrange(start.year, month)[1])


def _moved(start: date, unit: Unit, n: int) -> date:
    if unit is Unit.HOUR:
        raise ValueError("a period in hours needs an instant")
    if unit is Unit.DAY:
        return start + timedelta(days=n)
    year, month = divmod(start.year * 12 + start.month - 1 + n * (12 if unit is Unit.YEAR else 1), 12)
    # 民法典 202: the corresponding day, or the month's last day when there is none.
    return date(year, month + 1, min(start.day, calendar.monthrange(year, month + 1)[1]))


def _in_chinese(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"
