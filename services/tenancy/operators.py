"""Whoever runs the installation works at its command line, under rights of their own and leaving the same trail."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from uuid import UUID

from services.kernel.database import Scope, Sessions
from services.kernel.table import Login
from services.kernel.work import Identity, Work, open_work
from services.tenancy.townships import PLATFORM_TENANT, ensure_platform

RIGHTS = frozenset(
    {
        "calendar:import",
        "calendar:read",
        "township:create",
        "township:suspend",
        "department:manage",
        "member:manage",
        "member:read",
        "account:grant",
        "account:read",
        "account:reset",
        "account:lock",
        "account:set_password",
        "administrator:grant",
    }
)


@asynccontextmanager
async def operator_work(
    sessions: Sessions, *, tenant_id: UUID = PLATFORM_TENANT, login: Login = Login.IDENTITY
) -> AsyncIterator[Work]:
    """A Work without a request, committed when its block ends well.

    Places are made with `login=Login.PLATFORM`; people and accounts on Login.IDENTITY within their tenant.
    """
    await ensure_platform(sessions)
    identity = Identity(login=login, scope=Scope(tenant_id=tenant_id), person="系统运维", role="system")
    async with open_work(sessions, identity, RIGHTS) as work:
        yield work
