"""One engine per login, opened lazily; the tenant is set in the same message as BEGIN."""

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any, Protocol
from uuid import UUID

import msgspec
from asyncpg import (  # type: ignore[import-untyped]
    InterfaceError,
    InternalClientError,
    OperatorInterventionError,
    PostgresConnectionError,
    PostgresError,
)
from sqlalchemy import URL, Connection, event, make_url
from sqlalchemy.exc import DisconnectionError, OperationalError, SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, create_async_engine
from sqlalchemy.orm import Session, SessionTransaction
from sqlalchemy.util import await_only, greenlet_spawn
from sqlalchemy.util.concurrency import in_greenlet

from services.kernel.refusals import Refusal
from services.kernel.schema import password
from services.kernel.table import Login

CONNECTIONS: Mapping[Login, int] = {Login.TOWN: 3, Login.ENTERPRISE: 2, Login.IDENTITY: 2, Login.WORKER: 8}
"""Connections a process may hold per login; the others hold one. With what one process uses, never above twelve."""

PERSISTENT_SETTINGS = {"application_name": "anzhen", "jit": "off"}


BROKEN = (InterfaceError, InternalClientError, PostgresConnectionError, OperatorInterventionError, OSError)
"""What the driver raises when its connection has gone."""
OUTAGES = (SQLAlchemyError, PostgresError, *BROKEN)
"""What statements raise while PostgreSQL is away; the driver's own errors come through where it is used beneath."""

SENT = "sent"
"""The mark on a session whose transaction wrote outbox rows: after its commit the relay is woken."""


class Scope(msgspec.Struct, frozen=True):
    """What a transaction may see: the values of app.* for its whole life, empty where nothing was given."""

    tenant_id: UUID | None = None
    tenant_ids: tuple[UUID, ...] = ()
    enterprise_id: UUID | None = None

    def begin(self, *, read_only: bool = False) -> str:
        """BEGIN with every app.* setting, in one simple-protocol message; the values are UUIDs, so nothing can be injected."""
        begin = "BEGIN READ ONLY" if read_only else "BEGIN"
        listed = ",".join(str(tenant) for tenant in self.tenant_ids)
        return (
            f"{begin}; SET LOCAL app.tenant_id = '{self.tenant_id or ''}'; "
            f"SET LOCAL app.tenant_ids = '{listed}'; SET LOCAL app.enterprise_id = '{self.enterprise_id or ''}'"
        )


class UnsafeLogin(Refusal):
    """The application refuses a database login that could look past row security."""

    status = 503


class Sessions(Protocol):
    """Whatever opens a session on a login within a scope: the real logins, or the tests' single connection."""

    def session(self, login: Login, scope: Scope) -> AsyncSession:
        """A session whose transactions begin with that scope."""

    def reading(self, login: Login, scope: Scope) -> AbstractAsyncContextManager[Any]:
        """The driver's connection in a short transaction of that scope, for one hot read."""

    async def close(self) -> None:
        """End all connections."""


class Database:
    """The engines of one process, each on its own login."""

    def __init__(self, urls: Mapping[Login, URL], when_sent: Callable[[], None] = lambda: None) -> None:
        self._urls = urls
        self._when_sent = when_sent
        self._engines: dict[Login, AsyncEngine] = {}

    def engine(self, login: Login) -> AsyncEngine:
        """The engine of a login, made at first use."""
        if login not in self._engines:
            self._engines[login] = _engine(self._urls[login], CONNECTIONS.get(login, 1))
        return self._engines[login]

    def session(self, login: Login, scope: Scope) -> AsyncSession:
        """A session whose every transaction begins with `scope`."""
        session = AsyncSession(self.engine(login), expire_on_commit=False, autoflush=True)
        begin = scope.begin()

        @event.listens_for(session.sync_session, "after_begin")
        def begun(_session: object, transaction: SessionTransaction, connection: Connection) -> None:
            if not transaction.nested:
                _say(connection, begin)

        @event.listens_for(session.sync_session, "after_commit")
        def committed(ended: Session) -> None:
            if ended.info.pop(SENT, False):
                self._when_sent()

        return session

    @asynccontextmanager
    async def reading(self, login: Login, scope: Scope) -> AsyncIterator[Any]:
        """The driver's connection in a read-only transaction with `scope`; costs a fifth of a session's."""
        proxied: Any = None
        try:
            proxied = await greenlet_spawn(self.engine(login).sync_engine.pool.connect)
            connection = proxied.driver_connection
            await connection.execute(scope.begin(read_only=True))
            yield connection
            await connection.execute("COMMIT")
        except BROKEN as error:
            raise OperationalError("hot read", None, error, hide_parameters=True) from error
        finally:
            if proxied is not None:
                _give_back(proxied)

    async def refuse_unsafe_logins(self, *logins: Login) -> None:
        """Raise UnsafeLogin where a login is superuser, has BYPASSRLS or owns a table."""
        for login in logins:
            async with self.engine(login).connect() as connection:
                row = (await connection.exec_driver_sql(_UNSAFE)).one()
            if any(row[1:]):
                message = (
                    f"数据库登录 {row[0]} 权限过大（超级用户、可绕过行级安全或拥有表），拒绝启动；请运行 anzhen migrate"
                )
                raise UnsafeLogin(message)

    async def close(self) -> None:
        """End all connections."""
        for engine in self._engines.values():
            await engine.dispose()
        self._engines.clear()


_UNSAFE = """
SELECT current_user, rolsuper, rolbypassrls, EXISTS (SELECT FROM pg_class WHERE relowner = r.oid AND relkind IN ('r', 'p', 'v'))
FROM pg_roles r WHERE rolname = current_user
"""


def driver(connection: Connection) -> Any:
    """The asyncpg connection beneath."""
    return connection.connection.driver_connection


async def beneath(session: AsyncSession) -> Any:
    """The asyncpg connection of a session's transaction, for the few statements that run at every request or job."""
    connection = await session.connection()
    return driver(connection.sync_connection) if connection.sync_connection else None


def login_urls(admin: str | URL, secret: str, own: Mapping[str, str] | None = None) -> dict[Login, URL]:
    """The address of each login: derived from the administrator's, or the one a DBA gave (`own`, by short name)."""
    base = make_url(admin)
    urls = {}
    for login in Login:
        given = (own or {}).get(login.value.removeprefix("anzhen_"))
        urls[login] = (
            async_url(given) if given else async_url(base).set(username=login.value, password=password(secret, login))
        )
    return urls


def async_url(url: str | URL) -> URL:
    """The same address, spoken to by asyncpg."""
    return make_url(url).set(drivername="postgresql+asyncpg")


def _engine(url: URL, size: int) -> AsyncEngine:
    engine = create_async_engine(
        url,
        isolation_level="AUTOCOMMIT",
        pool_size=size,
        max_overflow=0,
        pool_timeout=10,
        pool_pre_ping=False,
        connect_args={"server_settings": PERSISTENT_SETTINGS},
    )
    event.listen(engine.sync_engine, "checkout", _refuse_closed)
    event.listen(engine.sync_engine, "commit", lambda connection: _say(connection, "COMMIT"))
    event.listen(engine.sync_engine, "rollback", _roll_back)
    event.listen(engine.sync_engine, "reset", _reset)
    return engine


def _say(connection: Connection, statement: str) -> None:
    """A statement by the simple protocol; a connection that broke is told like any other outage, and thrown away."""
    try:
        await_only(driver(connection).execute(statement))
    except BROKEN as error:
        connection.invalidate(error)
        raise OperationalError(statement, None, error, hide_parameters=True) from error


def _give_back(proxied: Any) -> None:
    """To the pool; a connection whose read was cut off is ended, since its transaction cannot be ended here."""
    if proxied.driver_connection.is_closed() or proxied.driver_connection.is_in_transaction():
        proxied.driver_connection.terminate()
        proxied.invalidate()
    proxied.close()


def _refuse_closed(dbapi_connection: Any, _record: object, _proxy: object) -> None:
    """A restart of PostgreSQL ends idle connections: the pool then opens a new one, where it can wait for it, and nobody notices."""
    if dbapi_connection.driver_connection.is_closed() and in_greenlet():
        raise DisconnectionError


def _roll_back(connection: Connection) -> None:
    beneath = driver(connection)
    if beneath.is_in_transaction() and not beneath.is_closed():
        _say(connection, "ROLLBACK")


def _reset(dbapi_connection: Any, _record: object, state: Any) -> None:
    """A connection that comes back inside a transaction (its request was cut off) is rolled back, or ended where nobody can wait."""
    beneath = dbapi_connection.driver_connection
    if beneath.is_closed() or not beneath.is_in_transaction():
        return
    if state.asyncio_safe:
        await_only(beneath.execute("ROLLBACK"))
    else:
        beneath.terminate()
