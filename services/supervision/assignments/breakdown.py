"""Breaking a task of the plan down: one measure given to departments, people and a set of enterprises."""

from collections.abc import AsyncIterator
from datetime import date
from uuid import UUID

import msgspec
from sqlalchemy import select

from services.kernel import calendar_days
from services.kernel.calendar_days import Calendar
from services.kernel.clock import in_words
from services.kernel.refusals import BadInput
from services.kernel.work import Work
from services.supervision import registry
from services.supervision.assignments import owners
from services.supervision.assignments.due import Due, due_of, in_workdays
from services.supervision.assignments.jobs import tell_assignment
from services.supervision.assignments.models import Assignment, AssignmentEvent
from services.supervision.assignments.refusals import NobodyChosen, NotPublished
from services.supervision.assignments.states import OPEN
from services.supervision.plans import Notice, Plan, PlanNode
from services.supervision.registry import EnterpriseFilter
from services.tenancy.members.models import Department

MOST_TITLE = 120


class Order(msgspec.Struct, frozen=True, kw_only=True):
    """What is to be done, by whom, until when, and what shall prove it."""

    title: str
    text: str = ""
    due_on: date | None = None
    """The day that somebody chose; None where it is counted."""
    workdays: int | None = None
    """So many working days from tomorrow."""
    evidence_wanted: str = ""
    department_ids: tuple[UUID, ...] = ()
    member_ids: tuple[UUID, ...] = ()
    enterprises: EnterpriseFilter | None = None
    """The set of enterprises by facts; None gives it to none."""


class Owner(msgspec.Struct, frozen=True):
    """One owner of one assignment."""

    name: str
    department_id: UUID | None = None
    member_id: UUID | None = None
    enterprise_id: UUID | None = None


class Given(msgspec.Struct, frozen=True):
    """What the breakdown made, and whom it left out because they have the same one already."""

    assignments: tuple[Assignment, ...]
    already: tuple[str, ...]


async def assign(work: Work, node_id: UUID, order: Order) -> Given:
    """Give a measure of a published plan to every chosen owner; who has the same open assignment already is left out."""
    work.require("assignment:assign")
    node = await work.get(PlanNode, node_id)
    plan = await work.get(Plan, node.plan_id)
    if plan.state != "published":
        raise NotPublished("要点发布以后才能分解任务；请先由镇领导签发并发布")
    due = _due(await calendar_days.current(work), order, work.today)
    _check(order, due.safe_on, work.today)
    chosen = [owner async for owner in _owners(work, order)]
    if not chosen:
        raise NobodyChosen(
            "没有选中任何责任单位、人员或企业", fields={"owners": "请至少选择一个责任单位、人员，或选出一批企业"}
        )
    taken = await _taken(work, node, order.title)
    fresh = [owner for owner in chosen if _key(owner) not in taken]
    source = await _source(work, plan, node)
    made = tuple(_give(work, node, order, due, owner, source) for owner in fresh)
    await work.flush()
    return Given(made, tuple(owner.name for owner in chosen if _key(owner) in taken))


def _due(calendar: Calendar, order: Order, today: date) -> Due:
    if order.due_on is not None:
        return due_of(calendar, order.due_on)
    return in_workdays(calendar, today, order.workdays or 0)


def _check(order: Order, due_on: date, today: date) -> None:
    wrong = {}
    if not order.title.strip():
        wrong["title"] = "请写明要做的事"
    if len(order.title) > MOST_TITLE:
        wrong["title"] = f"标题最多 {MOST_TITLE} 字，详细要求请写在下面"
    if due_on < today:
        wrong["due_on"] = "期限不能早于今天"
    if due_on.year > today.year + 3:
        wrong["due_on"] = "期限太远，请检查年份"
    if wrong:
        raise BadInput(fields=wrong)


async def _owners(work: Work, order: Order) -> AsyncIterator[Owner]:
    for department_id in dict.fromkeys(order.department_ids):
        department = await owners.department(work, department_id, field="owners")
        yield Owner(department.name, department_id=department.id)
    for member_id in dict.fromkeys(order.member_ids):
        member = await owners.person(work, member_id, field="owners")
        theirs = await work.get(Department, member.department_id) if member.department_id else None
        name = f"{theirs.name} {member.name}" if theirs else member.name
        yield Owner(name, department_id=member.department_id, member_id=member.id)
    if order.enterprises is not None:
        for enterprise in await registry.all_chosen(work, order.enterprises):
            yield Owner(enterprise.name, enterprise_id=enterprise.id)


def _key(owner: Owner | Assignment) -> tuple[UUID | None, ...]:
    return (owner.department_id, owner.member_id, owner.enterprise_id)


async def _taken(work: Work, node: PlanNode, title: str) -> set[tuple[UUID | None, ...]]:
    same = select(Assignment).where(
        Assignment.node_id == node.id, Assignment.title == title.strip(), Assignment.state.in_(OPEN)
    )
    return {_key(assignment) for assignment in await work.all(same)}


class Source(msgspec.Struct, frozen=True):
    """Where the paper says so."""

    section: str
    basis: str


async def _source(work: Work, plan: Plan, node: PlanNode) -> Source:
    notice = await work.get(Notice, plan.notice_id) if plan.notice_id else None
    path = [parent async for parent in _path(work, node)]
    # The section stands just below the chapter; a task may also stand in a chapter without sections.
    section = path[-2:][0].heading if path else node.heading
    where = "".join(f"{parent.label}" for parent in reversed([node, *path]))
    return Source(section, f"{(notice.number if notice else None) or plan.title} {where}".strip())


async def _path(work: Work, node: PlanNode) -> AsyncIterator[PlanNode]:
    while node.parent_id is not None:
        node = await work.get(PlanNode, node.parent_id)
        yield node


def _give(work: Work, node: PlanNode, order: Order, due: Due, owner: Owner, source: Source) -> Assignment:
    assignment = work.add(
        Assignment(
            plan_id=node.plan_id,
            node_id=node.id,
            section=source.section,
            basis=source.basis,
            title=order.title.strip(),
            text=order.text.strip(),
            evidence_wanted=order.evidence_wanted.strip(),
            department_id=owner.department_id,
            member_id=owner.member_id,
            enterprise_id=owner.enterprise_id,
            owner_name=owner.name,
            state="pending",
            due_on=due.safe_on,
            due_provisional=due.is_provisional,
            due_workdays=due.workdays,
            due_start=due.start,
            assigned_by=work.identity.member_id,
            assigned_at=work.now,
        )
    )
    event = work.add(
        AssignmentEvent(
            assignment_id=assignment.id,
            enterprise_id=owner.enterprise_id,
            at=work.now,
            member_id=work.identity.member_id,
            person=work.identity.person,
            kind="assigned",
            note=f"交{owner.name}办理，{in_words(due.safe_on)}前办结{'（期限暂定）' if due.is_provisional else ''}",
        )
    )
    work.record("assignment:assigned", assignment, owner=owner.name, due_on=due.safe_on, provisional=due.is_provisional)
    work.send(tell_assignment, assignment.id, "assigned", event.id)
    return assignment
