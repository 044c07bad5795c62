"""A browser without a screen: the real application over ASGI, with a session cookie and the token against forgery."""

import contextlib
import re
from collections import defaultdict
from collections.abc import AsyncIterator
from typing import Any

import httpx
from litestar import Litestar

from services.app import connected, create_app
from services.kernel import clock
from services.kernel.database import Scope, Sessions
from services.kernel.settings import Settings
from services.kernel.table import Login
from services.tenancy.signing_in.person import Person
from services.tenancy.signing_in.sessions import COOKIE, start_session

CSRF_COOKIE = "anzhen_csrf"
IDLE: dict[bool, list[Litestar]] = defaultdict(list)
"""Applications by the one setting that is built into them; all others are read from their state."""


class Browser:
    """One person's browser."""

    def __init__(self, client: httpx.AsyncClient) -> None:
        self.client = client

    async def get(self, path: str, **options: Any) -> httpx.Response:
        """Open a page."""
        return await self.client.get(path, **options)

    async def post(self, path: str, data: dict[str, Any] | None = None, **options: Any) -> httpx.Response:
        """Send a form."""
        return await self.client.post(path, data=data, headers=await self._token(), **options)

    async def send(self, method: str, path: str, **options: Any) -> httpx.Response:
        """Call the JSON API."""
        headers = await self._token() | {"accept": "application/json"}
        return await self.client.request(method, path, headers=headers, **options)

    async def _token(self) -> dict[str, str]:
        if CSRF_COOKIE not in self.client.cookies:
            await self.client.get("/sign-in")
        return {"x-csrf-token": self.client.cookies[CSRF_COOKIE]}


@contextlib.asynccontextmanager
async def running(settings: Settings, sessions: Sessions) -> AsyncIterator[Litestar]:
    """The application, started; making it takes half a second, so one that no test holds any more is started again."""
    idle = IDLE[settings.secure_cookies]
    app = idle.pop() if idle else create_app(settings, sessions)
    async with connected(settings, sessions)(app):
        yield app
    idle.append(app)


@contextlib.asynccontextmanager
async def browser(app: Litestar, person: Person | None = None) -> AsyncIterator[Browser]:
    """A browser in which `person` (or nobody) is signed in."""
    transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://anzhen.test") as client:
        if person is not None:
            client.cookies.set(COOKIE, await signed_in(app.state.sessions, person))
        yield Browser(client)


async def signed_in(sessions: Sessions, person: Person) -> str:
    """The cookie of a fresh session of a person."""
    assert person.user_id is not None
    async with sessions.session(Login.IDENTITY, Scope()) as session:
        now = clock.now()
        token, row = start_session(
            session,
            user_id=person.user_id,
            membership_id=person.membership_id,
            now=now,
            address="127.0.0.1",
            agent="test",
        )
        row.second_factor_at = now
        await session.commit()
    return token


def words_of(answer: httpx.Response) -> str:
    """The visible words of a page."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.text))
