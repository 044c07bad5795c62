"""A town in the middle of its year: a published plan of one task, and people who work on it."""

from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.kernel.bench import system
from services.kernel.clock import new_id
from services.kernel.database import Scope
from services.kernel.work import Work, open_work
from services.supervision import assignments
from services.supervision.assignments.models import Assignment
from services.supervision.plans.models import Plan, PlanNode
from services.tenancy.roles import Role
from services.tenancy.signing_in.person import Person
from tests.conftest import OneConnection
from tests.factories import THEN, Town, a_town

NOW = THEN + timedelta(days=60)
"""6 March 2026 in the morning."""
DUE = date(2026, 6, 30)
JOB_RIGHTS = frozenset({"message:post"})


class Year:
    """A town with a published plan of one task."""

    def __init__(self, sessions: OneConnection, town: Town, plan_id: UUID, node_id: UUID) -> None:
        self.sessions, self.town, self.plan_id, self.node_id = sessions, town, plan_id, node_id

    def as_(self, person: Person | Role, now: datetime = NOW) -> AbstractAsyncContextManager[Work]:
        """A Work of one of the town's people."""
        person = self.town[person] if isinstance(person, Role) else person
        return open_work(self.sessions, person, person.rights, now)

    def as_system(self, now: datetime = NOW) -> AbstractAsyncContextManager[Work]:
        """The Work of a job."""
        return open_work(self.sessions, system(self.town.id), JOB_RIGHTS, now)

    @asynccontextmanager
    async def everything(self) -> AsyncIterator[AsyncSession]:
        """The administrator's session, committed at its end: to put a fact into the town."""
        async with self.sessions.session(None, Scope()) as session:
            yield session
            await session.commit()

    async def all_given(self, **order: Any) -> tuple[Assignment, ...]:
        """Assignments to the sector department, or as ordered."""
        order = {
            "title": "排查粉尘涉爆企业",
            "due_on": DUE,
            "department_ids": (self.town.departments["sector"],),
            **order,
        }
        async with self.as_(Role.TOWN_OFFICE) as work:
            return (await assignments.assign(work, self.node_id, assignments.Order(**order))).assignments

    async def given(self, **order: Any) -> Assignment:
        """The first of them."""
        return (await self.all_given(**order))[0]

    async def received(self, **order: Any) -> Assignment:
        """An assignment that the department is working on."""
        given = await self.given(**order)
        async with self.as_(Role.SECTOR_DEPARTMENT) as work:
            await assignments.receive(work, given.id)
        return given

    async def handed_in(self) -> Assignment:
        """An assignment that the department has submitted."""
        given = await self.received()
        async with self.as_(Role.SECTOR_DEPARTMENT) as work:
            await assignments.submit(work, given.id, note="已全部排查")
        return given


async def a_year(sessions: Any, name: str = "珍溪示例镇") -> Year:
    """A town whose plan for 2026 was published."""
    async with sessions.session(None, Scope()) as session:
        town = await a_town(session, name)
        node = await a_published_task(session, town)
        await session.commit()
    return Year(sessions, town, node.plan_id, node.id)


async def a_published_task(session: AsyncSession, town: Town, year: int = 2026, **facts: Any) -> PlanNode:
    """The one task of a plan that a leader signed and the office published."""
    plan = Plan(
        tenant_id=town.id,
        id=new_id(),
        year=year,
        title=f"{year}年工作要点",
        state="published",
        origin="template",
        made_by=town[Role.TOWN_OFFICE].member_id,
        signed_by=town[Role.TOWN_LEADER].member_id,
        signed_at=THEN,
        published_at=THEN,
        created_at=THEN,
    )
    session.add(plan)
    await session.flush()
    node = a_node(town, plan.id, "11.", "开展专项执法", **facts)
    session.add(node)
    await session.flush()
    return node


def a_node(town: Town, plan_id: UUID, label: str, heading: str, **facts: Any) -> PlanNode:
    """One item of a plan."""
    row: dict[str, Any] = {
        "position": 1,
        "kind": "task",
        "text": "",
        "span_from": 0,
        "span_to": 1,
        "measures": [],
        "numbers": [],
        "documents": [],
        "named_owners": [],
        "department_ids": [],
        **facts,
    }
    return PlanNode(tenant_id=town.id, id=new_id(), plan_id=plan_id, label=label, heading=heading, **row)
