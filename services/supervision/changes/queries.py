"""Which proposed changes a person sees: the office all of its town, an enterprise its own."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import and_, select

from services.kernel.work import Work
from services.supervision.changes.models import ChangeRequest
from services.supervision.registry import Enterprise

MOST = 200


async def one(work: Work, request_id: UUID) -> tuple[ChangeRequest, Enterprise]:
    """One proposal and its enterprise; raises NotFound."""
    row = await work.get(ChangeRequest, request_id)
    return row, await work.get(Enterprise, row.enterprise_id)


async def listed(work: Work, state: str = "") -> Sequence[tuple[ChangeRequest, Enterprise]]:
    """The proposals in one state or in all, what waits first and then the latest."""
    query = select(ChangeRequest, Enterprise).join(
        Enterprise,
        and_(Enterprise.id == ChangeRequest.enterprise_id, Enterprise.tenant_id == ChangeRequest.tenant_id),
    )
    if state:
        query = query.where(ChangeRequest.state == state)
    query = query.order_by((ChangeRequest.state != "waiting"), ChangeRequest.asked_at.desc()).limit(MOST)
    return [(row[0], row[1]) for row in await work.rows(query)]
