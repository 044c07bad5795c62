"""The directory of places."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import select

from services.kernel.work import Work
from services.tenancy.townships.models import Tenant


async def districts(work: Work) -> Sequence[Tenant]:
    """All districts in the order of their codes."""
    return await work.all(select(Tenant).where(Tenant.kind == "district").order_by(Tenant.code))


async def townships(work: Work, *, district_id: UUID | None = None) -> Sequence[Tenant]:
    """The townships of one district, or of all, in the order of their codes."""
    query = select(Tenant).where(Tenant.kind == "township").order_by(Tenant.code)
    return await work.all(query.where(Tenant.district_id == district_id) if district_id else query)


async def place(work: Work, tenant_id: UUID) -> Tenant:
    """One township or district; raises NotFound."""
    return await work.one(select(Tenant).where(Tenant.id == tenant_id, Tenant.kind != "platform"))


async def papers_on(work: Work, day: date) -> frozenset[str]:
    """The keys of the towns' own papers that bind in this tenant on a day in Asia/Shanghai."""
    terms = await work.one(select(Tenant.local_papers).where(Tenant.id == work.tenant_id))
    return frozenset(key for key, term in terms.items() if term["from"] <= day.isoformat() <= (term["until"] or "9999"))
