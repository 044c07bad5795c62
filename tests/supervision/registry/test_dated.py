"""Facts of any day can be asked for: of the past as it was then, of the days to come as they were entered."""

import asyncio
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from services.kernel.bench import Bench, system
from services.kernel.clock import new_id
from services.kernel.database import Database
from services.kernel.outbox import Outbox
from services.kernel.refusals import BadInput, Forbidden, NotFound, Stale
from services.kernel.trail import AuditEntry
from services.kernel.work import open_work
from services.supervision import registry
from services.supervision.registry import Enterprise, EnterpriseFact
from services.supervision.registry.jobs import begin_facts, rename_memberships
from services.tenancy.roles import Role
from services.tenancy.signing_in.models import Membership
from tests.factories import a_town
from tests.supervision.registry.office import CODE, OTHER_CODE, SINCE, WRITTEN, changed, registered
from tests.supervision.year import NOW, Year

pytestmark = pytest.mark.anyio
TODAY = NOW.date()


async def test_a_hundred_and_first_worker_counts_from_the_day_he_came(year: Year) -> None:
    """100 on the day before, 101 on the day; yesterday's figure does not change when today's does (A014)."""
    async with year.as_(Role.TOWN_OFFICE) as work:
        one = await registered(work)
        await changed(work, one, date(2026, 2, 15), headcount_temporary=5)
        assert one.headcount == 101
        for day, headcount in ((SINCE, 100), (date(2026, 2, 14), 100), (date(2026, 2, 15), 101), (TODAY, 101)):
            assert (await registry.as_of(work, one.id, day))["headcount"] == headcount


async def test_a_field_that_never_changed_has_no_rows_and_one_that_did_keeps_its_beginning(year: Year) -> None:
    """The first change writes the old value down as from the first day; the unchanged fields write nothing."""
    async with year.as_(Role.TOWN_OFFICE) as work:
        one = await registered(work)
        await changed(work, one, TODAY, address="示例路2号", size="小")
        await changed(work, one, TODAY, address="示例路2号")
        rows = await work.all(select(EnterpriseFact).order_by(EnterpriseFact.id))
    told = [(row.field, row.value, row.valid_from, row.source) for row in rows]
    assert told == [("address", "示例路1号", SINCE, "history"), ("address", "示例路2号", TODAY, "office")]


async def test_a_correction_of_the_past_leaves_what_came_later(year: Year) -> None:
    """Only the days up to the next fact are told anew."""
    async with year.as_(Role.TOWN_OFFICE) as work:
        one = await registered(work)
        await changed(work, one, date(2026, 3, 1), production_state="停产")
        await changed(work, one, date(2026, 2, 1), production_state="半停产")
        assert one.production_state == "停产"
        told = [
            (await registry.as_of(work, one.id, day))["production_state"] for day in (SINCE, date(2026, 2, 28), TODAY)
        ]
    assert told == ["正常", "半停产", "停产"]


async def test_a_fact_of_tomorrow_is_shown_from_tomorrow_on(year: Year) -> None:
    """The nightly job lets it begin, once."""
    tomorrow = TODAY + timedelta(days=1)
    async with year.as_(Role.TOWN_OFFICE) as work:
        one = await registered(work)
        before = one.version
        await changed(work, one, tomorrow, name="示例纸业公司", headcount_own=300)
        assert (one.headcount, one.version > before) == (100, True)
        assert (await registry.as_of(work, one.id, tomorrow))["headcount"] == 310
    for days, headcount in ((0, 100), (1, 310), (2, 310)):
        async with year.as_system(NOW + timedelta(days=days)) as work:
            await begin_facts(work)
            assert (await work.get(Enterprise, one.id)).headcount == headcount
    async with year.everything() as session:
        begun = await session.scalars(select(AuditEntry.about_id).where(AuditEntry.act == "enterprise:fact_begun"))
        assert list(begun) == [one.id]


@pytest.mark.parametrize(
    ("day", "refused"),
    [
        (SINCE - timedelta(days=1), True),
        (SINCE, False),
        (TODAY + timedelta(days=366), False),
        (TODAY + timedelta(days=367), True),
    ],
)
async def test_a_change_lies_between_the_first_day_and_a_year_ahead(year: Year, day: date, refused: bool) -> None:
    """Before the first day the registry knows nothing."""
    async with year.as_(Role.TOWN_OFFICE) as work:
        one = await registered(work)
        if not refused:
            assert (await changed(work, one, day, address="示例路2号")).version > 1
            return
        with pytest.raises(BadInput) as caught:
            await changed(work, one, day, address="示例路2号")
    assert "valid_from" in caught.value.fields


async def test_a_day_before_the_first_cannot_be_asked_for(year: Year) -> None:
    """The answer says from which day on there is something to tell."""
    async with year.as_(Role.TOWN_OFFICE) as work:
        one = await registered(work)
        with pytest.raises(registry.BeforeTheRegistry) as caught:
            await registry.as_of(work, one.id, SINCE - timedelta(days=1))
    assert "2026年1月5日" in caught.value.fields["on"]


async def test_a_credit_code_stands_once_in_a_town_and_may_stand_in_two(year: Year) -> None:
    """A182: the refusal names the other enterprise; another town is free to register its site."""
    async with year.as_(Role.TOWN_OFFICE) as work:
        one = await registered(work)
        with pytest.raises(registry.CodeTaken) as caught:
            await registered(work, name="另一家")
        other = await registered(work, name="另一家", credit_code=OTHER_CODE)
        with pytest.raises(registry.CodeTaken):
            await changed(work, other, TODAY, credit_code=CODE)
        await changed(work, other, TODAY, credit_code=OTHER_CODE, address="示例路9号")
    assert one.name in caught.value.fields["credit_code"]
    async with year.everything() as session:
        town = await a_town(session, "邻镇")
    neighbour = Year(year.sessions, town, year.plan_id, year.node_id)
    async with neighbour.as_(Role.TOWN_OFFICE) as work:
        assert (await registered(work)).credit_code == CODE
        with pytest.raises(NotFound):
            await registry.as_of(work, one.id, TODAY)


async def test_of_two_who_register_one_code_at_once_one_is_told(database: Database, everything: AsyncEngine) -> None:
    """The second waits for the first, and hears its name instead of a fault."""
    async with AsyncSession(everything, expire_on_commit=False) as session:
        town = await a_town(session)
        await session.commit()
    office = town[Role.TOWN_OFFICE]

    async def register(name: str) -> str:
        async with open_work(database, office, office.rights, NOW) as work:
            return (await registered(work, name=name)).name

    told = await asyncio.gather(register("甲厂"), register("乙厂"), return_exceptions=True)
    refused = [one for one in told if isinstance(one, registry.CodeTaken)]
    made = [one for one in told if isinstance(one, str)]
    assert (len(made), len(refused)) == (1, 1)
    assert made[0] in refused[0].sentence


async def test_a_code_that_begins_tomorrow_is_taken_today(year: Year) -> None:
    """Else the night would find two enterprises with one code."""
    async with year.as_(Role.TOWN_OFFICE) as work:
        one = await registered(work, credit_code=None, no_code_reason="正在办理")
        await changed(work, one, TODAY + timedelta(days=1), credit_code=CODE)
        with pytest.raises(registry.CodeTaken):
            await registered(work, name="另一家")


async def test_only_the_office_writes_and_nobody_overwrites_what_he_has_not_seen(year: Year) -> None:
    """Leaders and departments read; of two at once the second looks again."""
    async with year.as_(Role.TOWN_OFFICE) as work:
        one = await registered(work)
        seen = one.version
        await changed(work, one, TODAY, address="示例路2号")
        with pytest.raises(Stale):
            await registry.change(
                work, one.id, {"size": "微"}, valid_from=TODAY, source="office", note="", version=seen
            )
    for role in (Role.TOWN_LEADER, Role.SECTOR_DEPARTMENT, Role.LEGAL_REPRESENTATIVE):
        async with year.as_(role) as work:
            with pytest.raises(Forbidden):
                await registered(work)


async def test_places_to_sign_in_follow_a_new_name(year: Year) -> None:
    """The people of an enterprise see its present name when they sign in."""
    enterprise = year.town.enterprises[0]
    async with year.as_(Role.TOWN_OFFICE) as work:
        one = await work.get(Enterprise, enterprise)
        await changed(work, one, TODAY, name="示例新砖瓦公司", credit_code=CODE)
        sent = await work.all(select(Outbox.args).where(Outbox.job == rename_memberships.name))
    assert list(sent) == [[str(enterprise)]]
    await rename_memberships(Bench(year.sessions, system(year.town.id), frozenset(), new_id()), enterprise)
    async with year.everything() as session:
        names = await session.scalars(select(Membership.enterprise_name).where(Membership.enterprise_id == enterprise))
        assert set(names) == {"示例新砖瓦公司"}


CHANGES = st.lists(
    st.tuples(
        st.integers(0, 60),
        st.dictionaries(
            st.sampled_from(("headcount_own", "headcount_dispatched", "dust_workers", "headcount_temporary")),
            st.integers(50, 60),
            min_size=1,
        )
        | st.sampled_from(
            (
                {"credit_code": None, "no_code_reason": "甲"},
                {"credit_code": None, "no_code_reason": "乙"},
                {"credit_code": CODE},
                {"credit_code": OTHER_CODE},
                {"tags": ["dust"]},
                {"tags": []},
                {"insured_from": SINCE, "insured_to": TODAY},
                {"insured_from": None, "insured_to": None},
                {"ownership": "市属国企"},
                {"ownership": "集体"},
            )
        ),
    ),
    max_size=8,
)


def told_by_hand(start: dict[str, Any], changes: list[tuple[int, dict[str, Any]]]) -> dict[int, dict[str, Any]]:
    """The plain model: a change holds for each field that it made different until the next day on which that field was told."""
    days = {day: dict(start) for day in range(61)}
    told: dict[str, set[int]] = {}
    for first, change in changes:
        before = dict(days[first])
        given = dict(change)
        if given.get("credit_code"):
            given["no_code_reason"] = None
        for name, value in given.items():
            if before[name] == value:
                continue
            last = min((day for day in told.get(name, ()) if day > first), default=61)
            for day in range(first, last):
                days[day][name] = value
            told.setdefault(name, set()).add(first)
    for values in days.values():
        values["headcount"] = sum(values[f"headcount_{part}"] for part in ("own", "dispatched", "temporary"))
        values["is_state_owned"] = values["ownership"] == "市属国企"
        if values["credit_code"]:
            values["no_code_reason"] = None
    return days


@given(CHANGES)
@hypothesis(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
async def test_any_order_of_changes_and_corrections_tells_what_a_plain_calendar_tells(
    year: Year, changes: list[tuple[int, dict[str, Any]]]
) -> None:
    """For each of sixty-one days and each fact; and the row itself says what holds today."""
    async with year.as_(Role.TOWN_OFFICE) as work:
        one = await registered(work, name="示例随机厂", headcount_own=80)
        start = await registry.as_of(work, one.id, SINCE)
        for day, change in changes:
            await changed(work, one, SINCE + timedelta(days=day), **change)
        for day, expected in told_by_hand(start, changes).items():
            assert await registry.as_of(work, one.id, SINCE + timedelta(days=day)) == expected
        holds = await registry.as_of(work, one.id, TODAY)
        assert {name: getattr(one, name) for name in holds} == holds
        await work.session.rollback()
        assert WRITTEN["headcount_own"] == 90
