"""The edge of every request: who comes, what the route needs, and the Work that is committed when it ends well."""

import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from litestar import Request
from litestar.connection import ASGIConnection
from litestar.handlers import BaseRouteHandler
from litestar.middleware import AbstractAuthenticationMiddleware, AuthenticationResult

from services.kernel import clock
from services.kernel.database import Sessions
from services.kernel.keys import MasterKey, master_key
from services.kernel.refusals import Forbidden, SignInRequired
from services.kernel.settings import Settings
from services.kernel.table import Login
from services.kernel.work import Work, open_work
from services.tenancy import programs, repeating
from services.tenancy.clients import ScopeMissing
from services.tenancy.routes import CurrentWork, Cursor, IfMatch, Limit, needs, seen, stretch, tagged
from services.tenancy.signing_in import sessions as door
from services.tenancy.signing_in.person import NOBODY, Owed, Person
from services.tenancy.signing_in.refusals import CodeOwed, PasswordOwed, SecondFactorOwed

__all__ = [
    "AnyRequest",
    "CurrentWork",
    "Cursor",
    "IfMatch",
    "Limit",
    "Remembered",
    "WhoComes",
    "guard",
    "master_of",
    "needs",
    "seen",
    "stretch",
    "tagged",
    "work_of",
]
REMEMBERED_SECONDS = 5
"""How long a process may go on believing a resolved session."""

DEBTS: dict[Owed, type[SignInRequired]] = {
    Owed.CODE: CodeOwed,
    Owed.PASSWORD: PasswordOwed,
    Owed.SECOND_FACTOR: SecondFactorOwed,
}
AnyConnection = ASGIConnection[Any, Any, Any, Any]
AnyRequest = Request[Person, Any, Any]


class Remembered:
    """Resolved sessions of the last five seconds; emptied by «sign out everywhere»."""

    MOST = 10_000

    def __init__(self) -> None:
        self._people: dict[bytes, tuple[float, Person]] = {}

    def get(self, key: bytes) -> Person | None:
        """The person, unless it was longer ago."""
        until, person = self._people.get(key, (0.0, None))
        return person if until > time.monotonic() else None

    def put(self, key: bytes, person: Person) -> None:
        """Remember a person; the oldest go when there are very many."""
        if len(self._people) > self.MOST:
            self._people.clear()
        self._people[key] = (time.monotonic() + REMEMBERED_SECONDS, person)

    def forget(self) -> None:
        """Everybody is looked up again."""
        self._people.clear()


class WhoComes(AbstractAuthenticationMiddleware):
    """Turns the session cookie, or a program's token, into a Person; who may do what is the guard's to say."""

    async def authenticate_request(self, connection: AnyConnection) -> AuthenticationResult:
        """The person of the cookie, or NOBODY; a token stands before any cookie. Raises as `programs` does."""
        shown = programs.shown(connection)
        token = shown or connection.cookies.get(door.cookie_name(secure=connection.app.state.settings.secure_cookies))
        if not token:
            return AuthenticationResult(user=NOBODY, auth=None)
        remembered: Remembered = connection.app.state.remembered
        # A token in a cookie is no session, and a session's word in the header no token.
        key = door.token_hash(f"{bool(shown)} {token}")
        person = remembered.get(key)
        if person is None:
            resolve = programs.resolve if shown else _resolve
            person = await resolve(connection, token)
            if person is not None:
                remembered.put(key, person)
        if shown:
            person = programs.let_in(connection, person)
        return AuthenticationResult(user=person or NOBODY, auth=token if person else None)


async def _resolve(connection: AnyConnection, token: str) -> Person | None:
    return await door.resolve(connection.app.state.sessions, token, clock.now())


async def guard(connection: AnyConnection, handler: BaseRouteHandler) -> None:
    """A route is entered only by a role that holds the right it names, or by everybody where the public holds it.

    A route without a name is closed.
    A session that still owes a code, a password or a second factor is led to where it can give it.
    Asynchronous, because the framework would run a plain function in a thread.
    """
    right = handler.opt.get("needs")
    if right is None and handler.opt.get("exclude_from_auth"):
        return
    person: Person = connection.user
    if right in NOBODY.rights:
        return
    if person is NOBODY:
        raise SignInRequired
    if right in person.rights:
        return
    if person.program:
        raise ScopeMissing(str(right))
    if person.owes:
        raise DEBTS[person.owes]
    raise Forbidden(str(right))


@asynccontextmanager
async def work_of(request: AnyRequest, login: Login | None = None) -> AsyncIterator[Work]:
    """The Work of a request, on the login given, the one that its route names or the person's own.

    Where the answer says that something is to be corrected (`request.state.refused`), nothing of it is kept.
    An act that its caller has named is done once, whatever route it takes.
    """
    login = login or request.route_handler.opt.get("login") or request.user.login
    sessions: Sessions = request.app.state.sessions
    async with open_work(sessions, request.user.acting_on(login), request.user.rights) as work:
        if repeating.is_named(request):
            async with repeating.once(request, work):
                yield work
        else:
            yield work
        if request.state.get("refused") and work.has_begun:
            await work.session.rollback()


def master_of(request: Request[Any, Any, Any]) -> MasterKey:
    """The installation's master key; raises KeyMissing and KeyExposed."""
    settings: Settings = request.app.state.settings
    return master_key(settings.home, settings.master_key_file)
