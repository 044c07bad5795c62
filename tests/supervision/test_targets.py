"""The targets of the year are computed from facts, and every figure leads to the rows it was made from."""

from datetime import date, timedelta
from typing import Any

import pytest

from services.kernel.refusals import BadInput, Forbidden, NotFound
from services.kernel.work import open_work
from services.regulation.accidents import AccidentLevel
from services.supervision import accidents, registry, targets
from services.supervision.accidents import Facts
from services.supervision.targets import OfYear, Rate
from services.tenancy.roles import Role
from tests.factories import a_town, an_enterprise, an_overseer
from tests.supervision.year import NOW, Year

pytestmark = pytest.mark.anyio
TODAY = NOW.date()
VALID = {
    "standard_level": "三级",
    "standard_granted_on": TODAY - timedelta(days=100),
    "standard_expires_on": TODAY + timedelta(days=900),
}
INSURED = {"insured_from": TODAY - timedelta(days=10), "insured_to": TODAY + timedelta(days=300)}


async def enterprises(year: Year, count: int, **facts: Any) -> None:
    """So many enterprises of the same facts."""
    async with year.everything() as session:
        for number in range(count):
            await an_enterprise(session, year.town, name=f"示例{len(facts)}{number}厂", **facts)


async def figures(year: Year) -> OfYear:
    """The targets as the office sees them."""
    async with year.as_(Role.TOWN_OFFICE) as work:
        return await targets.targets_of(work, 2026)


def rate(of: OfYear, code: str) -> Rate:
    """One of the rates."""
    return next(one for one in of.rates if one.code == code)


async def recorded(year: Year, **facts: Any) -> accidents.Accident:
    """An accident as the office recorded it."""
    known = {"occurred_on": date(2026, 2, 1), "place": "示例车间", "summary": "示例经过", **facts}
    async with year.as_(Role.TOWN_OFFICE) as work:
        return await accidents.record(work, Facts(**known))


@pytest.mark.parametrize(
    ("certified", "whole", "words", "reached", "missing"),
    [
        (21, 35, "21/35，60.00%，已达标", True, 0),
        (22, 37, "22/37，59.46%，还差 1 家", False, 1),
        (23, 37, "23/37，62.16%，已达标", True, 0),
    ],
)
async def test_sixty_percent_is_reached_at_exactly_sixty(
    year: Year, certified: int, whole: int, words: str, reached: bool, missing: int
) -> None:
    """A150: n/m, the rate and how many are still needed; the rows behind the figure are as many as it says."""
    await enterprises(year, certified, is_above_scale=True, **VALID)
    await enterprises(year, whole - certified, is_above_scale=True)
    found = rate(await figures(year), "standard")
    assert (found.figure.words, found.figure.reached, found.figure.missing) == (words, reached, missing)
    async with year.as_(Role.TOWN_OFFICE) as work:
        counts = [len(await registry.all_chosen(work, facts)) for facts in (found.done, found.whole, found.missing)]
    assert counts == [certified, whole, whole - certified]


@pytest.mark.parametrize(("expires", "counted"), [(TODAY - timedelta(days=1), 0), (TODAY, 1)])
async def test_a_certificate_counts_through_its_last_day(year: Year, expires: date, counted: int) -> None:
    """A151: the date on the certificate decides."""
    await enterprises(year, 1, is_above_scale=True, **{**VALID, "standard_expires_on": expires})
    assert rate(await figures(year), "standard").figure.numerator == counted


async def test_who_left_is_not_in_the_denominator_and_who_stands_still_is(year: Year) -> None:
    """Struck off or moved away: out; 停产: still counted."""
    await enterprises(year, 1, is_above_scale=True, left_on=TODAY)
    await enterprises(year, 1, is_above_scale=True, production_state="停产")
    assert rate(await figures(year), "standard").figure.denominator == 1


async def test_a_smelter_that_stands_still_needs_no_policy_for_the_target(year: Year) -> None:
    """A153: four smelters, three in normal production and insured, one standing still: 100 %."""
    await enterprises(year, 3, is_smelter=True, **INSURED)
    await enterprises(year, 1, is_smelter=True, production_state="停产")
    found = rate(await figures(year), "insurance").figure
    assert (found.words, found.reached) == ("3/3，100.00%，已达标", True)


async def test_no_denominator_is_not_zero_percent(year: Year) -> None:
    """Without smelters, above-scale and peri-urban enterprises three targets are 不适用 and count neither way."""
    of = await figures(year)
    assert {one.figure.words for one in of.rates} == {"不适用"}
    assert targets.reached(of.control, (one.figure for one in of.rates)) == (1, 1)


async def test_a_batch_is_assigned_before_it_is_done(year: Year) -> None:
    """Target 2: of three peri-urban enterprises two have a batch and one is finished; tomorrow's finish does not count."""
    await enterprises(year, 1, is_peri_urban=True)
    await enterprises(year, 1, is_peri_urban=True, batch="整改提升", batch_done_on=TODAY + timedelta(days=1))
    async with year.everything() as session:
        done = {"batch": "搬迁入园", "batch_done_on": TODAY}
        await an_enterprise(session, year.town, name="已完成示例厂", is_peri_urban=True, **done)
    of = await figures(year)
    assert rate(of, "batch").figure.words == "2/3，66.7%，还差 1 家"
    assert rate(of, "campaign").figure.words == "1/3，33.3%，还差 2 家"


async def test_one_death_makes_the_year_red(year: Year) -> None:
    """A155; a near miss (A041) and what is concluded to be nobody's responsibility are recorded and not counted."""
    await recorded(year)
    nobody = await recorded(year, deaths=1)
    async with year.as_(Role.TOWN_OFFICE) as work:
        await accidents.conclude(work, nobody.id, responsibility="非责任")
    of = await figures(year)
    assert (of.control.reached, of.not_counted, len(of.accidents)) == (True, 2, 0)
    await recorded(year, deaths=1)
    of = await figures(year)
    assert (of.control.reached, of.control.fatal.numerator, of.control.larger.numerator) == (False, 1, 0)


@pytest.mark.parametrize(
    ("last_year", "this_year", "reached"), [(2, 1, True), (2, 2, False), (0, 0, True), (0, 1, False)]
)
async def test_ordinary_accidents_are_fewer_than_last_year(
    year: Year, last_year: int, this_year: int, reached: bool
) -> None:
    """As many is not fewer; after a year with none there must be none."""
    for number in range(last_year):
        await recorded(year, occurred_on=date(2025, 12, 31 - number), serious_injuries=1)
    for number in range(this_year):
        await recorded(year, occurred_on=date(2026, 1, 1 + number), serious_injuries=1)
    assert (await figures(year)).control.ordinary.reached is reached


@pytest.mark.parametrize(
    ("facts", "level"),
    [
        ({}, AccidentLevel.NEAR_MISS),
        ({"minor_injuries": 1}, AccidentLevel.ORDINARY),
        ({"serious_injuries": 9, "loss_fen": 999_999_999}, AccidentLevel.ORDINARY),
        ({"loss_fen": 1_000_000_000}, AccidentLevel.LARGER),
        ({"deaths": 3}, AccidentLevel.LARGER),
        ({"deaths": 2, "loss_fen": 5_000_000_000}, AccidentLevel.MAJOR),
    ],
)
async def test_an_accident_is_as_grave_as_its_gravest_measure(
    year: Year, facts: dict[str, int], level: AccidentLevel
) -> None:
    """A030 to A041 on the record."""
    assert (await recorded(year, **facts)).level is level


@pytest.mark.parametrize(
    ("died_on", "traffic", "level"),
    [
        (date(2026, 2, 4), False, AccidentLevel.LARGER),
        (date(2026, 2, 5), False, AccidentLevel.ORDINARY),
        (date(2026, 1, 12), True, AccidentLevel.LARGER),
        (date(2026, 1, 13), True, AccidentLevel.ORDINARY),
    ],
)
async def test_a_death_within_the_window_raises_the_level(
    year: Year, died_on: date, traffic: bool, level: AccidentLevel
) -> None:
    """A043: day 30 counts and day 31 does not; for traffic and fire day 7 and day 8."""
    accident = await recorded(year, occurred_on=date(2026, 1, 5), deaths=2, is_traffic_or_fire=traffic)
    async with year.as_(Role.TOWN_OFFICE) as work:
        assert (await accidents.add_later_death(work, accident.id, died_on=died_on)).level is level


async def test_an_accident_is_recorded_with_care(year: Year) -> None:
    """Not in the future, not without a place, not for a stranger's enterprise, and by the office alone."""
    for wrong, field in (
        ({"occurred_on": TODAY + timedelta(days=1)}, "occurred_on"),
        ({"place": " "}, "place"),
        ({"deaths": -1}, "deaths"),
        ({"loss_fen": -1}, "loss"),
        ({"responsibility": "也许"}, "responsibility"),
    ):
        with pytest.raises(BadInput) as refused:
            await recorded(year, **wrong)
        assert field in refused.value.fields
    async with year.everything() as session:
        stranger = await a_town(session, "邻镇示例")
    with pytest.raises(NotFound):
        await recorded(year, enterprise_id=stranger.enterprises[0])
    accident = await recorded(year)
    async with year.as_(Role.TOWN_LEADER) as work:
        with pytest.raises(Forbidden):
            await accidents.conclude(work, accident.id, responsibility="责任")
    async with year.as_(Role.TOWN_OFFICE) as work:
        with pytest.raises(BadInput):
            await accidents.add_later_death(work, accident.id, died_on=date(2026, 1, 31))


async def test_the_district_sees_every_town_with_figures_of_its_own(year: Year) -> None:
    """Two towns side by side: each line is computed from that town's rows alone, and a third town is not there."""
    await enterprises(year, 2, is_above_scale=True, **VALID)
    await recorded(year, deaths=1)
    await year.given(due_on=TODAY)
    async with year.everything() as session:
        second = await a_town(session, "第二示例镇", district_id=year.town.district_id)
        third = await a_town(session, "外区示例镇")
        await an_enterprise(session, third, name="外区厂", is_above_scale=True)
        overseer = await an_overseer(session, year.town.district_id, (year.town.id, second.id))
    async with open_work(year.sessions, overseer, overseer.rights, NOW + timedelta(days=1)) as work:
        found = {town.name: town for town in await targets.towns_of(work)}
    assert set(found) == {year.town.name, "第二示例镇"}
    mine, other = found[year.town.name], found["第二示例镇"]
    assert (mine.plan, mine.assignments.total, mine.assignments.late) == ("2026年工作要点", 1, 1)
    assert (mine.control.fatal.numerator, mine.rates["standard"].words) == (1, "2/2，100.00%，已达标")
    assert (other.plan, other.assignments.total, other.control.reached) == (None, 0, True)
    assert (other.rates["standard"].words, other.enterprises, other.reached) == ("不适用", 2, (1, 1))
