"""A program of the town: its office lets it in, it fetches a token, and it calls the API without a browser."""

import base64
import contextlib
from collections.abc import AsyncIterator, Sequence
from typing import Any

import httpx
from litestar import Litestar

from services.kernel.table import Login
from services.kernel.work import open_work
from services.tenancy import clients
from services.tenancy.clients import ClientFacts, Issued
from services.tenancy.policy.scopes import scopes
from services.tenancy.roles import Role
from tests.conftest import OneConnection
from tests.factories import Town

NAME = "智慧应急平台"


async def let_in(
    sessions: OneConnection, town: Town, allowed: Sequence[str] = tuple(scopes()), *, addresses: Sequence[str] = ()
) -> Issued:
    """A system of a town with these scopes."""
    office = town[Role.TOWN_OFFICE]
    facts = ClientFacts(name=NAME, purpose="同步企业档案，示例联系人", scopes=allowed, addresses=addresses)
    async with open_work(sessions, office.acting_on(Login.IDENTITY), office.rights) as work:
        return await clients.make(work, facts)


@contextlib.asynccontextmanager
async def calling(app: Litestar, token: str = "", address: str = "10.1.2.3") -> AsyncIterator[httpx.AsyncClient]:
    """A program's connection, with its token where it has one."""
    transport = httpx.ASGITransport(app=app, raise_app_exceptions=False, client=(address, 40_000))
    headers = {"authorization": f"Bearer {token}"} if token else {}
    async with httpx.AsyncClient(transport=transport, base_url="http://anzhen.test", headers=headers) as client:
        yield client


async def ask(
    app: Litestar, client_id: object, secret: str, *, address: str = "10.1.2.3", **more: str
) -> httpx.Response:
    """Ask for a token with HTTP Basic."""
    basic = base64.b64encode(f"{client_id}:{secret}".encode()).decode()
    form = {"grant_type": "client_credentials", **more}
    async with calling(app, address=address) as client:
        return await client.post("/oauth/token", data=form, headers={"authorization": f"Basic {basic}"})


async def token_of(app: Litestar, issued: Issued, **more: Any) -> str:
    """A fresh token of a system."""
    answer = await ask(app, issued.client.id, issued.secret, **more)
    assert answer.status_code == 200, answer.text
    return str(answer.json()["access_token"])
