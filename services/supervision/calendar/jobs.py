"""What follows from another calendar: each town counts its own open deadlines again, in its own transaction."""

from datetime import time
from uuid import UUID

from sqlalchemy import select

from services.kernel.bench import Bench
from services.kernel.jobs import job
from services.kernel.schedules import scheduled
from services.kernel.work import Work
from services.supervision import assignments
from services.tenancy.townships.models import Tenant


@scheduled(at=time(5, 40), kinds=["township"])
@job(queue="deadlines", rights={"assignment:recount"})
async def recount_deadlines(work: Work) -> None:
    """Bring the town's open deadlines in line with the calendar; each morning too, since an upgrade may bring a year."""
    await assignments.recount(work)


@job(queue="calendar", split=True)
async def tell_towns(bench: Bench, change_id: UUID) -> None:  # noqa: ARG001 - the change for which the row stands
    """Give every active township its own task; doing it twice lets a town count twice, which moves nothing."""
    async with bench.work() as work:
        towns = await work.all(select(Tenant.id).where(Tenant.kind == "township", Tenant.state == "active"))
    for town in towns:
        async with bench.work_in(town) as work:
            work.send(recount_deadlines)
