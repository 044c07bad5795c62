"""Rows of half a year of assignments: each with its events, its audit rows, and what people were told in the last days."""

from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import insert, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.demo.facts import AssignmentStory, DemoDistrict, Event
from services.kernel import calendar_days
from services.kernel.clock import in_words, legal_day, new_id
from services.kernel.trail import AuditEntry
from services.notifications.messages.models import Message
from services.notifications.templates import words
from services.supervision.assignments.models import Assignment, AssignmentEvent
from services.supervision.plans.models import Plan, PlanNode
from services.supervision.registry.models import Enterprise
from services.tenancy.members.models import Department, Member
from services.tenancy.townships.models import Tenant

RECENT = timedelta(days=12)
TOLD_TO_OWNER = frozenset({"assigned", "returned", "accepted", "urged"})
TOLD_TO_OFFICE = frozenset({"received", "submitted"})
Rows = list[dict[str, Any]]


class TownRows:
    """The rows of one town that stories point at."""

    def __init__(self, tenant: Tenant, plan: Plan, nodes: Sequence[PlanNode]) -> None:
        self.tenant, self.plan = tenant, plan
        self.nodes = {node.id: node for node in nodes}
        self.tasks = [node for node in nodes if node.kind == "task"]
        self.members: dict[str, Member] = {}
        self.departments: dict[str, Department] = {}
        self.enterprises: dict[str, Enterprise] = {}

    def section(self, node: PlanNode) -> PlanNode:
        """The section of the paper in which a task stands, just below the chapter."""
        while node.parent_id and (parent := self.nodes[node.parent_id]).parent_id:
            node = parent
        return node if node.kind == "section" or not node.parent_id else self.nodes[node.parent_id]


async def load_work(session: AsyncSession, district: DemoDistrict, stories: Iterable[AssignmentStory]) -> None:
    """Every story as it would stand in the tables had the town lived it."""
    towns: dict[str, TownRows] = {}
    rows: dict[type[Any], Rows] = {Assignment: [], AssignmentEvent: [], AuditEntry: [], Message: []}
    for story in stories:
        if story.town not in towns:
            towns[story.town] = await _town(session, district, story.town)
        _write(rows, towns[story.town], story)
    for table, found in rows.items():
        if found:
            await session.execute(insert(table), found)


async def _town(session: AsyncSession, district: DemoDistrict, slug: str) -> TownRows:
    tenant = (await session.scalars(select(Tenant).where(Tenant.slug == slug))).one()
    plan = (await session.scalars(select(Plan).where(Plan.tenant_id == tenant.id, Plan.state == "published"))).one()
    nodes = (
        select(PlanNode).where(PlanNode.tenant_id == tenant.id, PlanNode.plan_id == plan.id).order_by(PlanNode.position)
    )
    town = TownRows(tenant, plan, (await session.scalars(nodes)).all())
    members = (await session.scalars(select(Member).where(Member.tenant_id == tenant.id))).all()
    by_name = {member.name: member for member in members}
    town.members = {p.key: by_name[p.name] for p in district.people if p.name in by_name}
    departments = (await session.scalars(select(Department).where(Department.tenant_id == tenant.id))).all()
    named = {department.name: department for department in departments}
    town.departments = {fact.key: named[fact.name] for fact in district.departments if fact.town == slug}
    enterprises = (await session.scalars(select(Enterprise).where(Enterprise.tenant_id == tenant.id))).all()
    called = {enterprise.name: enterprise for enterprise in enterprises}
    town.enterprises = {fact.key: called[fact.name] for fact in district.enterprises_of(slug)}
    return town


def _write(rows: dict[type[Any], Rows], town: TownRows, story: AssignmentStory) -> None:
    assignment = _assignment(town, story)
    rows[Assignment].append(assignment)
    for event in story.events:
        row = _event(town, assignment, event)
        rows[AssignmentEvent].append(row)
        rows[AuditEntry].append(_audit(town, assignment, event))
        if event.at >= story.events[-1].at - timedelta(minutes=1) or event.at.date() >= town_today(town) - RECENT:
            rows[Message] += _messages(town, assignment, event, row["id"])


def town_today(town: TownRows) -> Any:
    """The day on which the demo was loaded."""
    return town.tenant.created_at.date()


def _assignment(town: TownRows, story: AssignmentStory) -> dict[str, Any]:
    node = town.tasks[story.task_no - 1]
    department = town.departments.get(story.department or "")
    enterprise = town.enterprises.get(story.enterprise or "")
    first, received = story.events[0], story.last("received")
    submitted, accepted = story.last("submitted"), story.last("accepted")
    return {
        "tenant_id": town.tenant.id,
        "id": new_id(),
        "plan_id": town.plan.id,
        "node_id": node.id,
        "section": town.section(node).heading or town.plan.title,
        "basis": f"{town.plan.title} 第{node.label.rstrip('.．、')}项",
        "title": story.title,
        "text": node.heading,
        "evidence_wanted": "",
        "department_id": department.id if department else None,
        "member_id": None,
        "enterprise_id": enterprise.id if enterprise else None,
        "owner_name": (department or enterprise).name,  # type: ignore[union-attr]
        "state": story.state,
        "percent": story.percent,
        **_due(story),
        "assigned_by": _by(town, first).id,
        "assigned_at": first.at,
        "received_at": received.at if received else None,
        "submitted_by": _by(town, submitted).id if submitted else None,
        "submitted_at": submitted.at if submitted else None,
        "accepted_by": _by(town, accepted).id if accepted else None,
        "accepted_at": accepted.at if accepted else None,
        "cancelled_at": None,
        "returns": sum(event.kind == "returned" for event in story.events),
        "escalation": 0,
        "version": 1,
    }


def _due(story: AssignmentStory) -> dict[str, Any]:
    """Enterprises were given so many working days, everybody else a day."""
    days, start = calendar_days.shipped(), legal_day(story.events[0].at)
    counted = story.enterprise is not None
    return {
        "due_on": story.due_on,
        "due_provisional": days.is_provisional(start if counted else story.due_on, days.roll(story.due_on)),
        "due_workdays": days.workdays(start + timedelta(days=1), story.due_on) if counted else None,
        "due_start": start if counted else None,
    }


def _by(town: TownRows, event: Event) -> Member:
    return town.members[event.by]


def _event(town: TownRows, assignment: dict[str, Any], event: Event) -> dict[str, Any]:
    return {
        "tenant_id": town.tenant.id,
        "id": new_id(),
        "assignment_id": assignment["id"],
        "enterprise_id": assignment["enterprise_id"],
        "at": event.at,
        "member_id": _by(town, event).id,
        "person": _by(town, event).name,
        "kind": event.kind,
        "note": event.note,
        "percent": event.percent,
    }


def _audit(town: TownRows, assignment: dict[str, Any], event: Event) -> dict[str, Any]:
    by = _by(town, event)
    return {
        "tenant_id": town.tenant.id,
        "id": new_id(),
        "at": event.at,
        "act": f"assignment:{event.kind}",
        "about_kind": "assignment",
        "about_id": assignment["id"],
        "enterprise_id": assignment["enterprise_id"],
        "member_id": by.id,
        "person": by.name,
        "role": by.role,
        "refused": False,
        "detail": {"note": event.note},
    }


def _messages(town: TownRows, assignment: dict[str, Any], event: Event, event_id: UUID) -> Rows:
    if event.kind in TOLD_TO_OWNER:
        told = [m for m in town.members.values() if _owns(m, assignment)]
    elif event.kind in TOLD_TO_OFFICE:
        told = [m for m in town.members.values() if m.role == "town_office"]
    else:
        return []
    facts = {"title": assignment["title"], "person": _by(town, event).name, "owner": assignment["owner_name"]}
    said = words(f"assignment:{event.kind}", due=in_words(assignment["due_on"]), note=event.note, **facts)
    return [
        {
            "tenant_id": town.tenant.id,
            "id": new_id(),
            "event": f"assignment:{event.kind}:{event_id}",
            "member_id": member.id,
            "enterprise_id": member.enterprise_id,
            "channel": "in_app",
            "subject": said.subject,
            "body": said.body,
            "link": f"/assignments/{assignment['id']}",
            "state": "sent",
            "created_at": event.at,
            "sent_at": event.at,
        }
        for member in {m.id: m for m in told}.values()
        if member.id != _by(town, event).id
    ]


def _owns(member: Member, assignment: dict[str, Any]) -> bool:
    if assignment["enterprise_id"]:
        return bool(member.enterprise_id == assignment["enterprise_id"])
    return bool(member.department_id == assignment["department_id"] and member.enterprise_id is None)
