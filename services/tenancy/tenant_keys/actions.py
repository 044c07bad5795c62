"""Fetch a tenant's keys, and make them where the tenant has none yet."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import Insert, insert
from sqlalchemy.ext.asyncio import AsyncSession

from services.kernel.clock import new_id
from services.kernel.keys import MasterKey, TenantKeys, unwrap, wrap
from services.tenancy.tenant_keys.models import TenantKeyRow


async def keys_of(
    session: AsyncSession, tenant: UUID, *, master: MasterKey, make_at: datetime | None = None
) -> TenantKeys | None:
    """The tenant's keys; None where it has none and `make_at` is not given (only the identity login may make them).

    Raises WrongKey where they were wrapped by another master key.
    """
    newest = (
        select(TenantKeyRow.wrapped)
        .where(TenantKeyRow.tenant_id == tenant)
        .order_by(TenantKeyRow.version.desc())
        .limit(1)
    )
    wrapped = await session.scalar(newest)
    if wrapped is None and make_at is not None:
        await session.execute(_first_keys(tenant, master, make_at))
        # Where another transaction was quicker, its keys are the tenant's.
        wrapped = await session.scalar(newest)
    return unwrap(master, wrapped, tenant=tenant) if wrapped else None


def _first_keys(tenant: UUID, master: MasterKey, now: datetime) -> Insert:
    keys = TenantKeys.new()
    made = wrap(master, keys, tenant=tenant)
    row = {"tenant_id": tenant, "id": new_id(), "version": keys.version, "wrapped": made, "created_at": now}
    return insert(TenantKeyRow).values(row).on_conflict_do_nothing()
