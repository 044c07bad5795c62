"""Which assignments a person may see, filtered and counted."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import ColumnElement, ScalarSelect, Select, and_, case, false, func, or_, select, true

from services.kernel.attachments import Attachment
from services.kernel.work import Work
from services.regulation.lights import AMBER_DAYS, Light, light, rhythm
from services.supervision.assignments.models import Assignment, AssignmentEvent
from services.supervision.assignments.states import LABELS, OPEN
from services.supervision.plans import PlanNode
from services.supervision.registry import LIKE
from services.tenancy.members.models import Member
from services.tenancy.roles import Role

PAGE = 50
VIEWS = {
    "open": "未办结",
    "late": "已逾期",
    "soon": "七天内到期",
    "extension": "申请延期",
    "escalated": "列入区级督办",
}
"""What the list can be narrowed to besides a state."""


class AssignmentFilter(msgspec.Struct, frozen=True, kw_only=True):
    """What the list is narrowed to; every field may be left out."""

    q: str = ""
    plan: UUID | None = None
    node: UUID | None = None
    state: str = ""
    """A state, or one of VIEWS."""
    section: str = ""
    department: UUID | None = None
    enterprise: UUID | None = None
    owner: str = ""
    """`enterprise` or `department`: which kind of owner."""
    owner_name: str = ""
    """One owner by the name as it stood."""
    town: UUID | None = None
    """One of the towns of a district."""
    sort: str = "due"


def my_department(work: Work) -> ScalarSelect[UUID | None]:
    """The department of the person who asks, looked up where it stands."""
    return select(Member.department_id).where(Member.id == work.identity.member_id).scalar_subquery()


def visible(work: Work) -> ColumnElement[bool]:
    """A sector department sees its own; the office, the leader and the district all of the town; an enterprise is bound by its login."""
    if work.identity.role == Role.SECTOR_DEPARTMENT:
        return mine(work)
    return true()


def mine(work: Work) -> ColumnElement[bool]:
    """Given to me, to my department or to my enterprise."""
    if work.identity.scope.enterprise_id is not None:
        return Assignment.enterprise_id == work.identity.scope.enterprise_id
    if work.identity.member_id is None:
        return false()
    department = (Assignment.department_id == my_department(work)) & Assignment.member_id.is_(None)
    return or_(Assignment.member_id == work.identity.member_id, department)


def narrowed(work: Work, wanted: AssignmentFilter) -> Select[Assignment]:
    """The query behind the list, the board and the export: all three show exactly the same rows."""
    query = select(Assignment).where(visible(work), *_conditions(wanted, work.today))
    return query.order_by(*_order(wanted.sort))


def _conditions(wanted: AssignmentFilter, today: date) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if wanted.q:
        like = f"%{wanted.q.translate(LIKE)}%"
        found.append(or_(Assignment.title.like(like), Assignment.owner_name.like(like)))
    for column, value in (
        (Assignment.plan_id, wanted.plan),
        (Assignment.node_id, wanted.node),
        (Assignment.section, wanted.section),
        (Assignment.department_id, wanted.department),
        (Assignment.enterprise_id, wanted.enterprise),
        (Assignment.owner_name, wanted.owner_name),
        (Assignment.tenant_id, wanted.town),
    ):
        if value:
            found.append(column == value)
    if wanted.owner in {"enterprise", "department"}:
        found.append(
            Assignment.enterprise_id.is_not(None)
            if wanted.owner == "enterprise"
            else Assignment.enterprise_id.is_(None)
        )
    return found + _state(wanted.state, today)


def _state(state: str, today: date) -> list[ColumnElement[bool]]:
    working = Assignment.state.in_(OPEN - {"submitted"})
    views: dict[str, list[ColumnElement[bool]]] = {
        "open": [Assignment.state.in_(OPEN)],
        "late": [working, Assignment.due_on < today],
        "soon": [working, Assignment.due_on >= today, Assignment.due_on <= today + timedelta(days=AMBER_DAYS)],
        "extension": [working, Assignment.extension_to.is_not(None)],
        "escalated": [working, Assignment.escalation == len(rhythm().escalations)],
    }
    if state in views:
        return views[state]
    return [Assignment.state == state] if state in LABELS else []


def _order(sort: str) -> Sequence[Any]:
    """What is still to be done comes first; the other orders are those of the heads of the list."""
    if sort in {"", "due"}:
        return (case((Assignment.state.in_(OPEN), 0), else_=1), Assignment.due_on, Assignment.id)
    columns: dict[str, Any] = {
        "due": Assignment.due_on,
        "owner": Assignment.owner_name,
        "state": Assignment.state,
        "title": Assignment.title,
        "percent": Assignment.percent,
    }
    column = columns.get(sort.removeprefix("-"), Assignment.due_on)
    return (column.desc() if sort.startswith("-") else column, Assignment.due_on, Assignment.id)


def light_of(assignment: Assignment, today: date) -> Light | None:
    """The light of an assignment that is still to be done; a finished one has none."""
    return light(assignment.due_on, today) if assignment.is_open and assignment.state != "submitted" else None


async def a_page(work: Work, wanted: AssignmentFilter, number: int) -> tuple[Sequence[Assignment], int]:
    """One page of the list, counted from 1, and how many there are in all."""
    query = narrowed(work, wanted)
    return await work.all(query.limit(PAGE).offset((number - 1) * PAGE)), await work.count(query)


async def after(work: Work, wanted: AssignmentFilter, cursor: UUID | None, limit: int) -> Sequence[Assignment]:
    """The next assignments after one, in the order in which they were given out."""
    query = select(Assignment).where(visible(work), *_conditions(wanted, work.today))
    if cursor is not None:
        query = query.where(Assignment.id > cursor)
    return await work.all(query.order_by(Assignment.id).limit(limit))


class Counts(msgspec.Struct, frozen=True):
    """How many there are in each view of the list."""

    everything: int = 0
    late: int = 0
    soon: int = 0
    pending: int = 0
    submitted: int = 0
    extension: int = 0
    completed: int = 0
    escalated: int = 0


async def counts(work: Work, wanted: AssignmentFilter) -> Counts:
    """The figures beside the quick filters; the state that is chosen does not narrow them."""
    stateless = msgspec.structs.replace(wanted, state="")
    views = [and_(*_state(view, work.today)) for view in Counts.__struct_fields__[1:]]
    query = select(func.count(), *(func.count().filter(view) for view in views))
    rows = await work.rows(query.where(visible(work), *_conditions(stateless, work.today)))
    return Counts(*rows[0])


async def one(work: Work, assignment_id: UUID, *, lock: bool = False) -> Assignment:
    """An assignment that this person may see; raises NotFound."""
    query = select(Assignment).where(Assignment.id == assignment_id, visible(work))
    return await work.one(query.with_for_update(key_share=True) if lock else query)


async def events(work: Work, assignment_id: UUID) -> Sequence[AssignmentEvent]:
    """What happened, oldest first."""
    query = select(AssignmentEvent).where(AssignmentEvent.assignment_id == assignment_id)
    return await work.all(query.order_by(AssignmentEvent.at, AssignmentEvent.id))


async def evidence(work: Work, assignment_id: UUID) -> Sequence[Attachment]:
    """The files that were uploaded for it, oldest first."""
    query = select(Attachment).where(Attachment.owner_kind == "assignment", Attachment.owner_id == assignment_id)
    return await work.all(query.order_by(Attachment.created_at, Attachment.id))


async def sections(work: Work) -> Sequence[str]:
    """The sections of the notice in which this person has assignments, in the order of the paper."""
    query = select(Assignment.section, func.min(PlanNode.position)).where(visible(work))
    query = query.outerjoin(
        PlanNode, (PlanNode.tenant_id == Assignment.tenant_id) & (PlanNode.id == Assignment.node_id)
    )
    rows = await work.rows(query.group_by(Assignment.section).order_by(func.min(PlanNode.position).nulls_last()))
    return [section for section, _ in rows]


async def most_urgent(work: Work, wanted: AssignmentFilter, by: Any, *, of_each: int = 3) -> Sequence[Assignment]:
    """Of each group the open assignments that are due first."""
    place = func.row_number().over(partition_by=by, order_by=(Assignment.due_on, Assignment.id))
    open_ones = select(Assignment.id, place.label("place")).where(
        visible(work), *_conditions(wanted, work.today), Assignment.state.in_(OPEN)
    )
    first = open_ones.subquery()
    query = select(Assignment).join(first, first.c.id == Assignment.id).where(first.c.place <= of_each)
    return await work.all(query.order_by(Assignment.due_on, Assignment.id))


class Tally(msgspec.Struct, frozen=True):
    """Counts of one group: all that were not cancelled, finished ones, late ones, and what waits to be accepted."""

    key: str
    total: int
    completed: int
    late: int
    waiting: int


async def tallies(work: Work, wanted: AssignmentFilter, by: Any) -> Sequence[Tally]:
    """Counts by section, owner or enterprise, as the board shows them."""
    late = Assignment.state.in_(OPEN - {"submitted"}) & (Assignment.due_on < work.today)
    rows = await work.rows(
        select(
            by,
            func.count().filter(Assignment.state != "cancelled"),
            func.count().filter(Assignment.state == "completed"),
            func.count().filter(late),
            func.count().filter(Assignment.state == "submitted"),
        )
        .where(visible(work), *_conditions(wanted, work.today))
        .group_by(by)
        .order_by(func.min(Assignment.due_on))
    )
    return [Tally(*row) for row in rows]
