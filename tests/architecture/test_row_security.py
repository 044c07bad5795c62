"""Isolation is proven inside the database: every table, every login, every way of asking; and the proof itself is tested."""

import uuid

import pytest
from sqlalchemy.ext.asyncio import AsyncConnection

from services.kernel.database import Scope
from services.kernel.schema import OWNER, tables
from services.kernel.table import Login
from services.migrations.metadata import ROOMS
from tests.architecture.isolation import Canaries, catalogue_flaws, enter, probe
from tests.architecture.published import readable_columns, rows_seen
from tests.architecture.rows import put_canary, put_published, tenant_tables

pytestmark = pytest.mark.anyio
assert ROOMS


@pytest.fixture
async def canaries(connection: AsyncConnection) -> Canaries:
    """A row in every table of two towns, and one more enterprise in ours."""
    found = Canaries(uuid.uuid4(), uuid.uuid4(), uuid.uuid4(), uuid.uuid4())
    await put_canary(connection, found.ours, found.our_enterprise, "canary-ours")
    await put_canary(connection, found.theirs, found.their_enterprise, "canary-theirs")
    return found


async def test_the_catalogue_keeps_the_rules_of_the_house(connection: AsyncConnection) -> None:
    """Every table has its tenant first in every key and index, forced row security, and exactly the declared policies."""
    assert await catalogue_flaws(connection) == []
    assert len(tenant_tables()) >= 15


async def test_no_login_reaches_a_foreign_row(connection: AsyncConnection, canaries: Canaries) -> None:
    """Reading, changing, adding, deleting and moving are tried in every table as every login."""
    probes = await probe(connection, canaries)
    assert probes.leaks == []
    assert probes.made > 40 * len(tenant_tables())


async def test_the_public_reads_the_listed_columns_and_no_other(connection: AsyncConnection) -> None:
    """Every column of every table is tried, also of those without a tenant."""
    await enter(connection, Login.PUBLIC, Scope())
    assert await readable_columns(connection) == {
        table.__tablename__: set(table.__published__.columns) for table in tables() if table.__published__
    }


async def test_the_public_sees_the_published_rows_of_one_town(connection: AsyncConnection, canaries: Canaries) -> None:
    """The view and the table beneath show the same: nothing of a neighbour, no draft, and without a town nothing at all."""
    for tenant in (canaries.ours, canaries.theirs):
        await put_published(connection, tenant)
    for scope, visible in ((Scope(tenant_id=canaries.ours), canaries.ours), (Scope(), None)):
        await enter(connection, Login.PUBLIC, scope)
        for name, rows in (await rows_seen(connection)).items():
            assert rows == ([(visible, True)] if visible else []), name


MUTATIONS = {
    "a policy dropped": "DROP POLICY town ON enterprise",
    "a FORCE dropped": "ALTER TABLE enterprise NO FORCE ROW LEVEL SECURITY",
    "row security off": "ALTER TABLE assignment DISABLE ROW LEVEL SECURITY",
    "a WITH CHECK opened": "ALTER POLICY town ON enterprise WITH CHECK (true)",
    "a restriction dropped": "DROP POLICY only_enterprise ON assignment",
    "a policy added": "CREATE POLICY helpful ON plan TO anzhen_town USING (true)",
    "an index without its tenant": "CREATE INDEX quick ON enterprise (name)",
    "a global uniqueness": "CREATE UNIQUE INDEX betrays ON enterprise (credit_code)",
    "a table nobody declared": "CREATE TABLE sidecar (id uuid)",
    "a view nobody declared": "CREATE VIEW peek WITH (security_invoker = true) AS SELECT id FROM enterprise",
    "a view that asks as its owner": "ALTER VIEW published_plan RESET (security_invoker)",
    "a view with a column more": "CREATE OR REPLACE VIEW published_department WITH (security_invoker = true) AS SELECT tenant_id, id, name, kind FROM department",
    "a view that was lost": "DROP VIEW published_plan_version",
    "a view for everybody": "GRANT SELECT ON published_plan TO PUBLIC",
    "a materialised view": "CREATE MATERIALIZED VIEW heap AS SELECT id FROM enterprise",
    "a column more for the public": "GRANT SELECT (made_by) ON plan TO anzhen_public",
    "a whole table for the public": "GRANT SELECT ON division TO anzhen_public",
    "a write for the public": "GRANT UPDATE (title) ON plan TO anzhen_public",
    "a publishing rule that widens": "CREATE POLICY only_drafts ON plan TO anzhen_public USING (true) WITH CHECK (true)",
    "a definer's function": "CREATE FUNCTION peek() RETURNS bigint LANGUAGE sql SECURITY DEFINER AS 'SELECT count(*) FROM enterprise'",
}


@pytest.mark.parametrize("mutation", MUTATIONS)
async def test_a_broken_wall_is_noticed_in_the_catalogue(connection: AsyncConnection, mutation: str) -> None:
    """Whoever weakens a table turns this suite red."""
    await connection.exec_driver_sql(f"SET LOCAL ROLE {OWNER}")
    await connection.exec_driver_sql(MUTATIONS[mutation])
    await connection.exec_driver_sql("SET LOCAL ROLE NONE")
    assert await catalogue_flaws(connection) != []


LEAKS = {
    "town reads all": "ALTER POLICY town ON enterprise USING (true)",
    "town writes anywhere": "ALTER POLICY town ON enterprise WITH CHECK (true)",
    "enterprise sees its neighbours": "DROP POLICY only_enterprise ON assignment",
    "district sees beyond its list": "ALTER POLICY district ON plan USING (true)",
    "row security off": "ALTER TABLE message DISABLE ROW LEVEL SECURITY",
    "public reads drafts": "DROP POLICY only_published ON plan",
    "public reads any town": "ALTER POLICY public ON plan_version USING (true)",
    "a privilege too many": "GRANT DELETE, SELECT ON tenant_key TO anzhen_public",
}


@pytest.mark.parametrize("leak", LEAKS)
async def test_a_leak_is_noticed_by_the_probes(connection: AsyncConnection, canaries: Canaries, leak: str) -> None:
    """The probes do not only read the catalogue: they find what a weakened policy lets through."""
    await connection.exec_driver_sql(f"SET LOCAL ROLE {OWNER}")
    await connection.exec_driver_sql(LEAKS[leak])
    await connection.exec_driver_sql("SET LOCAL ROLE NONE")
    assert (
        await probe(connection, canaries, "assignment", "enterprise", "message", "plan", "plan_version", "tenant_key")
    ).leaks != []
