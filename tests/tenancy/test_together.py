"""Many at the door at once, on the real logins: what counts once counts once."""

import asyncio
from collections import Counter
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from services.kernel.database import Database
from services.kernel.settings import Settings
from services.kernel.table import Login
from services.kernel.work import open_work
from services.tenancy import members
from services.tenancy.members import MemberFacts
from services.tenancy.roles import Role
from services.tenancy.signing_in.models import Throttle, UserSession
from tests.factories import Town, a_town
from tests.tenancy.doors import WRONG, at_step_start, code_at, master_of, move, set_up, sign_in, strict
from tests.web import browser, running

pytestmark = pytest.mark.anyio


async def a_real_town(everything: AsyncEngine) -> Town:
    """A town in a database of its own."""
    async with AsyncSession(everything, expire_on_commit=False) as session:
        town = await a_town(session)
        await session.commit()
    return town


async def test_of_two_sign_ins_with_one_code_one_gets_in(
    settings: Settings, database: Database, everything: AsyncEngine, clock_file: Any
) -> None:
    """Two browsers give the same code, or the same recovery code, in the same moment: one is in, one is not."""
    office = (await a_real_town(everything))[Role.TOWN_OFFICE]
    offset = at_step_start(clock_file)
    async with running(strict(settings), database) as app, browser(app) as one, browser(app) as two:
        await sign_in(one, office.person)
        secret, codes = await set_up(one)
        for round_, make in enumerate((lambda: code_at(secret), lambda: codes[0]), start=1):
            move(clock_file, offset + 60 * round_)
            for door in (one, two):
                await sign_in(door, office.person)
            code = make()
            together = await asyncio.gather(*(door.post("/sign-in/code", {"code": code}) for door in (one, two)))
            assert sorted(answer.status_code for answer in together) == [303, 422]


async def test_guesses_made_at_once_are_counted_one_by_one(
    settings: Settings, database: Database, everything: AsyncEngine
) -> None:
    """Twenty wrong passwords in the same moment: five are looked at, fifteen find the door locked."""
    office = (await a_real_town(everything))[Role.TOWN_OFFICE]
    async with running(settings, database) as app, browser(app) as door:
        await door.get("/sign-in")
        together = await asyncio.gather(*(sign_in(door, office.person, WRONG) for _ in range(20)))
        assert Counter(answer.status_code for answer in together) == {422: 5, 429: 15}
        assert (await sign_in(door, office.person)).status_code == 429
    async with AsyncSession(everything) as session:
        failures = (await session.scalars(select(Throttle.failures))).all()
    assert sorted(failures) == [5, 5, 5]


async def test_a_storm_beyond_the_places_is_turned_away_and_the_rest_get_in(
    settings: Settings, database: Database, everything: AsyncEngine
) -> None:
    """Sixty right passwords of five people at once: whoever finds a place is in, nobody gets a fault."""
    town = await a_real_town(everything)
    people = list(town.people.values())
    async with running(settings, database) as app, browser(app) as door:
        await door.get("/sign-in")
        together = await asyncio.gather(*(sign_in(door, people[n % 5].person) for n in range(60)))
        met = Counter(answer.status_code for answer in together)
        assert set(met) <= {303, 429, 503}
        assert met[303] >= 5
        assert met[503] > 0
    async with AsyncSession(everything) as session:
        assert len((await session.scalars(select(UserSession.id))).all()) <= met[303]


async def test_one_recovery_from_two_offices_leaving_each_other(
    settings: Settings, database: Database, everything: AsyncEngine
) -> None:
    """Two of the office send each other away in the same moment: one of them stays."""
    town = await a_real_town(everything)
    office, master = town[Role.TOWN_OFFICE], master_of(settings)
    identity = office.acting_on(Login.IDENTITY)
    async with open_work(database, identity, office.rights) as work:
        facts = MemberFacts(name="第二人", role=Role.TOWN_OFFICE, department_id=town.departments["office"])
        other = (await members.add_member(work, facts, login="di.er", master=master)).member

    async def send_away(member_id: Any) -> None:
        async with open_work(database, identity, office.rights) as work:
            await members.leave(work, member_id)

    ended = await asyncio.gather(send_away(other.id), send_away(office.member_id), return_exceptions=True)
    assert sorted(type(one).__name__ for one in ended) == ["LastOffice", "NoneType"]


async def test_two_offices_make_one_account_of_one_name(
    settings: Settings, database: Database, everything: AsyncEngine
) -> None:
    """The same new account is added twice in the same moment: one is made, the other is told that it is there."""
    town = await a_real_town(everything)
    office, master = town[Role.TOWN_OFFICE], master_of(settings)

    async def add(name: str) -> None:
        async with open_work(database, office.acting_on(Login.IDENTITY), office.rights) as work:
            facts = MemberFacts(
                name=name, role=Role.SECTOR_DEPARTMENT, department_id=town.departments["sector"], phone="13812345678"
            )
            await members.add_member(work, facts, login="same.login", master=master)

    ended = await asyncio.gather(add("甲某"), add("乙某"), return_exceptions=True)
    assert sorted(type(one).__name__ for one in ended) == ["LoginTaken", "NoneType"]
