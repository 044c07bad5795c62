"""What the registry does by itself: facts entered ahead begin on their day, and places to sign in follow a new name."""

from datetime import time, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import select

from services.kernel.bench import Bench
from services.kernel.jobs import job
from services.kernel.schedules import scheduled
from services.kernel.table import Login
from services.kernel.work import Work
from services.supervision.registry.history import Facts, facts_of, values_on
from services.supervision.registry.models import Enterprise, EnterpriseFact
from services.tenancy import members

LOOK_BACK: Final = timedelta(days=60)
"""So long may nothing have run, and what was to begin meanwhile still begins."""


@job(queue="default", split=True)
async def rename_memberships(bench: Bench, enterprise_id: UUID) -> None:
    """The places where the people of an enterprise sign in are called as the enterprise is called now."""
    async with bench.work(Login.IDENTITY) as work:
        enterprise = await work.get(Enterprise, enterprise_id)
        await members.rename_enterprise(work, enterprise.id, enterprise.name)


@scheduled(at=time(0, 5), kinds=["township"])
@job(queue="default")
async def begin_facts(work: Work) -> None:
    """What was entered ahead and begins today is what the registry shows from now on."""
    begun = select(EnterpriseFact.enterprise_id).where(
        EnterpriseFact.valid_from <= work.today, EnterpriseFact.valid_from >= work.today - LOOK_BACK
    )
    for enterprise in await work.all(select(Enterprise).where(Enterprise.id.in_(begun)).order_by(Enterprise.id)):
        if await project(work, enterprise, await facts_of(work, enterprise.id)):
            work.record("enterprise:fact_begun", enterprise)


async def project(work: Work, enterprise: Enterprise, facts: Facts) -> bool:
    """Let the row of an enterprise say what holds today; whether anything was different."""
    holds = values_on(enterprise, facts, work.today)
    different = [name for name, value in holds.items() if getattr(enterprise, name) != value]
    for name in different:
        setattr(enterprise, name, holds[name])
    await work.flush()
    if "name" in different:
        work.send(rename_memberships, enterprise.id)
    return bool(different)
