"""Enterprises are chosen by facts, with the boundary words of the law."""

from datetime import date, timedelta

import pytest

from services.supervision import registry
from services.supervision.registry import EnterpriseFilter
from services.tenancy.roles import Role
from tests.factories import an_enterprise
from tests.supervision.year import NOW, Year

pytestmark = pytest.mark.anyio
TODAY = NOW.date()


async def chosen(year: Year, role: Role = Role.TOWN_OFFICE, **facts: object) -> set[str]:
    """The names that the facts choose, without the town's two brickworks."""
    async with year.as_(role) as work:
        found = await registry.all_chosen(work, EnterpriseFilter(**facts))
        return {one.name for one in found if "砖瓦厂" not in one.name}


@pytest.mark.parametrize(("headcount", "over", "upto"), [(99, False, True), (100, False, True), (101, True, False)])
async def test_over_a_hundred_begins_at_a_hundred_and_one(year: Year, headcount: int, over: bool, upto: bool) -> None:
    """超过 excludes the number, 以下 includes it (民法典 1259)."""
    async with year.everything() as session:
        await an_enterprise(session, year.town, name="示例厂", headcount=headcount)
    assert bool(await chosen(year, headcount_over=100)) is over
    assert bool(await chosen(year, headcount_upto=100)) is upto


@pytest.mark.parametrize(
    ("ends", "valid", "soon"), [(-1, False, False), (0, True, True), (90, True, True), (91, True, False)]
)
async def test_a_certificate_is_valid_on_its_last_day(year: Year, ends: int, valid: bool, soon: bool) -> None:
    """The day printed on it still counts (A151); within ninety days it is soon over."""
    async with year.everything() as session:
        await an_enterprise(
            session, year.town, name="示例厂", standard_level="三级",
            standard_granted_on=date(2024, 1, 1), standard_expires_on=TODAY + timedelta(days=ends),
        )  # fmt: skip
    assert bool(await chosen(year, standard="valid")) is valid
    assert bool(await chosen(year, standard="missing")) is not valid
    assert bool(await chosen(year, standard="soon")) is soon


async def test_who_has_no_paper_is_missing_and_never_lost(year: Year) -> None:
    """An enterprise without certificate, policy or batch is found by 无, not dropped by SQL's unknown."""
    async with year.everything() as session:
        await an_enterprise(session, year.town, name="示例厂")
    for facts in ({"standard": "missing"}, {"insured": "missing"}, {"batch": "none"}, {"batch": "open"}):
        assert await chosen(year, **facts) == {"示例厂"}
    for facts in ({"standard": "valid"}, {"insured": "valid"}, {"batch": "assigned"}, {"batch": "done"}):
        assert await chosen(year, **facts) == set()


@pytest.mark.parametrize(
    ("tag", "key"), [("dust", True), ("confined_space", True), ("steel", True), ("chemicals", False)]
)
async def test_key_enterprises_carry_one_of_the_listed_dangers(year: Year, tag: str, key: bool) -> None:
    """四涉一有限 and the three kinds are key; the use of chemicals alone is not."""
    async with year.everything() as session:
        await an_enterprise(session, year.town, name="示例厂", tags=[tag])
    assert bool(await chosen(year, key=True)) is key
    assert await chosen(year, tag=tag) == {"示例厂"}


async def test_owners_classes_and_circumstances_choose(year: Year) -> None:
    """Each alone and with its own words."""
    async with year.everything() as session:
        await an_enterprise(
            session, year.town, name="示例厂", ownership="外资", credit_class="C", circumstances=["dormitory"]
        )
    for facts in ({"ownership": "外资"}, {"credit_class": "C"}, {"circumstance": "dormitory"}):
        assert await chosen(year, **facts) == {"示例厂"}
    for facts in ({"ownership": "民营"}, {"credit_class": "A"}, {"circumstance": "contractors"}):
        assert await chosen(year, **facts) == set()
    assert EnterpriseFilter(credit_class="C", circumstance="dormitory").words == "信用 C 类、有员工宿舍"


async def test_a_percent_sign_is_a_percent_sign(year: Year) -> None:
    """What is typed into the search box means only itself."""
    async with year.everything() as session:
        await an_enterprise(session, year.town, name="百分之百_示例%厂")
    assert await chosen(year, q="_示例%") == {"百分之百_示例%厂"}
    assert await chosen(year, q="百%厂") == set()


async def test_who_moved_away_is_left_out_until_asked_for(year: Year) -> None:
    """Struck off and moved enterprises count nowhere unless the ledger asks."""
    async with year.everything() as session:
        await an_enterprise(session, year.town, name="迁走的示例厂", left_on=TODAY)
    assert await chosen(year) == set()
    assert await chosen(year, with_left=True) == {"迁走的示例厂"}


async def test_a_department_chooses_among_its_own_sectors(year: Year) -> None:
    """The department of building materials and machinery does not see textiles."""
    async with year.everything() as session:
        await an_enterprise(session, year.town, name="示例纺织厂", sector="纺织")
        await an_enterprise(session, year.town, name="示例机械厂", sector="机械")
    assert await chosen(year, Role.SECTOR_DEPARTMENT) == {"示例机械厂"}
    assert await chosen(year, Role.TOWN_OFFICE) == {"示例纺织厂", "示例机械厂"}


def test_a_choice_is_said_in_words() -> None:
    """The head of the export says what was chosen."""
    facts = EnterpriseFilter(sector="冶金", headcount_over=100, smelter=True, standard="missing")
    assert facts.words == "冶金行业、超过 100 人、金属冶炼、无有效标准化证书"
    assert EnterpriseFilter(sort="-headcount").is_empty
