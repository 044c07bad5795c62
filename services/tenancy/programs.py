"""Programs at the door: a token in the header, for the API alone; it needs no word against forgery, because no browser sends it by itself."""

from typing import Any, Final

from litestar.connection import ASGIConnection
from litestar.middleware.csrf import CSRFMiddleware
from litestar.types import Receive, Scope, Send

from services.kernel import clock
from services.tenancy import clients
from services.tenancy.clients import ProgramsOnly, TokenInAddress, TokenRefused
from services.tenancy.signing_in.person import Person

AnyConnection = ASGIConnection[Any, Any, Any, Any]
API: Final = "/api/v1/"
SCHEME: Final = "bearer "
IN_ADDRESS: Final = b"access_token="


def shown(connection: AnyConnection) -> str | None:
    """The token of a request for the API; None where it brings none. Raises ProgramsOnly and TokenInAddress."""
    if IN_ADDRESS in connection.scope.get("query_string", b""):
        raise TokenInAddress
    words = connection.headers.get("authorization", "")
    if words[: len(SCHEME)].lower() != SCHEME:
        return None
    if not connection.scope["path"].startswith(API):
        raise ProgramsOnly
    # A header that names the scheme and nothing else is no visit without a token, and no cookie may stand in for it.
    return words[len(SCHEME) :].strip() or "-"


async def resolve(connection: AnyConnection, token: str) -> Person | None:
    """The system whose token it is, acting for its town."""
    return await clients.resolve(connection.app.state.sessions, token, _address(connection), clock.now())


def let_in(connection: AnyConnection, person: Person | None) -> Person:
    """The system, if it comes from where it may; raises TokenRefused."""
    if person is None or person.program is None or not person.program.may_come_from(_address(connection)):
        raise TokenRefused
    return person


def _address(connection: AnyConnection) -> str:
    return connection.client.host if connection.client else ""


class OwnWord(CSRFMiddleware):
    """Every form and every call from a page carries our word against forgery; what a token opened needs none."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Ask for the word unless a program's token was accepted before."""
        person: Person | None = scope.get("user")
        if person is not None and person.program is not None:
            await self.app(scope, receive, send)
        else:
            await super().__call__(scope, receive, send)
