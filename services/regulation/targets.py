"""The three targets of a year plan, as figures that always carry what they were made from (珍溪府发〔2021〕29号 二)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from services.regulation.accidents import AccidentLevel

STANDARDIZATION_PERCENT = 60
NOT_APPLICABLE = "不适用"


@dataclass(frozen=True, slots=True)
class Figure:
    """A count (`denominator` None) or a rate n/m; `reached` None where nothing could be reached or missed."""

    numerator: int
    denominator: int | None
    reached: bool | None
    words: str
    missing: int = 0


@dataclass(frozen=True, slots=True)
class AccidentFact:
    """What the first target needs to know of one accident."""

    level: AccidentLevel
    deaths: int
    has_social_impact: bool = False


@dataclass(frozen=True, slots=True)
class AccidentControl:
    """The first target: no larger and no fatal accident, fewer ordinary ones, none with wide social impact."""

    larger: Figure
    fatal: Figure
    ordinary: Figure
    social_impact: Figure

    @property
    def figures(self) -> tuple[Figure, ...]:
        """The four figures in the order of the plan."""
        return (self.larger, self.fatal, self.ordinary, self.social_impact)

    @property
    def reached(self) -> bool:
        """Whether the year is still clean; one miss makes it red."""
        return all(figure.reached for figure in self.figures)


def accident_control(accidents: Iterable[AccidentFact], *, ordinary_last_year: int) -> AccidentControl:
    """The state of target 1 for the accidents of one year so far (二, 事故控制)."""
    year = [fact for fact in accidents if fact.level is not AccidentLevel.NEAR_MISS]
    ordinary = sum(fact.level is AccidentLevel.ORDINARY for fact in year)
    fewer = ordinary < ordinary_last_year or ordinary == 0
    return AccidentControl(
        larger=_none_of(sum(fact.level is not AccidentLevel.ORDINARY for fact in year)),
        fatal=_none_of(sum(fact.deaths > 0 for fact in year)),
        ordinary=Figure(ordinary, None, fewer, f"{ordinary} 起（上年 {ordinary_last_year} 起）"),
        social_impact=_none_of(sum(fact.has_social_impact for fact in year)),
    )


def campaign_share(done: int, listed: int) -> Figure:
    """How much of target 2 is done: enterprises with a batch, campaigns finished, or list entries struck off."""
    return _rate(done, listed, target_percent=100, places=1)


def standardization_rate(certified: int, above_scale: int, *, target_percent: int = STANDARDIZATION_PERCENT) -> Figure:
    """Target 3: above-scale enterprises with a valid certificate, of all in the register (二, 标准化创建)."""
    return _rate(certified, above_scale, target_percent=target_percent, places=2)


def insurance_rate(insured: int, producing: int) -> Figure:
    """Smelters in normal production with a valid policy: every one must have it (三(六)14)."""
    return _rate(insured, producing, target_percent=100, places=2)


def close_out_rate(closed_out: int, found: int) -> Figure:
    """How many of the items found were struck off (三(五)11); 无 where nothing was found."""
    figure = _rate(closed_out, found, target_percent=100, places=1, counted="项")
    return figure if found else Figure(0, 0, None, "无")


def is_valid_on(day: date, *, starts_on: date, ends_on: date) -> bool:
    """Whether a certificate or policy is valid on a day; the dates on the paper are both included."""
    return starts_on <= day <= ends_on


def percent(numerator: int, denominator: int, places: int) -> str:
    """A rate in percent, rounded half up by integers."""
    scale = 10**places
    whole, rest = divmod((200 * scale * numerator + denominator) // (2 * denominator), scale)
    return f"{whole}.{rest:0{places}d}%"


def _rate(numerator: int, denominator: int, *, target_percent: int, places: int, counted: str = "家") -> Figure:
    if not 0 <= numerator <= denominator:
        raise ValueError("a part is never less than nothing nor more than the whole")
    if denominator == 0:
        return Figure(0, 0, None, NOT_APPLICABLE)
    missing = max(0, -(-target_percent * denominator // 100) - numerator)
    state = f"还差 {missing} {counted}" if missing else "已达标"
    words = f"{numerator}/{denominator}，{percent(numerator, denominator, places)}，{state}"
    return Figure(numerator, denominator, missing == 0, words, missing)


def _none_of(count: int) -> Figure:
    return Figure(count, None, count == 0, f"{count} 起")
