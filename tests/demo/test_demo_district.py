"""The district that a newcomer sees: real places, invented everything else, every boundary in it."""

from collections import Counter
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.demo import DemoEnterprise, demo_district
from services.kernel.calendar_days import shipped
from services.kernel.keys.phones import normalise_phone
from services.regulation.credit_code import check
from services.regulation.deadlines import due, rule
from services.regulation.industries import Sector, sector_of
from services.regulation.tags import THREE_KINDS, Tag
from services.regulation.targets import insurance_rate, is_valid_on, standardization_rate

TODAY = date(2026, 11, 23)
DISTRICT = demo_district(TODAY)
ZHENXI = DISTRICT.enterprises_of("zhenxi")


def standing(one: DemoEnterprise, today: date = TODAY) -> bool:
    """Whether an enterprise holds a valid certificate of standardization."""
    granted, expires = one.standard_granted_on, one.standard_expires_on
    return bool(granted and expires and is_valid_on(today, starts_on=granted, ends_on=expires))


def test_the_district_has_its_real_towns_and_villages() -> None:
    """Eleven sub-districts, fourteen towns, two townships; 珍溪镇 with three communities and twenty-five villages."""
    towns = DISTRICT.townships
    endings = Counter("街道" if town.name.endswith("街道") else town.name[-1] for town in towns)
    assert endings == {"街道": 11, "镇": 14, "乡": 2}
    assert all(town.code.startswith(DISTRICT.code) for town in towns)
    assert len({town.code for town in towns} | {town.slug for town in towns}) == 54
    assert next(town.code for town in towns if town.name == "珍溪镇") == "500102119"
    assert Counter(village.name[-1] for village in DISTRICT.villages) == {"村": 25, "区": 3}
    assert {village.code[:9] for village in DISTRICT.villages} == {"500102119"}
    assert len({village.code for village in DISTRICT.villages}) == 28


def test_sixty_enterprises_stand_in_one_town_twenty_in_three_and_a_few_in_the_rest() -> None:
    """So that ledgers fill a page and the district's table has large and small towns."""
    sizes = Counter(one.town for one in DISTRICT.enterprises)
    assert sizes.pop("zhenxi") == 60
    assert [sizes.pop(town) for town in ("lidu", "baitao", "qingxi")] == [20, 20, 20]
    assert len(sizes) == 23
    assert all(2 <= size <= 5 for size in sizes.values())


def test_every_credit_code_is_valid_and_of_the_district() -> None:
    """Both check digits agree; only the unlicensed workshop has none, and says why."""
    for one in DISTRICT.enterprises:
        assert (one.credit_code is None) == (one.no_code_reason is not None)
        if one.credit_code:
            assert check(one.credit_code) == one.credit_code
            assert one.credit_code[2:11] == "500102DEM"
    assert [one.name for one in DISTRICT.enterprises if one.credit_code is None] == ["杉树湾示例织袜作坊（演示）"]


def test_one_credit_code_stands_in_two_towns_and_never_twice_in_one() -> None:
    """The district sees the two sites as one enterprise."""
    codes = Counter(one.credit_code for one in DISTRICT.enterprises if one.credit_code)
    shared = [one.town for one in DISTRICT.enterprises if one.credit_code and codes[one.credit_code] > 1]
    assert sorted(shared) == ["qingxi", "zhenxi"]


def test_all_eight_industries_and_all_dangers_are_present() -> None:
    """Sectors follow from the codes of the national classification."""
    assert {one.sector for one in ZHENXI} == set(Sector)
    assert all(one.sector == sector_of(one.industry_code) for one in DISTRICT.enterprises)
    assert frozenset().union(*(one.tags for one in ZHENXI)) == set(Tag)
    assert sum(bool(one.tags & THREE_KINDS) for one in ZHENXI) >= 8


def test_every_boundary_of_the_rules_has_its_enterprise() -> None:
    """Headcounts of 100, 101, 300 and 301, a single person, small smelters, a state-owned shop, all states."""
    heads = Counter(one.headcount for one in ZHENXI if one.is_above_scale)
    assert all(heads[boundary] for boundary in (100, 101, 300, 301))
    assert [one.name for one in ZHENXI if one.headcount == 1] == ["渔家示例餐馆（演示）"]
    assert sum(one.is_smelter and one.headcount == 12 for one in ZHENXI) == 3
    assert [one.headcount for one in ZHENXI if one.is_state_owned] == [50]
    assert {one.production_state for one in ZHENXI} == {"正常", "停产", "半停产", "在建", "关闭"}
    assert {one.size for one in ZHENXI} == {"中", "小", "微"}
    assert {one.batch for one in ZHENXI} == {None, "关闭取缔", "停产整顿", "搬迁入园", "整改提升", "示范引领"}
    assert all(one.is_peri_urban for one in ZHENXI if one.batch)
    assert any(one.is_peri_urban and one.batch is None for one in ZHENXI)
    assert all((one.left_on is not None) == (one.production_state == "关闭") for one in ZHENXI)


def test_the_town_stands_exactly_at_sixty_percent_and_may_fall_below() -> None:
    """Fifteen of twenty-five certificates; one of them ends in six days."""
    above_scale = [one for one in ZHENXI if one.is_above_scale and one.left_on is None]
    figures = [
        standardization_rate(sum(standing(one, TODAY + timedelta(days=n)) for one in above_scale), len(above_scale))
        for n in (0, 6, 7)
    ]
    assert [figure.words[:12] for figure in figures] == ["15/25，60.00%", "15/25，60.00%", "14/25，56.00%"]
    assert [figure.missing for figure in figures] == [0, 0, 1]


def test_certificates_last_as_long_as_the_rule_says() -> None:
    """Granted three years before the day after they end."""
    dated = [one for one in DISTRICT.enterprises if one.standard_granted_on]
    assert len(dated) > 20
    for one in dated:
        assert one.standard_granted_on
        assert due(rule("STD_VALID"), one.standard_granted_on, shipped()).latest_on == one.standard_expires_on
    assert any(one.standard_expires_on == TODAY for one in dated)
    assert any(one.standard_expires_on and one.standard_expires_on < TODAY for one in dated)


def test_every_smelter_in_production_is_insured_and_one_policy_ends_soon() -> None:
    """Four of four; the idle smelter is not counted (A153)."""
    producing = [one for one in ZHENXI if one.is_smelter and one.production_state == "正常"]
    insured = [o for o in producing if o.insured_from and o.insured_to and o.insured_from <= TODAY <= o.insured_to]
    assert insurance_rate(len(insured), len(producing)).words == "4/4，100.00%，已达标"
    assert sum(one.is_smelter for one in ZHENXI) == 5
    assert any(one.insured_to == TODAY + timedelta(days=20) for one in producing)


def test_the_town_office_is_staffed_as_the_notice_asks() -> None:
    """Two full-time supervisors, one leader, five sector departments that share out the eight industries."""
    members = DISTRICT.members_of("zhenxi")
    roles = Counter(member.role for member in members if member.enterprise is None)
    assert roles["town_leader"] == 1
    assert sum(member.is_dedicated for member in members) == 2
    sectors = [d for d in DISTRICT.departments if d.town == "zhenxi" and d.kind == "sector"]
    assert len(sectors) == 5
    assert sorted(sector for department in sectors for sector in department.sectors) == sorted(Sector)
    assert all(sum(m.department == d.key for m in members) == 2 for d in sectors)
    assert {m.department for m in members if m.is_head} == {d.key for d in DISTRICT.departments if d.town == "zhenxi"}


def test_one_town_lacks_a_supervisor() -> None:
    """The district sees 缺 1 for 大木乡 and for nobody else."""
    short = [t.name for t in DISTRICT.townships if sum(m.is_dedicated for m in DISTRICT.members_of(t.slug)) < 2]
    assert short == ["大木乡"]


def test_eight_inspectors_hold_certificates_one_until_today_one_until_soon() -> None:
    """Numbers differ, and every certificate is valid today."""
    held = [member for member in DISTRICT.members_of("zhenxi") if member.certificate_no]
    assert len(held) == len({member.certificate_no for member in held}) == 8
    ends = [member.certificate_to for member in held if member.certificate_to]
    assert sorted(ends)[:2] == [TODAY, TODAY + timedelta(days=20)]
    assert all(member.certificate_from and member.certificate_from < TODAY for member in held)


def test_overseers_and_administrators_are_different_people_without_a_town() -> None:
    """Two overseers and the three administrators, never two offices in one person."""
    outside = DISTRICT.members_of(None)
    assert Counter(member.role for member in outside) == {
        "district_overseer": 2,
        "platform_operator": 1,
        "security_administrator": 1,
        "audit_administrator": 1,
    }
    assert len({member.person for member in outside}) == 5


def test_one_safety_officer_serves_enterprises_in_two_towns() -> None:
    """Everyone else has one membership; every enterprise has a legal representative and a safety officer."""
    counts = Counter(member.person for member in DISTRICT.memberships)
    assert [person for person, count in counts.items() if count > 1] == ["shared.safety"]
    assert {m.town for m in DISTRICT.memberships if m.person == "shared.safety"} == {"zhenxi", "nantuo"}
    roles = Counter((member.enterprise, member.role) for member in DISTRICT.memberships if member.enterprise)
    assert set(roles.values()) == {1}
    assert len(roles) == 2 * len(DISTRICT.enterprises)


def test_everything_invented_says_so() -> None:
    """Names of enterprises and people carry the mark; telephone numbers reach nobody and keep the usual form."""
    assert all(one.name.endswith("（演示）") and "示例" in one.name for one in DISTRICT.enterprises)
    assert all(person.name.endswith("（演）") for person in DISTRICT.people)
    assert len({person.name for person in DISTRICT.people}) == len(DISTRICT.people)
    assert len({person.phone for person in DISTRICT.people}) == len(DISTRICT.people)
    assert all(person.phone.startswith("154") and normalise_phone(person.phone) for person in DISTRICT.people)
    assert {member.person for member in DISTRICT.memberships} == {person.key for person in DISTRICT.people}


@pytest.mark.parametrize("town", ["敦仁街道", "珍溪镇", "武陵山乡"])
def test_posts_suit_the_kind_of_town(town: str) -> None:
    """A sub-district has no 副镇长."""
    slug = next(one.slug for one in DISTRICT.townships if one.name == town)
    kind = "街道" if town.endswith("街道") else town[-1]
    expected = {"街道": ("街道领导班子", "副主任"), "镇": ("镇领导班子", "副镇长"), "乡": ("乡领导班子", "副乡长")}[
        kind
    ]
    leader = next(member for member in DISTRICT.members_of(slug) if member.role == "town_leader")
    department = next(one for one in DISTRICT.departments if one.town == slug and one.kind == "leadership")
    assert (department.name, leader.post) == (expected[0], f"分管安全生产{expected[1]}")


@settings(max_examples=20)
@given(st.dates(date(2022, 1, 1), date(2032, 12, 31)))
def test_the_demo_can_be_made_on_any_day_and_is_the_same_each_time(today: date) -> None:
    """Leap days and turns of the year included."""
    assert demo_district(today) == demo_district(today)
    ends = [m.certificate_to for m in demo_district(today).members_of("zhenxi") if m.certificate_to]
    assert today in ends


def test_another_seed_makes_another_district_of_the_same_shape() -> None:
    """Only the dice differ."""
    other = demo_district(TODAY, seed=7)
    assert other != DISTRICT
    assert [one.name for one in other.enterprises_of("zhenxi")] == [one.name for one in ZHENXI]
