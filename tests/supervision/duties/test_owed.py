"""What the registry and the posts of a day make an enterprise owe, through the database."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import func, select

from services.kernel.refusals import BadInput
from services.regulation import duties as rules
from services.regulation.duties import State
from services.regulation.industries import Sector
from services.supervision import duties, registry, targets
from services.supervision.duties import Duty, DutyFilter, Owed
from services.supervision.duties.watching import watch_duties
from services.supervision.registry import Enterprise
from services.tenancy.roles import Role
from services.tenancy.townships import Tenant
from tests.factories import an_enterprise
from tests.supervision.duties.posts import a_post
from tests.supervision.year import NOW, Year

pytestmark = pytest.mark.anyio

DAY = date(2026, 3, 6)


def at(day: date) -> datetime:
    """Eight in the morning in Shanghai."""
    return datetime(day.year, day.month, day.day, tzinfo=UTC)


async def known(year: Year, *posts: str, **facts: Any) -> UUID:
    """An enterprise with these facts and one person in each post."""
    async with year.everything() as session:
        row = await an_enterprise(session, year.town, name=f"示例{len(posts)}{sorted(facts.items())}", **facts)
    for post in posts:
        await a_post(year, row.id, post)
    return row.id


async def states(year: Year, enterprise_id: UUID, day: date = DAY) -> dict[str, tuple[str, State]]:
    """State on the page and state by the facts, by code."""
    async with year.as_(Role.TOWN_OFFICE, at(max(day, NOW.date()))) as work:
        return {one.duty.code: (one.state, one.duty.state) for one in await duties.owed(work, enterprise_id, day)}


@pytest.mark.parametrize(
    ("posts", "facts", "code", "expected"),
    [
        (("part_time_officer",), {"headcount": 100}, "I04-3", "met"),  # A001
        (("part_time_officer",), {"headcount": 101}, "I04-2", "unmet"),  # A002
        (("full_time_officer",), {"headcount": 101}, "I04-2", "met"),  # A003
        ((), {"headcount": 101, "has_safety_office": True}, "I04-2", "met"),
        (("full_time_officer",), {"headcount": 101}, "I04-3", None),
        ((), {"headcount": 1}, "I04-3", "unmet"),  # A005
        (("part_time_officer",), {"headcount": 12, "is_smelter": True, "sector": "冶金"}, "I04-1", "unmet"),  # A006
        (("full_time_officer",), {"headcount": 12, "is_smelter": True, "sector": "冶金"}, "I04-1", "met"),
        ((), {"headcount": 300, "sector": "机械"}, "T07", None),  # A009
        ((), {"headcount": 301, "sector": "机械"}, "T07", "unmet"),  # A010
        (("chief_safety_engineer",), {"headcount": 301, "sector": "机械"}, "T07", "met"),
        ((), {"headcount": 50, "is_state_owned": True}, "T07", "unmet"),  # A012
    ],
)
async def test_staffing_is_judged_by_registered_people(
    year: Year, posts: tuple[str, ...], facts: dict[str, Any], code: str, expected: str | None
) -> None:
    """A001–A012: the headcount of the registry and the posts of the day decide, and nobody uploads anything."""
    found = (await states(year, await known(year, *posts, **facts))).get(code)
    assert (found[1].value if found else None) == expected
    assert found is None or (found[0] == "met") == (expected == "met")


async def test_dispatched_and_temporary_people_count(year: Year) -> None:
    """Sixty own, thirty dispatched and eleven temporary people are one hundred and one."""
    facts = {"headcount": 101, "headcount_dispatched": 30, "headcount_temporary": 11}
    assert "I04-2" in await states(year, await known(year, "part_time_officer", **facts))


async def test_an_officer_who_left_yesterday_counts_no_more(year: Year) -> None:
    """The last day of a post still counts, the day after does not."""
    enterprise = await known(year, headcount=60)
    await a_post(year, enterprise, "part_time_officer", to_on=DAY)
    assert (await states(year, enterprise, DAY))["I04-3"][0] == "met"
    assert (await states(year, enterprise, DAY + timedelta(days=1)))["I04-3"][0] == "not_started"


async def test_the_hundred_and_first_brings_the_duty_on_its_day_and_once(year: Year) -> None:
    """A014: the day before nothing, on the day the duty, and however often the night comes there is one row of it."""
    enterprise = await known(year, "part_time_officer", headcount=100)
    changed = DAY + timedelta(days=3)
    async with year.as_(Role.TOWN_OFFICE) as work:
        await registry.change(
            work, enterprise, {"headcount_own": 101}, valid_from=changed, source="office", note="", version=None
        )
    assert "I04-2" not in await states(year, enterprise, changed - timedelta(days=1))
    assert (await states(year, enterprise, changed))["I04-2"] == ("not_started", State.UNMET)
    rows = []
    for day in (changed - timedelta(days=1), changed, changed, changed + timedelta(days=1)):
        async with year.as_system(at(day)) as work:
            await watch_duties(work)
        async with year.as_system() as work:
            query = select(func.count()).where(Duty.enterprise_id == enterprise, Duty.code == "I04-2")
            rows.append(await work.session.scalar(query))
    assert rows == [0, 1, 1, 1]


async def test_a_past_day_has_its_own_facts_and_its_own_law(year: Year) -> None:
    """Before 1 September 2021 the duty stood on an earlier article; before the change the headcount was another."""
    enterprise = await known(year, "part_time_officer", headcount=100, registered_on=date(2021, 1, 1))
    async with year.as_(Role.TOWN_OFFICE) as work:
        await registry.change(
            work,
            enterprise,
            {"headcount_own": 101},
            valid_from=date(2021, 6, 15),
            source="office",
            note="",
            version=None,
        )
        found = {}
        for day in (date(2021, 6, 14), date(2021, 6, 15), date(2021, 9, 1)):
            owed = await duties.owed(work, enterprise, day)
            found[day] = {one.duty.code: one.duty.citation for one in owed if one.duty.code.startswith("I04")}
    assert list(found[date(2021, 6, 14)]) == ["I04-3"]
    assert found[date(2021, 6, 15)]["I04-2"].endswith("第二十一条第二款")
    assert found[date(2021, 9, 1)]["I04-2"].endswith("第二十四条第二款")


async def test_a_towns_own_paper_makes_no_duty_in_a_town_that_has_not_adopted_it(year: Year) -> None:
    """301 people: 总工程师 is advised by one town's notice alone, so another town's enterprise hears nothing of it."""
    enterprise = await known(year, headcount=301, sector="机械")
    assert "T07" in await states(year, enterprise)
    async with year.everything() as session:
        (await session.get_one(Tenant, year.town.id)).local_papers = {}
    assert "T07" not in await states(year, enterprise)
    async with year.as_(Role.TOWN_OFFICE) as work:
        smaller = await known(year, headcount=300, sector="机械", industry_code="3311")
        assert not (await duties.difference_of(work, smaller, {"headcount_own": 301}, DAY)).added


async def test_the_difference_is_told_before_it_is_saved(year: Year) -> None:
    """再招 1 人: the new duty, the one that ends and their articles in one sentence, and the headcount stays."""
    enterprise = await known(year, "part_time_officer", headcount=100)
    async with year.as_(Role.TOWN_OFFICE) as work:
        found = await duties.difference_of(work, enterprise, {"headcount_own": 101}, DAY)
        assert found.sentence.startswith(
            "再招 1 人，将新增义务：设安全管理机构或配专职安全管理人员，依据：《安全生产法》"
        )
        assert [one.code for one in found.removed] == ["I04-3"]
        assert (await registry.as_of(work, enterprise, DAY))["headcount"] == 100
        with pytest.raises(BadInput):
            await duties.difference_of(work, enterprise, {"headcount_own": 101}, date(2020, 1, 1))


async def test_what_left_owes_nothing_from_the_day_after(year: Year) -> None:
    """On its last day it still owes, afterwards nothing."""
    enterprise = await known(year, left_on=DAY, left_reason="迁出")
    assert await states(year, enterprise, DAY)
    assert await states(year, enterprise, DAY + timedelta(days=1)) == {}


async def test_the_office_counts_what_a_plain_recount_counts(year: Year) -> None:
    """N and m of the overview, by duty, sector and village, are the sums over the enterprises asked one by one."""
    for number, headcount in enumerate((5, 99, 100, 101, 350)):
        posts = ("full_time_officer",) if number % 2 else ()
        await known(year, *posts, headcount=headcount, sector="机械" if number % 2 else "建材", industry_code="3031",
                    village_code=f"50010211920{number % 3}")  # fmt: skip
    async with year.as_(Role.TOWN_OFFICE) as work:
        lines = await duties.lines(work, DutyFilter(), DAY)
        total = duties.tally("", "", [line.owed for line in lines])
        one_by_one = []
        for row in await work.all(select(Enterprise)):
            one_by_one += [(row, one) for one in await duties.owed(work, row.id, DAY)]
    assert total.applicable == len(one_by_one) > 100
    assert total.fulfilled == sum(one.state in {"met", "done"} for _, one in one_by_one) > 0
    assert total.late == sum(one.is_late for _, one in one_by_one) > 0
    keys: tuple[Callable[[Enterprise, Owed], str], ...] = (
        lambda _, one: one.duty.code,
        lambda row, _: row.sector,
        lambda row, _: row.village_code,
    )
    for key in keys:
        found = duties.tallies(lines, lambda line, key=key: key(line.enterprise, line.owed), lambda _: "")  # type: ignore[misc]
        counted: dict[str, list[int]] = {}
        for row, one in one_by_one:
            n_m = counted.setdefault(key(row, one), [0, 0])
            n_m[0] += one.state in {"met", "done"}
            n_m[1] += 1
        assert {one.key: [one.fulfilled, one.applicable] for one in found} == counted


async def test_targets_and_duties_count_alike(year: Year) -> None:
    """T3 and the insurance target are the duties of the same name, counted: the same enterprises, the same n."""
    granted = {"standard_granted_on": date(2023, 3, 7)}
    for number, (expires, sector) in enumerate(
        ((DAY, "建材"), (DAY - timedelta(days=1), "建材"), (None, "机械"), (DAY, "商贸"))
    ):
        level = {"standard_level": "三级", "standard_expires_on": expires, **granted} if expires else {}
        await known(year, is_above_scale=True, sector=sector, headcount=60 + number, **level)
    await known(
        year,
        is_above_scale=True,
        headcount=90,
        standard_level="三级",
        standard_expires_on=DAY,
        standard_granted_on=None,
    )
    for number, (first, last, state) in enumerate(
        (
            (DAY - timedelta(days=364), DAY, "正常"),
            (None, DAY - timedelta(days=1), "正常"),
            (None, DAY, "正常"),
            (None, None, "停产"),
        )
    ):
        smelter = {"is_smelter": True, "sector": Sector.METALLURGY.value, "headcount": 20 + number}
        await known(year, insured_from=first, insured_to=last, production_state=state, **smelter)
    async with year.as_(Role.TOWN_OFFICE) as work:
        rates = {rate.code: rate.figure for rate in (await targets.targets_of(work, DAY.year)).rates}
        enterprises = await work.all(select(Enterprise))
        facts = await duties.facts_of_all(work, enterprises, DAY)
    owed = [(facts[one.id], {duty.code: duty for duty in rules.evaluate(facts[one.id], DAY)}) for one in enterprises]
    standard = [duties_of["T05-5"].state for _, duties_of in owed if "T05-5" in duties_of]
    insurance = [each["I27-2"].state for of, each in owed if "I27-2" in each and of.production_state == "正常"]
    for code, found in (("standard", standard), ("insurance", insurance)):
        assert rates[code].numerator == found.count(State.MET) == 2, code
        assert rates[code].denominator == len(found), code
