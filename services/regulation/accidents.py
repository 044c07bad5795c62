"""How grave an accident is (生产安全事故报告和调查处理条例, 国务院令第493号)."""

from collections.abc import Iterable
from datetime import date, timedelta
from enum import StrEnum

WINDOW = timedelta(days=30)
WINDOW_TRAFFIC_OR_FIRE = timedelta(days=7)
YUAN = 100


class AccidentLevel(StrEnum):
    """From the event that hurt nobody to the gravest."""

    NEAR_MISS = "near_miss"
    ORDINARY = "ordinary"
    LARGER = "larger"
    MAJOR = "major"
    PARTICULARLY_MAJOR = "particularly_major"

    @property
    def label(self) -> str:
        """The word of the law."""
        return LABELS[self]

    @property
    def severity(self) -> int:
        """0 for a near miss up to 4; for comparing."""
        return list(AccidentLevel).index(self)


LABELS = {
    AccidentLevel.NEAR_MISS: "未定级（险情）",
    AccidentLevel.ORDINARY: "一般事故",
    AccidentLevel.LARGER: "较大事故",
    AccidentLevel.MAJOR: "重大事故",
    AccidentLevel.PARTICULARLY_MAJOR: "特别重大事故",
}

# Deaths, serious injuries and direct loss in 分 from which a level begins; 以上 includes the number (第3条第2款).
BEGINNINGS = (
    (AccidentLevel.PARTICULARLY_MAJOR, 30, 100, 100_000_000 * YUAN),
    (AccidentLevel.MAJOR, 10, 50, 50_000_000 * YUAN),
    (AccidentLevel.LARGER, 3, 10, 10_000_000 * YUAN),
)


def level_of(*, deaths: int, serious_injuries: int, loss_fen: int, minor_injuries: int = 0) -> AccidentLevel:
    """The gravest of the levels by deaths, serious injuries and loss (第3条); nothing of all is a near miss.

    Loss in 分. Raises ValueError for a negative number.
    """
    harm = (deaths, serious_injuries, loss_fen, minor_injuries)
    if min(harm) < 0:
        raise ValueError("people and money are counted from zero")
    for level, dead, hurt, lost in BEGINNINGS:
        if deaths >= dead or serious_injuries >= hurt or loss_fen >= lost:
            return level
    return AccidentLevel.ORDINARY if any(harm) else AccidentLevel.NEAR_MISS


def window_ends_on(happened_on: date, *, is_traffic_or_fire: bool = False) -> date:
    """The last day on which a death still changes the figures: 30 days, 7 for traffic and fire (第13条)."""
    return happened_on + (WINDOW_TRAFFIC_OR_FIRE if is_traffic_or_fire else WINDOW)


def deaths_counted(happened_on: date, died_on: Iterable[date], *, is_traffic_or_fire: bool = False) -> int:
    """How many deaths count for the level: those up to and on the last day of the window (第13条)."""
    last = window_ends_on(happened_on, is_traffic_or_fire=is_traffic_or_fire)
    return sum(day <= last for day in died_on)
