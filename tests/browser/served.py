"""The real application on a port of its own, over a database of its own with the real logins."""

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import httpx
from granian.server.embed import Server
from litestar import Litestar
from playwright.async_api import Page
from sqlalchemy import URL
from sqlalchemy.ext.asyncio import AsyncSession, create_async_engine

from services.app import create_app
from services.kernel.database import Database, login_urls
from services.kernel.settings import Settings
from services.tenancy.signing_in.person import Person
from services.tenancy.signing_in.sessions import cookie_name
from tests.conftest import SECRET
from tests.web import signed_in


@dataclass(frozen=True, slots=True)
class Served:
    """A running town: where it answers, its real logins, and an administrator's eye on its database."""

    url: str
    app: Litestar
    settings: Settings
    database: Database
    admin: URL

    @contextlib.asynccontextmanager
    async def everything(self) -> AsyncIterator[AsyncSession]:
        """A session that looks past row security and is committed at the end: to set a town up, or to look."""
        engine = create_async_engine(self.admin.set(drivername="postgresql+asyncpg"))
        async with AsyncSession(engine, expire_on_commit=False) as session:
            yield session
            await session.commit()
        await engine.dispose()

    async def sign_in(self, page: Page, person: Person) -> None:
        """Put a fresh session of a person into a page's browser."""
        token = await signed_in(self.database, person)
        await page.context.add_cookies([{"name": cookie_name(secure=False), "value": token, "url": self.url}])


@contextlib.asynccontextmanager
async def serve(admin: URL, home: Path, secret: str = SECRET) -> AsyncIterator[Served]:
    """Start the application on a free port and stop it at the end."""
    settings = Settings(
        home=home,
        database_url=admin.render_as_string(hide_password=False),
        role_secret=secret,
        demo=True,
        secure_cookies=False,
        testing=True,
    )
    database = Database(login_urls(admin, secret))
    app, port = create_app(settings, database), _free_port()
    server = Server(app, address="127.0.0.1", port=port, interface="asgi")
    running = asyncio.create_task(server.serve())
    url = f"http://127.0.0.1:{port}"
    try:
        await _answers(url, running)
        yield Served(url, app, settings, database, admin)
    finally:
        server.stop()
        with contextlib.suppress(asyncio.CancelledError, TimeoutError):
            await asyncio.wait_for(running, 10)
        await database.close()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


async def _answers(url: str, running: asyncio.Task[None]) -> None:
    async with httpx.AsyncClient() as client:
        for _ in range(200):
            with contextlib.suppress(httpx.HTTPError):
                if (await client.get(f"{url}/health")).is_success:
                    return
            if running.done():
                running.result()
            await asyncio.sleep(0.05)
    message = "the application does not answer"
    raise AssertionError(message)
