"""Two towns on one deployment do not know of each other."""

import pytest
from sqlalchemy import select

from services.kernel.database import Database, Scope
from services.kernel.refusals import NotFound
from services.kernel.work import open_work
from services.supervision.registry.models import Enterprise
from services.tenancy.roles import Role
from tests.conftest import OneConnection
from tests.factories import a_town

pytestmark = pytest.mark.anyio


async def test_an_office_sees_its_own_enterprises_only(sessions: OneConnection) -> None:
    """The neighbour's enterprises are not in any list, and by id they do not exist."""
    async with sessions.session(None, Scope()) as session:
        ours, theirs = await a_town(session, "甲镇"), await a_town(session, "乙镇")
        await session.commit()
    office = ours[Role.TOWN_OFFICE]
    async with open_work(sessions, office, office.rights) as work:
        assert {row.id for row in await work.all(select(Enterprise))} == set(ours.enterprises)
        with pytest.raises(NotFound):
            await work.get(Enterprise, theirs.enterprises[0])


async def test_the_same_holds_on_the_real_logins(database: Database, everything) -> None:
    """What SET ROLE shows in a rolled-back test is what the logins show in production."""
    from sqlalchemy.ext.asyncio import AsyncSession

    async with AsyncSession(everything, expire_on_commit=False) as session:
        ours, theirs = await a_town(session, "甲镇"), await a_town(session, "乙镇")
        await session.commit()
    office = ours[Role.TOWN_OFFICE]
    for _ in range(3):
        async with open_work(database, office, office.rights) as work:
            assert {row.id for row in await work.all(select(Enterprise))} == set(ours.enterprises)
            with pytest.raises(NotFound):
                await work.get(Enterprise, theirs.enterprises[0])
            work.record("enterprise:read", await work.get(Enterprise, ours.enterprises[0]))
