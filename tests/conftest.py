"""One PostgreSQL and one Redis for the whole run, one migrated template, a database per worker, one rolled-back transaction per test."""

import asyncio
import contextlib
import os
import shutil
import tempfile
import uuid
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import asyncpg
import pytest
from hypothesis import settings as hypothesis_settings
from sqlalchemy import URL, Connection, NullPool, event, make_url
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, AsyncSession, create_async_engine
from sqlalchemy.orm import SessionTransaction

os.environ["ANZHEN_TESTING"] = "1"

from services.kernel.database import Database, Scope, beneath, login_urls
from services.kernel.settings import Settings
from services.kernel.table import Login
from services.launcher.stores import stores
from services.migrations.migrate import migrate

SECRET = "the secret of the tests"
FAST = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "max_connections": 200,
    "autovacuum": "off",
}
TEMPLATE = "anzhen_template"

# A slow machine is no failing example.
hypothesis_settings.register_profile("town", deadline=None)
hypothesis_settings.load_profile("town")


def pytest_configure(config: pytest.Config) -> None:
    """The controller starts the servers; its workers are told where they are."""
    if hasattr(config, "workerinput"):
        config.database_url, config.redis_url = config.workerinput["addresses"]
        return
    config.cleanup = contextlib.ExitStack()
    home = Path(tempfile.mkdtemp(prefix="anzhen-test-"))
    home.chmod(0o711)
    config.cleanup.callback(shutil.rmtree, home, ignore_errors=True)
    settings = Settings(
        home=home,
        database_url=os.environ.get("ANZHEN_TEST_DATABASE_URL"),
        redis_url=os.environ.get("ANZHEN_TEST_REDIS_URL"),
    )
    found = config.cleanup.enter_context(stores(settings, **FAST))
    config.database_url, config.redis_url = found.admin_url, found.redis_url
    asyncio.run(_fresh_template(make_url(found.admin_url)))


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: object) -> None:
    """Hand the addresses to an xdist worker."""
    node.workerinput["addresses"] = (node.config.database_url, node.config.redis_url)


def pytest_unconfigure(config: pytest.Config) -> None:
    """Stop what was started."""
    if hasattr(config, "cleanup"):
        config.cleanup.close()


async def _fresh_template(admin: URL) -> None:
    await _run(admin, f'DROP DATABASE IF EXISTS "{TEMPLATE}" WITH (FORCE)')
    await migrate(admin.set(database=TEMPLATE), SECRET)


async def _run(admin: URL, statement: str) -> None:
    url = admin.set(drivername="postgresql", database="postgres").render_as_string(hide_password=False)
    connection = await asyncpg.connect(url)
    try:
        await connection.execute(statement)
    finally:
        await connection.close()


@contextlib.asynccontextmanager
async def cloned(admin: URL, name: str) -> AsyncIterator[URL]:
    """A database of its own, made from the migrated template."""
    await _run(admin, f'CREATE DATABASE "{name}" TEMPLATE {TEMPLATE} STRATEGY file_copy')
    try:
        yield admin.set(database=name)
    finally:
        await _run(admin, f'DROP DATABASE "{name}" WITH (FORCE)')


@pytest.fixture(scope="session")
def anyio_backend() -> tuple[str, dict[str, bool]]:
    """Every asynchronous test runs on one uvloop."""
    return "asyncio", {"use_uvloop": True}


@pytest.fixture(scope="session", autouse=True)
async def one_loop(anyio_backend: object) -> AsyncIterator[None]:
    """That loop lives until the last test: what a process keeps for its loop, a lock or a pool, is not met by another."""
    yield


@pytest.fixture(scope="session")
def admin_url(request: pytest.FixtureRequest) -> URL:
    """The administrator's address on the run's server."""
    return make_url(request.config.database_url)


@pytest.fixture(scope="session")
def redis_url(request: pytest.FixtureRequest) -> str:
    """The run's Redis."""
    return str(request.config.redis_url)


@pytest.fixture(scope="session")
async def engine(request: pytest.FixtureRequest, admin_url: URL, anyio_backend: object) -> AsyncIterator[AsyncEngine]:
    """This worker's database, entered as administrator."""
    worker = getattr(request.config, "workerinput", {}).get("workerid", "main")
    async with cloned(admin_url, f"test_{worker}_{uuid.uuid4().hex[:6]}") as url:
        engine = create_async_engine(url.set(drivername="postgresql+asyncpg"))
        yield engine
        await engine.dispose()


@pytest.fixture
async def connection(engine: AsyncEngine) -> AsyncIterator[AsyncConnection]:
    """One connection whose transaction is rolled back when the test ends."""
    async with engine.connect() as connection:
        outer = await connection.begin()
        yield connection
        await outer.rollback()


class OneConnection:
    """What production opens on many logins, on the test's single connection: only here SET ROLE stands for the login."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    def session(self, login: Login | None, scope: Scope) -> AsyncSession:
        """A session that acts as `login` within `scope`; None is the administrator, whom no policy binds."""
        session = AsyncSession(self._connection, join_transaction_mode="create_savepoint", expire_on_commit=False)
        listed = ",".join(map(str, scope.tenant_ids))

        @event.listens_for(session.sync_session, "after_begin")
        def begun(_session: object, transaction: SessionTransaction, connection: Connection) -> None:
            connection.exec_driver_sql(f"SET LOCAL ROLE {login.value if login else 'NONE'}")
            for name, value in (
                ("tenant_id", scope.tenant_id or ""),
                ("tenant_ids", listed),
                ("enterprise_id", scope.enterprise_id or ""),
            ):
                connection.exec_driver_sql(f"SET LOCAL app.{name} = '{value}'")

        return session

    @contextlib.asynccontextmanager
    async def reading(self, login: Login, scope: Scope) -> AsyncIterator[object]:
        """The driver's connection, acting as `login` within `scope`."""
        async with self.session(login, scope) as session:
            yield await beneath(session)

    async def close(self) -> None:
        """The fixture ends the connection."""


@pytest.fixture
def sessions(connection: AsyncConnection) -> OneConnection:
    """Sessions of every login inside the test's rolled-back transaction."""
    return OneConnection(connection)


@pytest.fixture
async def own_database(admin_url: URL, anyio_backend: object) -> AsyncIterator[URL]:
    """A database of its own, for what a rolled-back transaction cannot show."""
    async with cloned(admin_url, f"own_{uuid.uuid4().hex[:10]}") as url:
        yield url


@pytest.fixture
async def database(own_database: URL) -> AsyncIterator[Database]:
    """The real logins on a database of its own."""
    database = Database(login_urls(own_database, SECRET))
    yield database
    await database.close()


@pytest.fixture
async def everything(own_database: URL) -> AsyncIterator[AsyncEngine]:
    """The administrator's eye on the same database: looks past row security."""
    engine = create_async_engine(own_database.set(drivername="postgresql+asyncpg"), poolclass=NullPool)
    yield engine
    await engine.dispose()


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """An installation in an empty folder, with the demo's relaxed sign-in."""
    return Settings(home=tmp_path, demo=True, secure_cookies=False, role_secret=SECRET, testing=True)


@pytest.fixture
def clock_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A clock that a test moves by writing seconds into this file."""
    file = tmp_path / "clock"
    file.write_text("0", encoding="ascii")
    monkeypatch.setenv("ANZHEN_CLOCK_FILE", str(file))
    yield file
