"""Hot reads stand behind the same walls as every other, see what their Work has written, and outlive a restart."""

import asyncpg
import pytest
from sqlalchemy import bindparam, select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from services.kernel.database import Database, Scope
from services.kernel.hot import Hot, as_stretch
from services.kernel.refusals import NotFound
from services.kernel.table import Login
from services.kernel.work import open_work
from services.supervision.registry.models import Enterprise
from services.tenancy.roles import Role
from tests.factories import Town, a_district, a_town

pytestmark = pytest.mark.anyio
NAMED = Hot(select(Enterprise.name).where(Enterprise.id == bindparam("id")))
ALL = Hot(select(Enterprise.tenant_id, Enterprise.name, Enterprise.size).where(Enterprise.size.in_(["大", "小"])))
LISTED = Hot(as_stretch(select(Enterprise.id, Enterprise.name).order_by(Enterprise.id), "id"))


async def two_towns(everything: AsyncEngine) -> tuple[Town, Town]:
    async with AsyncSession(everything, expire_on_commit=False) as session:
        district = await a_district(session)
        towns = await a_town(session, "甲镇", district_id=district), await a_town(session, "乙镇", district_id=district)
        await session.commit()
    return towns


async def test_a_town_reads_its_own_rows_and_a_foreign_row_is_not_there(
    database: Database, everything: AsyncEngine
) -> None:
    """What another town has answers like what does not exist."""
    here, there = await two_towns(everything)
    async with open_work(database, here[Role.TOWN_OFFICE], frozenset()) as work:
        assert (await NAMED.row(work, id=here.enterprises[0]))["name"] == "甲镇示例甲砖瓦厂"
        assert {row["tenant_id"] for row in await ALL.rows(work)} == {here.id}
        with pytest.raises(NotFound):
            await NAMED.row(work, id=there.enterprises[0])
        assert not work.has_begun


async def test_the_statement_names_the_tenant_besides_the_policy(database: Database, everything: AsyncEngine) -> None:
    """Even one who looks past row security gets the rows of the Work's tenant alone."""
    here, _ = await two_towns(everything)
    async with open_work(database, here[Role.TOWN_OFFICE], frozenset()) as work:
        statement, values = ALL._for(work, {})
    async with everything.connect() as connection:
        unbound = (await connection.get_raw_connection()).driver_connection
        assert {row["tenant_id"] for row in await unbound.fetch(statement.sql, *values)} == {here.id}


async def test_an_enterprise_reads_itself_alone(database: Database, everything: AsyncEngine) -> None:
    """The restrictive policy holds beneath SQLAlchemy too."""
    here, _ = await two_towns(everything)
    async with open_work(database, here[Role.SAFETY_OFFICER], frozenset()) as work:
        assert [row["name"] for row in await ALL.rows(work)] == ["甲镇示例甲砖瓦厂"]


async def test_a_district_reads_the_towns_of_its_session(database: Database, everything: AsyncEngine) -> None:
    """One town or both, as the session's list says, and no other."""
    here, there = await two_towns(everything)
    for towns in ((here.id,), (here.id, there.id), ()):
        overseer = here[Role.TOWN_OFFICE]
        identity = type(overseer)(
            login=Login.DISTRICT, scope=Scope(tenant_ids=towns), person="示例督导", role=Role.DISTRICT_OVERSEER
        )
        async with open_work(database, identity, frozenset()) as work:
            assert {row["tenant_id"] for row in await ALL.rows(work)} == set(towns)


async def test_a_work_sees_what_it_has_just_written(database: Database, everything: AsyncEngine) -> None:
    """Where the transaction is open the read runs inside it, and what was decided is sent first."""
    here, _ = await two_towns(everything)
    async with open_work(database, here[Role.TOWN_OFFICE], frozenset()) as work:
        (await work.get(Enterprise, here.enterprises[0])).name = "改过名的砖瓦厂"
        assert (await NAMED.row(work, id=here.enterprises[0]))["name"] == "改过名的砖瓦厂"


async def test_a_hot_read_cannot_write(database: Database, everything: AsyncEngine) -> None:
    """Its transaction is read-only, and the connection serves the next one afterwards."""
    here, _ = await two_towns(everything)
    scope = Scope(tenant_id=here.id)
    with pytest.raises(asyncpg.ReadOnlySQLTransactionError):
        async with database.reading(Login.TOWN, scope) as connection:
            await connection.execute("UPDATE enterprise SET headcount = 1")
    async with database.reading(Login.TOWN, scope) as connection:
        assert await connection.fetchval("SELECT count(*) FROM enterprise") == 2


async def test_the_scope_of_one_read_is_gone_at_the_next(database: Database, everything: AsyncEngine) -> None:
    """The same connection without a tenant shows nothing."""
    here, _ = await two_towns(everything)
    for scope, seen in ((Scope(tenant_id=here.id), 2), (Scope(), 0)):
        async with database.reading(Login.TOWN, scope) as connection:
            assert await connection.fetchval("SELECT count(*) FROM enterprise") == seen


async def test_a_connection_that_was_ended_is_an_outage_once_and_then_replaced(
    database: Database, everything: AsyncEngine
) -> None:
    """Who is in the middle of a read is told to come again; who comes next notices nothing."""
    here, _ = await two_towns(everything)
    scope = Scope(tenant_id=here.id)
    with pytest.raises(DBAPIError):
        async with database.reading(Login.TOWN, scope) as connection:
            async with everything.connect() as other:
                await other.execute(
                    text("SELECT pg_terminate_backend(:pid, 5000)"), {"pid": connection.get_server_pid()}
                )
            await connection.fetchval("SELECT 1")
    async with database.reading(Login.TOWN, scope) as connection:
        assert await connection.fetchval("SELECT count(*) FROM enterprise") == 2


async def test_a_stretch_names_its_end_only_where_more_follow(database: Database, everything: AsyncEngine) -> None:
    """Of two rows: one and where to go on, both and the end, none and the end."""
    here, _ = await two_towns(everything)
    async with open_work(database, here[Role.TOWN_OFFICE], frozenset()) as work:
        one = (await LISTED.row(work, limit=1))[0]
        both = (await LISTED.row(work, limit=2))[0]
    assert f'"next_cursor" : "{min(here.enterprises)}"' in one
    assert '"next_cursor" : null' in both
    assert both.count('"name"') == 2
