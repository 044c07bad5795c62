"""Which systems a town has let in; for the security administrator, those of all towns."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import select

from services.kernel.refusals import NotFound
from services.kernel.work import Work
from services.tenancy.clients.models import ApiClient
from services.tenancy.townships.models import Tenant

MOST = 500
"""How many are shown at once; a town has a handful."""


WITH_TOWN = select(ApiClient, Tenant.full_name).join(Tenant, Tenant.id == ApiClient.tenant_id)


async def clients(work: Work) -> Sequence[ApiClient]:
    """The town's systems, those that may come first, the newest first."""
    work.require("client:manage")
    query = select(ApiClient).where(ApiClient.tenant_id == work.tenant_id)
    return await work.all(query.order_by(ApiClient.state, ApiClient.created_at.desc()).limit(MOST))


async def client(work: Work, client_id: UUID) -> ApiClient:
    """One system of this town; raises NotFound."""
    work.require("client:manage")
    return await work.one(select(ApiClient).where(ApiClient.id == client_id, ApiClient.tenant_id == work.tenant_id))


async def all_clients(work: Work) -> Sequence[Any]:
    """Every system of the deployment with the name of its town, those that may come first."""
    work.require("client:read")
    return await work.rows(WITH_TOWN.order_by(ApiClient.state, ApiClient.created_at.desc()).limit(MOST))


async def client_anywhere(work: Work, client_id: UUID) -> tuple[ApiClient, str]:
    """One system of the deployment and the name of its town; raises NotFound."""
    work.require("client:read")
    found = await work.rows(WITH_TOWN.where(ApiClient.id == client_id))
    if not found:
        raise NotFound
    return found[0].ApiClient, found[0].full_name
