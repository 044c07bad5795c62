"""A new year comes into the calendar once, for every town, and nobody else can bring it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import date

import pytest
from sqlalchemy import select, text, update
from sqlalchemy.exc import ProgrammingError
from sqlalchemy.ext.asyncio import AsyncConnection

from services.kernel import calendar_days
from services.kernel.calendar_days import CalendarNotReadable, fill, read
from services.kernel.calendar_days.models import CalendarChange, CalendarDayRow
from services.kernel.database import Scope
from services.kernel.outbox import Outbox
from services.kernel.refusals import Forbidden, Stale
from services.kernel.table import Login
from services.kernel.trail import AuditEntry
from services.kernel.work import Work, open_work
from services.supervision import calendar
from services.tenancy.policy import rights
from services.tenancy.roles import Role
from services.tenancy.signing_in.person import Person
from tests.conftest import OneConnection
from tests.factories import THEN, a_town, an_administrator
from tests.supervision.calendar.notices import PAPER, a_notice, days_of

pytestmark = pytest.mark.anyio
NEW_YEAR, MONDAY, SATURDAY = date(2027, 1, 1), date(2027, 1, 4), date(2027, 1, 9)


@pytest.fixture
async def operator(sessions: OneConnection) -> Person:
    """The platform's operator."""
    async with sessions.session(None, Scope()) as session:
        person = await an_administrator(session, Role.PLATFORM_OPERATOR)
        await session.commit()
    return person


@asynccontextmanager
async def at_work(sessions: OneConnection, person: Person) -> AsyncIterator[Work]:
    """Somebody at work in January 2026."""
    async with open_work(sessions, person, person.rights, THEN) as work:
        yield work


async def brought(sessions: OneConnection, operator: Person, *more: str) -> int:
    """The arrangement for 2027, previewed and taken over."""
    async with at_work(sessions, operator) as work:
        found = await calendar.preview(work, days_of(*more))
        return await calendar.bring(work, found.days, stands_at=found.stands_at)


async def test_every_upgrade_fills_the_years_that_came_with_the_product(
    sessions: OneConnection, operator: Person
) -> None:
    """The published years are official with their working days, the next is a guess."""
    async with at_work(sessions, operator) as work:
        found = {year.year: year for year in await calendar.years(work)}
    assert [found[year].workdays for year in range(2021, 2027)] == [250, 249, 249, 251, 248, 248]
    assert all(found[year].is_official for year in range(2021, 2027))
    assert not found[2027].is_official
    assert found[2026].papers == ["国办发明电〔2025〕7号"]


async def test_a_new_year_becomes_official_for_everybody_at_once(sessions: OneConnection, operator: Person) -> None:
    """The next transaction of any process counts by it; the trail names the paper, and the towns are told once."""
    async with sessions.session(None, Scope()) as session:
        office = (await a_town(session))[Role.TOWN_OFFICE]
        await session.commit()
    async with at_work(sessions, office) as work:
        before = await calendar_days.current(work)
        assert (before.is_workday(MONDAY), before.is_workday(SATURDAY)) == (True, False)
        assert await calendar_days.current(work) is before, "one calendar for one transaction"
    assert await brought(sessions, operator) == 365
    async with at_work(sessions, office) as work:
        after = await calendar_days.current(work)
        assert (after.is_workday(MONDAY), after.is_workday(SATURDAY)) == (False, True)
        assert not after.is_provisional(NEW_YEAR, date(2027, 12, 31))
        assert after.is_provisional(date(2028, 1, 1), date(2028, 1, 1))
    async with sessions.session(None, Scope()) as session:
        entry = (await session.scalars(select(AuditEntry).where(AuditEntry.act == "calendar:imported"))).one()
        assert entry.detail == {"papers": PAPER, "years": [2027], "days": 365}
        assert (await session.scalars(select(Outbox.job).where(Outbox.queue == "calendar"))).all() == [
            "supervision.calendar.jobs:tell_towns"
        ]


async def test_a_preview_names_what_changes_and_keeps_nothing(sessions: OneConnection, operator: Person) -> None:
    """Days that are worked or called otherwise, and how many guesses become certain."""
    async with at_work(sessions, operator) as work:
        found = await calendar.preview(work, days_of(f"2026-12-31,0,元旦,{PAPER},official"))
        told = {one.after.day: (one.before.is_workday, one.after.is_workday) for one in found.differences}
        assert told[MONDAY] == (True, False)
        assert told[SATURDAY] == (False, True)
        assert told[date(2026, 12, 31)] == (True, False)
        assert date(2027, 3, 1) not in told
        assert found.confirmed == 365
        assert [(before.workdays, after.year) for before, after in found.years] == [(248, 2026), (254, 2027)]
    async with at_work(sessions, operator) as work:
        assert not (await calendar.year_of(work, 2027)).is_official


async def test_the_same_arrangement_again_changes_nothing(sessions: OneConnection, operator: Person) -> None:
    """No second change, no second message to the towns."""
    await brought(sessions, operator)
    async with at_work(sessions, operator) as work:
        assert (await calendar.preview(work, days_of())).is_empty
    assert await brought(sessions, operator) == 0
    async with sessions.session(None, Scope()) as session:
        assert len((await session.scalars(select(CalendarChange.id))).all()) == 2, "the shipped one, and this"


async def test_two_administrators_cannot_bring_over_each_other(sessions: OneConnection, operator: Person) -> None:
    """What was previewed on a calendar that has changed since is refused."""
    async with at_work(sessions, operator) as work:
        earlier = await calendar.preview(work, days_of())
    await brought(sessions, operator, f"2027-03-01,0,示例假,{PAPER},official")
    with pytest.raises(Stale):
        async with at_work(sessions, operator) as work:
            await calendar.bring(work, earlier.days, stands_at=earlier.stands_at)


async def test_an_official_year_never_becomes_a_guess_again(sessions: OneConnection, operator: Person) -> None:
    """A provisional file may only replace what is provisional."""
    async with at_work(sessions, operator) as work:
        provisional = read(a_notice(status="provisional"))
        assert (await calendar.preview(work, provisional)).confirmed == 0
    await brought(sessions, operator)
    with pytest.raises(CalendarNotReadable, match="2027 年的安排已是正式的"):
        async with at_work(sessions, operator) as work:
            await calendar.preview(work, provisional)


async def test_an_upgrade_leaves_what_an_administrator_brought(
    sessions: OneConnection, operator: Person, connection: AsyncConnection
) -> None:
    """The imported year stays; a shipped day that was damaged comes back, and a third run changes nothing."""
    await brought(sessions, operator)
    damaged = CalendarDayRow.day == date(2026, 10, 1)
    await connection.execute(update(CalendarDayRow).where(damaged).values(is_workday=True))
    assert [await fill(connection, THEN), await fill(connection, THEN)] == [1, 0]
    async with at_work(sessions, operator) as work:
        now = await calendar_days.current(work)
    assert (now.is_workday(MONDAY), now.is_workday(SATURDAY), now.is_workday(date(2026, 10, 1))) == (False, True, False)


@pytest.mark.parametrize("role", sorted(set(Role) - {Role.PLATFORM_OPERATOR, Role.CLIENT, Role.PUBLIC}))
def test_only_the_platforms_operator_may_bring_a_year(role: Role) -> None:
    """Everybody in the towns and the district may look; the other two administrators have no business with it."""
    assert "calendar:import" in rights()[Role.PLATFORM_OPERATOR]
    assert "calendar:import" not in rights()[role]
    administrators = {Role.SECURITY_ADMINISTRATOR, Role.AUDIT_ADMINISTRATOR}
    assert ("calendar:read" in rights()[role]) == (role not in administrators)


async def test_a_town_neither_brings_nor_writes_the_calendar(sessions: OneConnection) -> None:
    """The action refuses the office, and the database refuses its login."""
    async with sessions.session(None, Scope()) as session:
        office = (await a_town(session))[Role.TOWN_OFFICE]
        await session.commit()
    async with at_work(sessions, office) as work:
        with pytest.raises(Forbidden):
            await calendar.bring(work, days_of(), stands_at=None)
    for login in set(Login) - {Login.PLATFORM, Login.RELAY, Login.PUBLIC}:
        async with sessions.session(login, Scope()) as session:
            assert await session.scalar(text("SELECT count(*) FROM calendar_day")) > 3000, login
            with pytest.raises(ProgrammingError):
                await session.execute(text("UPDATE calendar_day SET is_workday = true"))
