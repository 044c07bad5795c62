"""What runs beside the web: the jobs of every room, their schedules, and for which tenants."""

from collections.abc import Mapping
from uuid import UUID

from sqlalchemy import select

from services.kernel import scheduler, sweeping, tidying, worker
from services.kernel.database import Scope, Sessions
from services.kernel.settings import Settings
from services.kernel.table import Login
from services.notifications import doors
from services.notifications.channels import chosen
from services.notifications.messages import jobs as messages
from services.supervision.assignments import departures
from services.supervision.assignments import jobs as assignments
from services.supervision.calendar import jobs as calendar
from services.supervision.changes import jobs as changes
from services.supervision.duties import jobs as duties
from services.supervision.duties import watching as watching_duties
from services.supervision.exports import jobs as exports
from services.supervision.feedback import jobs as feedback
from services.supervision.imports import jobs as imports
from services.supervision.plans import jobs as plans
from services.supervision.registry import jobs as registry
from services.tenancy.received_roots import jobs as received_roots
from services.tenancy.signing_in import jobs as signing_in
from services.tenancy.townships.models import Tenant

JOBS = (
    assignments,
    calendar,
    changes,
    departures,
    doors,
    duties,
    exports,
    feedback,
    imports,
    messages,
    plans,
    received_roots,
    sweeping,
    tidying,
    registry,
    signing_in,
    watching_duties,
)
"""Every module with jobs: importing it is what registers them."""


def work(settings: Settings) -> int:
    """One worker until SIGTERM."""
    chosen.use(settings)
    sweeping.use(settings)
    return worker.run(settings)


def schedule(settings: Settings) -> int:
    """One scheduler, which also seals the trails, until SIGTERM."""
    return scheduler.run(settings, tenants)


async def tenants(sessions: Sessions) -> Mapping[UUID, str]:
    """Every active township and district, and the platform, with its kind."""
    async with sessions.session(Login.WORKER, Scope()) as session:
        rows = await session.execute(select(Tenant.id, Tenant.kind).where(Tenant.state == "active").order_by(Tenant.id))
        return {row.id: row.kind for row in rows}
