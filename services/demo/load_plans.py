"""Every town of the demo makes, signs and publishes its plan, by the same acts as in the office."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from services.demo.facts import DemoDistrict
from services.demo.places import MAIN_TOWN
from services.kernel.database import Database, Scope
from services.kernel.work import Identity, open_work
from services.regulation.notices import demo_plan
from services.supervision import plans
from services.tenancy.members.models import Member
from services.tenancy.policy import rights
from services.tenancy.roles import Role
from services.tenancy.townships.models import Tenant

REAL_NOTICE = Path(__file__).parents[3] / "shared" / "notices" / "zhenxi-2021-29.txt"
"""The town's own paper of 2021, where it lies beside the project."""
MONTHS_BACK = timedelta(days=250)


async def load_plans(session: AsyncSession, database: Database, district: DemoDistrict) -> None:
    """A published plan of this year in every town; in 珍溪镇 also the closed one of 2021, where its paper is at hand."""
    year = district.today.year
    published = datetime.combine(
        max(date(year, 1, 20), district.today - MONTHS_BACK), datetime.min.time(), UTC
    ) + timedelta(hours=2)
    for town in district.townships:
        people = await _people(session, town.slug)
        paper = demo_plan(year).replace("珍溪镇", town.name).replace("珍溪府", f"{town.name[:2]}府").encode()
        await publish_plan(database, people, paper, f"{year}年工作要点.txt", published, date(year, 12, 20))
        if town.slug == MAIN_TOWN and REAL_NOTICE.exists():
            then = datetime(2021, 3, 15, 2, 0, tzinfo=UTC)
            plan_id = await publish_plan(
                database, people, REAL_NOTICE.read_bytes(), REAL_NOTICE.name, then, date(2021, 12, 20)
            )
            async with open_work(
                database, people[0], rights()[Role.TOWN_OFFICE], datetime(2021, 12, 30, 2, 0, tzinfo=UTC)
            ) as work:
                await plans.conclude(work, plan_id)


async def _people(session: AsyncSession, slug: str) -> tuple[Identity, Identity]:
    """Somebody of the office and the leader."""
    tenant = (await session.scalars(select(Tenant).where(Tenant.slug == slug))).one()
    return (await a_member(session, tenant.id, Role.TOWN_OFFICE), await a_member(session, tenant.id, Role.TOWN_LEADER))


async def a_member(session: AsyncSession, tenant_id: UUID, role: Role) -> Identity:
    """The first member of a town in a role, as the one who acts."""
    query = select(Member).where(Member.tenant_id == tenant_id, Member.role == role.value).order_by(Member.id).limit(1)
    member = (await session.scalars(query)).one()
    return Identity(
        login=role.login, scope=Scope(tenant_id=tenant_id), person=member.name, role=role.value, member_id=member.id
    )


async def publish_plan(
    database: Database, people: tuple[Identity, Identity], paper: bytes, name: str, at: datetime, due_on: date
) -> UUID:
    """One paper from upload to publication within three days."""
    office, leader = people
    async with open_work(database, office, rights()[Role.TOWN_OFFICE], at - timedelta(days=2)) as work:
        plan = await plans.upload_notice(work, data=paper, filename=name)
        await work.flush()
        await plans.fill_gaps(work, plan.id, owners=True, due_on=due_on)
        await work.flush()
        await plans.send_for_signature(work, plan.id)
    async with open_work(database, leader, rights()[Role.TOWN_LEADER], at - timedelta(days=1)) as work:
        await plans.sign(work, plan.id, seen=plan.version)
    async with open_work(database, office, rights()[Role.TOWN_OFFICE], at) as work:
        await plans.publish(work, plan.id)
    return plan.id
