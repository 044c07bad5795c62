"""The three targets of a year and the insurance of smelters, each with the rows behind it (珍溪府发〔2021〕29号 二, 三(六)14)."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime

import msgspec
from msgspec.structs import replace

from services.kernel.work import Work
from services.regulation.targets import (
    AccidentControl,
    AccidentFact,
    Figure,
    accident_control,
    campaign_share,
    insurance_rate,
    standardization_rate,
)
from services.supervision import accidents, registry
from services.supervision.accidents import Accident
from services.supervision.registry import EnterpriseFilter

LISTED = EnterpriseFilter(peri_urban=True)
ABOVE_SCALE = EnterpriseFilter(above_scale=True, industrial=True)
SMELTING = EnterpriseFilter(smelter=True, production_state="正常")


class Aim(msgspec.Struct, frozen=True):
    """One rate that a plan aims at: its rule, whom it concerns, and by which facts one has done it or not."""

    code: str
    label: str
    rule: Callable[[int, int], Figure]
    whole: EnterpriseFilter
    done: Mapping[str, str]
    missing: Mapping[str, str]


AIMS = (
    Aim("batch", "城乡接合部企业确定整治批次", campaign_share, LISTED, {"batch": "assigned"}, {"batch": "none"}),
    Aim("campaign", "城乡接合部企业完成整治", campaign_share, LISTED, {"batch": "done"}, {"batch": "open"}),
    Aim(
        "standard",
        "规上工业企业标准化达标",
        standardization_rate,
        ABOVE_SCALE,
        {"standard": "valid"},
        {"standard": "missing"},
    ),
    Aim(
        "insurance",
        "正常生产的金属冶炼企业投保安责险",
        insurance_rate,
        SMELTING,
        {"insured": "valid"},
        {"insured": "missing"},
    ),
)


class Rate(msgspec.Struct, frozen=True):
    """A figure with the facts that choose its numerator, its denominator and what is missing: the rows are one click away."""

    code: str
    label: str
    figure: Figure
    done: EnterpriseFilter
    whole: EnterpriseFilter
    missing: EnterpriseFilter


class OfYear(msgspec.Struct, frozen=True):
    """The targets of one year as they stand at an instant."""

    year: int
    as_of: datetime
    control: AccidentControl
    accidents: Sequence[Accident]
    """Those that count."""
    not_counted: int
    """Recorded, but near misses or concluded to be nobody's responsibility."""
    rates: Sequence[Rate]


async def targets_of(work: Work, year: int) -> OfYear:
    """The state of the targets; accidents of the year, certificates, batches and policies as of today.

    A sector department sees the rates of its own sectors.
    """
    work.require("target:read")
    happened = await accidents.of_year(work, year)
    counted = [one for one in happened if one.counts]
    return OfYear(
        year=year,
        as_of=work.now,
        control=control_of(counted, [one for one in await accidents.of_year(work, year - 1) if one.counts]),
        accidents=counted,
        not_counted=len(happened) - len(counted),
        rates=[await _rate(work, aim) for aim in AIMS],
    )


def control_of(counted: Iterable[Accident], last_year: Iterable[Accident]) -> AccidentControl:
    """Target 1 from the accidents that count."""
    ordinary = accident_control(map(_fact, last_year), ordinary_last_year=0).ordinary.numerator
    return accident_control(map(_fact, counted), ordinary_last_year=ordinary)


def reached(control: AccidentControl, figures: Iterable[Figure]) -> tuple[int, int]:
    """How many targets are reached of those that apply; accident control is one of them."""
    states = [control.reached, *(figure.reached for figure in figures if figure.reached is not None)]
    return sum(states), len(states)


async def _rate(work: Work, aim: Aim) -> Rate:
    done, missing = replace(aim.whole, **aim.done), replace(aim.whole, **aim.missing)
    n = await work.count(registry.chosen(work, done))
    m = await work.count(registry.chosen(work, aim.whole))
    return Rate(aim.code, aim.label, aim.rule(n, m), done, aim.whole, missing)


def _fact(accident: Accident) -> AccidentFact:
    return AccidentFact(accident.level, accident.deaths_counted, accident.has_social_impact)
