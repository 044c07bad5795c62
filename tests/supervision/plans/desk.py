"""A town's desk in tests: a draft, a signed and a published plan, each made as the town makes it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import date
from uuid import UUID

from services.kernel.database import Scope, Sessions
from services.kernel.work import Work, open_work
from services.supervision import plans
from services.tenancy.roles import Role
from services.tenancy.signing_in.person import Person
from tests.conftest import OneConnection
from tests.factories import Town, a_town
from tests.supervision.plans.papers import small_paper


async def town_of(sessions: OneConnection, name: str = "示例镇") -> Town:
    """A town that exists."""
    async with sessions.session(None, Scope()) as session:
        town = await a_town(session, name)
        await session.commit()
    return town


@asynccontextmanager
async def at_work(sessions: Sessions, person: Person) -> AsyncIterator[Work]:
    """One request of one person."""
    async with open_work(sessions, person.acting_on(person.login), person.rights) as work:
        yield work


async def a_draft(sessions: Sessions, town: Town, *, data: bytes | None = None, year: int = 2026) -> UUID:
    """A draft that the office has uploaded."""
    async with at_work(sessions, town[Role.TOWN_OFFICE]) as work:
        return (await plans.upload_notice(work, data=data or small_paper(year), filename=f"{year}年要点.txt")).id


async def a_signed_plan(sessions: Sessions, town: Town, *, year: int = 2026) -> UUID:
    """A plan that the leader has signed."""
    plan_id = await a_draft(sessions, town, year=year)
    async with at_work(sessions, town[Role.TOWN_OFFICE]) as work:
        await plans.fill_gaps(work, plan_id, owners=True, due_on=date(year, 12, 31))
        plan = await plans.send_for_signature(work, plan_id)
        seen = plan.version
    async with at_work(sessions, town[Role.TOWN_LEADER]) as work:
        await plans.sign(work, plan_id, seen=seen)
    return plan_id


async def a_published_plan(sessions: Sessions, town: Town, *, year: int = 2026) -> UUID:
    """A plan in force."""
    plan_id = await a_signed_plan(sessions, town, year=year)
    async with at_work(sessions, town[Role.TOWN_OFFICE]) as work:
        await plans.publish(work, plan_id)
    return plan_id


async def nodes_of(sessions: Sessions, town: Town, plan_id: UUID) -> list[plans.PlanNode]:
    """The nodes as the database has them."""
    async with at_work(sessions, town[Role.TOWN_OFFICE]) as work:
        return list(await plans.nodes_of(work, plan_id))


async def plan_of(sessions: Sessions, town: Town, plan_id: UUID) -> plans.Plan:
    """The plan as the database has it."""
    async with at_work(sessions, town[Role.TOWN_OFFICE]) as work:
        return await plans.get_plan(work, plan_id)


async def figures_of(sessions: Sessions, town: Town, plan_id: UUID) -> plans.Figures:
    """The figures, counted anew from what is stored."""
    async with at_work(sessions, town[Role.TOWN_OFFICE]) as work:
        plan = await plans.get_plan(work, plan_id)
        return plans.figures_of(await plans.paper_of(work, plan), await plans.nodes_of(work, plan_id))


def named(nodes: list[plans.PlanNode], heading: str) -> plans.PlanNode:
    """The node with a heading."""
    return next(node for node in nodes if node.heading == heading)
