"""Assignments as JSON: the same actions and the same refusals as on the pages."""

from datetime import date, datetime
from typing import Annotated, Final
from uuid import UUID

import msgspec
from litestar import Response, get, post
from litestar.params import FromPath, FromQuery, JSONBody, QueryParameter

from services.kernel.work import Work
from services.regulation.lights import light
from services.supervision import assignments
from services.supervision.assignments import Assignment, AssignmentFilter
from services.supervision.registry import EnterpriseFilter
from services.tenancy.door import CurrentWork, needs, tagged

MOST: Final = 200
InState = Annotated[str, QueryParameter(name="state")]
Limit = Annotated[int, QueryParameter(ge=1, le=MOST)]


class AssignmentOut(msgspec.Struct, frozen=True, kw_only=True):
    """One assignment; days in Asia/Shanghai, instants in UTC."""

    id: UUID
    plan_id: UUID
    node_id: UUID
    title: str
    text: str
    section: str
    basis: str
    owner: str
    department_id: UUID | None
    member_id: UUID | None
    enterprise_id: UUID | None
    state: str
    percent: int
    due_on: date
    due_provisional: bool
    due_workdays: int | None
    due_start: date | None
    light: str | None
    evidence_wanted: str
    assigned_at: datetime
    received_at: datetime | None
    submitted_at: datetime | None
    accepted_at: datetime | None
    extension_to: date | None
    returns: int
    escalation: int
    version: int
    acts: tuple[str, ...] = ()
    """What the caller may do with it now; filled for one assignment, empty in lists."""

    @classmethod
    def of(cls, row: Assignment, today: date, acts: tuple[str, ...] = ()) -> "AssignmentOut":
        """The row as programs read it."""
        same = {name: getattr(row, name) for name in cls.__struct_fields__ if name not in {"owner", "light", "acts"}}
        colour = light(row.due_on, today).colour.value if assignments.light_of(row, today) else None
        return cls(**same, owner=row.owner_name, light=colour, acts=acts)


class AssignmentList(msgspec.Struct, frozen=True):
    """One stretch of the list and where the next begins; None after the last."""

    items: list[AssignmentOut]
    next_cursor: UUID | None


class EventOut(msgspec.Struct, frozen=True):
    """One thing that happened."""

    at: datetime
    person: str
    kind: str
    note: str
    percent: int | None


class NewOrder(msgspec.Struct, frozen=True, kw_only=True):
    """What is given out: `due_on`, or so many working days from tomorrow."""

    node_id: UUID
    title: str
    text: str = ""
    due_on: date | None = None
    workdays: int | None = None
    evidence_wanted: str = ""
    department_ids: tuple[UUID, ...] = ()
    member_ids: tuple[UUID, ...] = ()
    enterprises: EnterpriseFilter | None = None


class GivenOut(msgspec.Struct, frozen=True):
    """What was made, and who had the same assignment already."""

    items: list[AssignmentOut]
    already: tuple[str, ...]


@get("/", opt=needs("assignment:read"))
async def list_assignments(
    work: CurrentWork,
    q: FromQuery[str] = "",
    in_state: InState = "",
    section: FromQuery[str] = "",
    enterprise: FromQuery[UUID | None] = None,
    cursor: FromQuery[UUID | None] = None,
    limit: Limit = 50,
) -> AssignmentList:
    """Assignments in the order in which they were given out."""
    wanted = AssignmentFilter(q=q, state=in_state, section=section, enterprise=enterprise)
    found = await assignments.after(work, wanted, cursor, limit + 1)
    items = [AssignmentOut.of(row, work.today) for row in found[:limit]]
    return AssignmentList(items, items[-1].id if len(found) > limit else None)


@get("/{assignment_id:uuid}", opt=needs("assignment:read"))
async def get_assignment(work: CurrentWork, assignment_id: FromPath[UUID]) -> Response[AssignmentOut]:
    """One assignment, with the acts that are open to the caller."""
    return await out(work, await assignments.one(work, assignment_id))


@get("/{assignment_id:uuid}/events", opt=needs("assignment:read"))
async def list_events(work: CurrentWork, assignment_id: FromPath[UUID]) -> list[EventOut]:
    """What happened, oldest first."""
    row = await assignments.one(work, assignment_id)
    found = await assignments.events(work, row.id)
    return [EventOut(one.at, one.person, one.kind, one.note, one.percent) for one in found]


@post("/", opt=needs("assignment:assign"))
async def give(work: CurrentWork, data: JSONBody[NewOrder]) -> GivenOut:
    """Give a measure to every chosen owner; who has it already is left out."""
    order = assignments.Order(
        title=data.title,
        text=data.text,
        due_on=data.due_on,
        workdays=data.workdays,
        evidence_wanted=data.evidence_wanted,
        department_ids=data.department_ids,
        member_ids=data.member_ids,
        enterprises=data.enterprises,
    )
    given = await assignments.assign(work, data.node_id, order)
    return GivenOut([AssignmentOut.of(row, work.today) for row in given.assignments], given.already)


async def out(work: Work, row: Assignment) -> Response[AssignmentOut]:
    """One assignment as it stands now, with the acts that are open to the caller; its version is the ETag."""
    await work.flush()
    acts = assignments.possible(work, row, owned=await assignments.owns(work, row))
    return tagged(AssignmentOut.of(row, work.today, tuple(sorted(acts))), row.version)
