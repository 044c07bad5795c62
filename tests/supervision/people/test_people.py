"""Who holds a post of an enterprise, on which days, and what is written down about them."""

from collections.abc import AsyncIterator
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.kernel.keys import MasterKey, master_key
from services.kernel.refusals import BadInput, Forbidden, NotFound, Stale
from services.kernel.settings import Settings
from services.kernel.table import Login
from services.supervision import people
from services.supervision.people import PersonFacts
from services.supervision.people.facts import WEIGHTS, checked, masked_id, years_after
from services.tenancy.roles import Role
from services.tenancy.tenant_keys import keys_of
from tests.supervision.year import NOW, Year

pytestmark = pytest.mark.anyio
TODAY = NOW.date()
SINCE = date(2026, 1, 5)


def facts(**known: Any) -> PersonFacts:
    """A principal since January, or as given."""
    return PersonFacts(**{"post": "principal", "name": "高示例", "from_on": SINCE, **known})


def refused(**known: Any) -> dict[str, str]:
    """Beside which fields the facts are refused."""
    with pytest.raises(BadInput) as caught:
        checked(facts(**known))
    return caught.value.fields


@pytest.fixture
async def master(settings: Settings, year: Year) -> AsyncIterator[MasterKey]:
    """The installation's key, in a town that has keys."""
    key = master_key(settings.home, settings.master_key_file)
    async with year.sessions.session(Login.IDENTITY, year.town[Role.TOWN_OFFICE].scope) as session:
        await keys_of(session, year.town.id, master=key, make_at=NOW)
        await session.commit()
    yield key


async def test_a_post_is_held_from_its_first_to_its_last_day(year: Year, master: MasterKey) -> None:
    """Both included; the day after, somebody else may take it up."""
    enterprise = year.town.enterprises[0]
    last = TODAY - timedelta(days=1)
    async with year.as_(Role.TOWN_OFFICE) as work:
        one = await people.add(work, enterprise, facts(), master=master)
        with pytest.raises(people.PostTaken):
            await people.add(work, enterprise, facts(name="别人", from_on=TODAY), master=master)
        with pytest.raises(BadInput):
            await people.end(work, one.id, SINCE - timedelta(days=1), version=one.version)
        await people.end(work, one.id, last, version=one.version)
        for day, held in ((SINCE - timedelta(days=1), 0), (SINCE, 1), (last, 1), (TODAY, 0)):
            assert len(await people.on_day(work, enterprise, day)) == held
        assert len(await people.former(work, enterprise, TODAY)) == 1
        with pytest.raises(people.HasEnded):
            await people.change(work, one.id, facts(), version=one.version, master=master)
        with pytest.raises(people.PostTaken):
            await people.add(work, enterprise, facts(name="别人", from_on=last), master=master)
        await people.add(work, enterprise, facts(name="别人", from_on=TODAY), master=master)


async def test_several_may_hold_a_post_that_is_not_one_persons(year: Year, master: MasterKey) -> None:
    """Two part-time officers, and they come in the order of the posts."""
    enterprise = year.town.enterprises[0]
    async with year.as_(Role.TOWN_OFFICE) as work:
        for post, name in (("part_time_officer", "甲"), ("part_time_officer", "乙"), ("legal_representative", "丙")):
            await people.add(work, enterprise, facts(post=post, name=name), master=master)
        held = [row.post for row in await people.on_day(work, enterprise, TODAY)]
    assert held == ["legal_representative", "part_time_officer", "part_time_officer"]


async def test_only_the_office_writes_reveals_and_searches(year: Year, master: MasterKey) -> None:
    """A leader reads masks; another town finds nobody; what was changed meanwhile is not overwritten."""
    enterprise = year.town.enterprises[0]
    async with year.as_(Role.TOWN_OFFICE) as work:
        one = await people.add(work, enterprise, facts(), master=master)
        with pytest.raises(Stale):
            await people.change(work, one.id, facts(), version=one.version + 1, master=master)
    for role in (Role.TOWN_LEADER, Role.SECTOR_DEPARTMENT, Role.LEGAL_REPRESENTATIVE):
        async with year.as_(role) as work:
            with pytest.raises(Forbidden):
                await people.add(work, enterprise, facts(), master=master)
            with pytest.raises(Forbidden):
                await people.reveal(work, one.id, "看看", master=master)
            with pytest.raises(Forbidden):
                await people.find(work, "高示例", master=master)
            assert [row.name_masked for row in await people.on_day(work, enterprise, TODAY)] == ["高**"]
    officer = year.town[Role.SAFETY_OFFICER]
    async with year.as_(officer) as work:
        assert await people.on_day(work, year.town.enterprises[1], TODAY) == []
    async with year.as_(Role.TOWN_OFFICE) as work:
        with pytest.raises(NotFound):
            await people.reveal(work, enterprise, "看看", master=master)


@given(st.integers(10**16, 10**17 - 1))
def test_an_identity_number_has_one_right_last_character(body: int) -> None:
    """Every other one is refused (GB 11643-1999)."""
    digits = str(body)
    right = "10X98765432"[sum(int(d) * w for d, w in zip(digits, WEIGHTS, strict=True)) % 11]
    assert checked(facts(id_number=digits + right.lower())).id_number == digits + right
    for last in set("0123456789X") - {right}:
        assert "id_number" in refused(id_number=digits + last)


@pytest.mark.parametrize(
    ("known", "beside"),
    [
        ({"name": " "}, "name"),
        ({"name": "长" * 41}, "name"),
        ({"post": "king"}, "post"),
        ({"from_on": None}, "from_on"),
        ({"phone": "12"}, "phone"),
        ({"id_number": "123"}, "id_number"),
        ({"post": "special_operator"}, "certificate_kind"),
        ({"post": "special_operator", "certificate_kind": "低压电工"}, "certificate_expires_on"),
        ({"certificate_issued_on": TODAY, "certificate_expires_on": SINCE}, "certificate_expires_on"),
        ({"certificate_review_due": TODAY, "certificate_expires_on": SINCE}, "certificate_review_due"),
    ],
)
def test_what_cannot_be_true_of_a_person_is_refused_beside_its_field(known: dict[str, Any], beside: str) -> None:
    """Each with a sentence."""
    assert beside in refused(**known)


@pytest.mark.parametrize(
    ("issued", "review", "ends"),
    [(date(2018, 7, 1), date(2021, 7, 1), date(2024, 7, 1)), (date(2020, 2, 29), date(2023, 2, 28), date(2026, 2, 28))],
)
def test_a_certificate_is_reviewed_after_three_years_and_ends_after_six(issued: date, review: date, ends: date) -> None:
    """A170; what was typed stays as it is."""
    operator = {"post": "special_operator", "certificate_kind": "低压电工", "certificate_issued_on": issued}
    found = checked(facts(**operator))
    assert (found.certificate_review_due, found.certificate_expires_on) == (review, ends)
    kept = checked(facts(**operator, certificate_expires_on=date(2030, 1, 1)))
    assert kept.certificate_expires_on == date(2030, 1, 1)
    assert checked(facts(certificate_issued_on=issued)).certificate_expires_on is None
    assert years_after(issued, 1).year == issued.year + 1


def test_masks_show_the_ends() -> None:
    """And nothing that tells who it is."""
    assert masked_id("11010519491231002X") == "110*************2X"
    assert people.masked_name("高") == "高*"
