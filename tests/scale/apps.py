"""The applications beside ours: the bare limit, and what is usually written; both give the same answers."""

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import cache
from pathlib import Path
from typing import Any
from uuid import UUID

import asyncpg  # type: ignore[import-untyped]
from litestar import Litestar, MediaType, Request, get
from litestar.datastructures import State
from sqlalchemy import select

from services.kernel import clock
from services.kernel.database import Database, Scope, login_urls
from services.kernel.refusals import Forbidden, NotFound, SignInRequired
from services.kernel.settings import Settings
from services.kernel.table import Login
from services.supervision.registry import Enterprise, EnterpriseOut
from services.tenancy.policy import rights
from services.tenancy.roles import Role
from services.tenancy.signing_in.models import Membership, User, UserSession
from services.tenancy.signing_in.sessions import COOKIE, token_hash

PAGE = 50
CONNECTIONS = 4
"""As many as a process of ours holds for the town's login."""
COLUMNS = ", ".join(EnterpriseOut.__struct_fields__)
ONE = f"SELECT {COLUMNS} FROM enterprise WHERE tenant_id = $1 AND id = $2"
LIST = f"SELECT {COLUMNS} FROM enterprise WHERE tenant_id = $1 AND left_on IS NULL ORDER BY id LIMIT {PAGE}"


@get("/health", sync_to_thread=False)
def health() -> str:
    """It answers."""
    return "ok"


@get("/enterprises/{tenant:uuid}/{row_id:uuid}")
async def bare_one(state: State, tenant: UUID, row_id: UUID) -> EnterpriseOut:
    """One row."""
    return EnterpriseOut(**await state.pool.fetchrow(ONE, tenant, row_id))


@get("/enterprises/{tenant:uuid}")
async def bare_list(state: State, tenant: UUID) -> list[EnterpriseOut]:
    """Fifty rows."""
    return [EnterpriseOut(**row) for row in await state.pool.fetch(LIST, tenant)]


@get("/page", media_type=MediaType.HTML, sync_to_thread=False)
def bare_page() -> str:
    """Our page as a constant."""
    return _constant()


@cache
def _constant() -> str:
    return Path(os.environ["SCALE_PAGE"]).read_text("utf-8")


def limit() -> Litestar:
    """The framework and the driver alone: nobody is asked who they are, and no row security is in the way."""

    @asynccontextmanager
    async def life(app: Litestar) -> AsyncIterator[None]:
        size = CONNECTIONS
        async with asyncpg.create_pool(os.environ["SCALE_DSN"], min_size=size, max_size=size) as app.state.pool:
            yield

    return Litestar([health, bare_one, bare_list, bare_page], lifespan=[life])


async def entered(request: Request[Any, Any, Any], right: str) -> Membership:
    """Who comes, looked up as mapped objects, with the right checked."""
    query = (
        select(UserSession, User, Membership)
        .join(User, User.id == UserSession.user_id)
        .join(Membership, Membership.id == UserSession.membership_id)
        .where(UserSession.token_hash == token_hash(request.cookies.get(COOKIE, "")))
        .where(UserSession.expires_at > clock.now())
    )
    async with request.app.state.database.session(Login.IDENTITY, Scope()) as session:
        row = (await session.execute(query)).first()
    if row is None:
        raise SignInRequired
    if right not in rights()[Role(row.Membership.role)]:
        raise Forbidden(right)
    membership: Membership = row.Membership
    return membership


@get("/enterprises/{row_id:uuid}")
async def usual_one(request: Request[Any, Any, Any], row_id: UUID) -> EnterpriseOut:
    """One row."""
    tenant = (await entered(request, "enterprise:read")).tenant_id
    query = select(Enterprise).where(Enterprise.tenant_id == tenant, Enterprise.id == row_id)
    async with request.app.state.database.session(Login.TOWN, Scope(tenant_id=tenant)) as session:
        enterprise = (await session.scalars(query)).first()
    if enterprise is None:
        raise NotFound
    return EnterpriseOut.of(enterprise)


@get("/enterprises")
async def usual_list(request: Request[Any, Any, Any]) -> list[EnterpriseOut]:
    """Fifty rows."""
    tenant = (await entered(request, "enterprise:read")).tenant_id
    query = select(Enterprise).where(Enterprise.tenant_id == tenant, Enterprise.left_on.is_(None))
    async with request.app.state.database.session(Login.TOWN, Scope(tenant_id=tenant)) as session:
        found = await session.scalars(query.order_by(Enterprise.id).limit(PAGE))
        return [EnterpriseOut.of(enterprise) for enterprise in found]


def peer() -> Litestar:
    """What is usually written: the session and the rows as mapped objects of an ORM, behind the same row security."""

    @asynccontextmanager
    async def life(app: Litestar) -> AsyncIterator[None]:
        settings = Settings.from_environment()
        app.state.database = Database(login_urls(settings.database_url or "", settings.role_secret or ""))
        yield
        await app.state.database.close()

    return Litestar([health, usual_one, usual_list], lifespan=[life])
