"""Isolation is proven inside the database: every table, every login, every way of asking; and the proof itself is tested."""

import uuid

import pytest
from sqlalchemy.ext.asyncio import AsyncConnection

from services.kernel.schema import OWNER
from services.migrations.metadata import ROOMS
from tests.architecture.isolation import Canaries, catalogue_flaws, probe
from tests.architecture.rows import put_canary, tenant_tables

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
    "a privilege too many": "GRANT DELETE, SELECT ON tenant_key TO anzhen_public",
}


@pytest.mark.parametrize("leak", LEAKS)
async def test_a_leak_is_noticed_by_the_probes(connection: AsyncConnection, canaries: Canaries, leak: str) -> None:
    """The probes do not only read the catalogue: they find what a weakened policy lets through."""
    await connection.exec_driver_sql(f"SET LOCAL ROLE {OWNER}")
    await connection.exec_driver_sql(LEAKS[leak])
    await connection.exec_driver_sql("SET LOCAL ROLE NONE")
    assert (await probe(connection, canaries, "assignment", "enterprise", "message", "plan", "tenant_key")).leaks != []
