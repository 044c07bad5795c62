"""Which assignments a person may see, filtered and counted."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

import msgspec
from sqlalchemy import ColumnElement, Select, case, false, func, or_, select, true

from services.kernel.attachments import Attachment
from services.kernel.work import Work
from services.regulation.lights import Light, light
from services.supervision.assignments.models import Assignment, AssignmentEvent
from services.supervision.assignments.states import OPEN
from services.supervision.registry import LIKE
from services.tenancy.members.models import Member
from services.tenancy.roles import Role

PAGE = 50


class AssignmentFilter(msgspec.Struct, frozen=True, kw_only=True):
    """What the list is narrowed to; every field may be left out."""

    q: str = ""
    plan: UUID | None = None
    node: UUID | None = None
    state: str = ""
    """A state, `late`, `soon` (within seven days) or `open`."""
    section: str = ""
    department: UUID | None = None
    enterprise: UUID | None = None
    owner: str = ""
    """`enterprise` or `department`: which kind of owner."""
    sort: str = "due"


def my_department(work: Work) -> ColumnElement[UUID]:
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


def narrowed(work: Work, wanted: AssignmentFilter) -> Select[tuple[Assignment]]:
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
    ):
        if value:
            found.append(column == value)
    if wanted.owner:
        found.append(Assignment.enterprise_id.is_not(None) if wanted.owner == "enterprise" else Assignment.enterprise_id.is_(None))
    return found + _state(wanted.state, today)


def _state(state: str, today: date) -> list[ColumnElement[bool]]:
    working = Assignment.state.in_(OPEN - {"submitted"})
    if state == "late":
        return [working, Assignment.due_on < today]
    if state == "soon":
        return [working, Assignment.due_on >= today, Assignment.due_on <= date.fromordinal(today.toordinal() + 7)]
    if state == "open":
        return [Assignment.state.in_(OPEN)]
    return [Assignment.state == state] if state else []


def _order(sort: str) -> Sequence[ColumnElement[object]]:
    orders: dict[str, Sequence[ColumnElement[object]]] = {
        "due": (case((Assignment.state.in_(OPEN), 0), else_=1), Assignment.due_on, Assignment.id),
        "-due": (Assignment.due_on.desc(), Assignment.id),
        "owner": (Assignment.owner_name, Assignment.due_on, Assignment.id),
        "state": (Assignment.state, Assignment.due_on, Assignment.id),
        "title": (Assignment.title, Assignment.id),
    }
    return orders.get(sort, orders["due"])


def light_of(assignment: Assignment, today: date) -> Light | None:
    """The light of an assignment that is still to be done; a finished one has none."""
    return light(assignment.due_on, today) if assignment.is_open and assignment.state != "submitted" else None


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


class Tally(msgspec.Struct, frozen=True):
    """Counts of one group: all that were not cancelled, finished ones, late ones, and what waits to be accepted."""

    key: str
    total: int
    completed: int
    late: int
    waiting: int


async def tallies(work: Work, wanted: AssignmentFilter, by: ColumnElement[str]) -> Sequence[Tally]:
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
