"""The history of the schema ends where the models are, and walking it again changes nothing."""

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import URL, Connection, text
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine

from services.migrations.metadata import metadata
from services.migrations.migrate import head, migrate
from tests.conftest import SECRET

pytestmark = pytest.mark.anyio
PLUGINS = ["alembic.autogenerate.*", "alembic.ext.checkconstraint_byname"]


def differences(connection: Connection) -> list[object]:
    """What the models have that the migrations do not make, and the other way round."""
    context = MigrationContext.configure(connection, opts={"compare_type": True, "autogenerate_plugins": PLUGINS})
    return [found for found in compare_metadata(context, metadata) if "alembic_version" not in str(found)]


async def test_the_migrations_make_exactly_what_the_models_say(connection: AsyncConnection) -> None:
    """Whoever changes a model writes the migration."""
    assert await connection.run_sync(differences) == []
    assert await connection.scalar(text("SELECT version_num FROM alembic_version")) == head()


async def test_a_missing_column_is_noticed(connection: AsyncConnection) -> None:
    """The comparison can fail."""
    await connection.execute(text("ALTER TABLE enterprise DROP COLUMN address"))
    assert await connection.run_sync(differences) != []


async def test_migrating_again_changes_nothing_and_loses_nothing(own_database: URL) -> None:
    """An operator may run it as often as wanted."""
    engine = create_async_engine(own_database.set(drivername="postgresql+asyncpg"))
    async with engine.begin() as connection:
        await connection.execute(
            text(
                "INSERT INTO division (code, valid_from, name, level) VALUES ('500102', '2021-01-01', '涪陵区', 'district')"
            )
        )
    policies = text(
        "SELECT count(*), string_agg(policyname || qual || with_check, ',' ORDER BY tablename, policyname) FROM pg_policies"
    )
    async with engine.connect() as connection:
        before = (await connection.execute(policies)).one()
    await migrate(own_database, SECRET)
    async with engine.connect() as connection:
        assert (await connection.execute(policies)).one() == before
        assert await connection.scalar(text("SELECT name FROM division")) == "涪陵区"
    await engine.dispose()
