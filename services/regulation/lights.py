"""How near a deadline is: one light, one rhythm of reminders, one ladder of escalation for everything."""

import tomllib
from dataclasses import dataclass
from datetime import date, time
from enum import StrEnum
from functools import cache
from pathlib import Path

AMBER_DAYS = 7
REMINDERS = Path(__file__).parent / "reminders.toml"


class Colour(StrEnum):
    """The three colours of a light, never shown without words."""

    RED = "red"
    AMBER = "amber"
    GREEN = "green"


@dataclass(frozen=True, slots=True)
class Light:
    """A colour and the words that say the same."""

    colour: Colour
    words: str


class Audience(StrEnum):
    """Who hears that something is overdue, from near to far."""

    OWNER_HEAD = "owner_head"
    TOWN_LEADER = "town_leader"
    DISTRICT = "district"


@dataclass(frozen=True, slots=True)
class Escalation:
    """After so many days overdue this audience hears of it."""

    after_days: int
    audience: Audience
    words: str


@dataclass(frozen=True, slots=True)
class Rhythm:
    """When reminders go out, counted in natural days from the deadline."""

    before_days: frozenset[int]
    overdue_days: tuple[int, ...]
    then_every_days: int
    night_from: time
    night_until: time
    escalations: tuple[Escalation, ...]


def light(due_on: date, today: date) -> Light:
    """Red once the day has passed, amber from seven days before it, else green."""
    left = (due_on - today).days
    if left < 0:
        return Light(Colour.RED, f"逾期 {-left} 天")
    if left == 0:
        return Light(Colour.AMBER, "今天到期")
    return Light(Colour.AMBER, f"{left} 天后到期") if left <= AMBER_DAYS else Light(Colour.GREEN, "正常")


def reminds_on(due_on: date, today: date) -> bool:
    """Whether a reminder belongs to this day: 30, 7, 3, 1 days before, on the day, 3 days after, then weekly."""
    overdue = (today - due_on).days
    if overdue <= 0:
        return -overdue in rhythm().before_days
    last = rhythm().overdue_days[-1]
    return overdue in rhythm().overdue_days or (overdue > last and (overdue - last) % rhythm().then_every_days == 0)


def escalation(days_overdue: int) -> tuple[Escalation, ...]:
    """Everyone who must have heard by now; a step missed on its own day is thus made up the day after."""
    return tuple(step for step in rhythm().escalations if step.after_days <= days_overdue)


def is_night(at: time) -> bool:
    """Whether a local time in Asia/Shanghai is one at which nobody is woken but for an accident."""
    return at >= rhythm().night_from or at < rhythm().night_until


@cache
def rhythm() -> Rhythm:
    """The shipped rhythm of reminders."""
    data = tomllib.loads(REMINDERS.read_text(encoding="utf-8"))
    steps = [Escalation(s["after_days"], Audience(s["audience"]), s["words"]) for s in data["escalation"]]
    return Rhythm(
        before_days=frozenset(data["before_days"]),
        overdue_days=tuple(data["overdue_days"]),
        then_every_days=data["then_every_days"],
        night_from=data["night_from"],
        night_until=data["night_until"],
        escalations=tuple(steps),
    )
