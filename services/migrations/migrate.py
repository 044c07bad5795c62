"""Bring a database to the newest schema: roles, tables, then row security; running it again changes nothing."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import URL, Connection, NullPool, text
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine

from services.kernel import calendar_days, clock
from services.kernel.database import async_url
from services.kernel.schema import OWNER, VIEWS, role_statements, security_statements
from services.migrations import metadata

HERE = Path(__file__).parent


def config(connection: Connection | None = None) -> Config:
    """Alembic's configuration without a file."""
    made = Config()
    made.set_main_option("script_location", str(HERE).replace("%", "%%"))
    made.attributes["connection"] = connection
    return made


def head() -> str:
    """The newest revision that this program knows."""
    return ScriptDirectory.from_config(config()).get_current_head() or ""


def knows(revision: str) -> bool:
    """Whether this program has that revision in its history."""
    try:
        return ScriptDirectory.from_config(config()).get_revision(revision) is not None
    except CommandError:
        return False


async def migrate(admin: str | URL, secret: str) -> None:
    """Upgrade the database that the administrator's address names; creates it where it does not exist."""
    async with as_owner(admin, secret) as connection:
        for view in (await connection.scalars(text(VIEWS))).all():
            await connection.exec_driver_sql(f"DROP VIEW {view}")
        await connection.run_sync(upgrade)
        for statement in security_statements():
            await connection.exec_driver_sql(statement)
        await calendar_days.fill(connection, clock.now())


@asynccontextmanager
async def as_owner(admin: str | URL, secret: str) -> AsyncIterator[AsyncConnection]:
    """A transaction as the owner of all tables, in a database whose roles are as this program knows them."""
    url = async_url(admin)
    await _make_database(url)
    engine = create_async_engine(url, poolclass=NullPool)
    try:
        async with engine.begin() as connection:
            await _make_roles(connection, secret)
        async with engine.begin() as connection:
            await connection.execute(text(f"SET LOCAL ROLE {OWNER}"))
            yield connection
    finally:
        await engine.dispose()


def upgrade(connection: Connection) -> None:
    """Run the migrations that are missing."""
    assert metadata.ROOMS
    command.upgrade(config(connection), "head")


async def _make_database(url: URL) -> None:
    engine = create_async_engine(url.set(database="postgres"), poolclass=NullPool, isolation_level="AUTOCOMMIT")
    async with engine.connect() as connection:
        exists = await connection.scalar(
            text("SELECT 1 FROM pg_database WHERE datname = :name"), {"name": url.database}
        )
        if not exists:
            await connection.execute(text(f'CREATE DATABASE "{url.database}"'))
    await engine.dispose()


async def _make_roles(connection: AsyncConnection, secret: str) -> None:
    existing = frozenset((await connection.scalars(text("SELECT rolname FROM pg_roles"))).all())
    for statement in role_statements(secret, existing):
        await connection.exec_driver_sql(statement)
    await connection.exec_driver_sql(f"GRANT USAGE, CREATE ON SCHEMA public TO {OWNER}")
