"""What people do with assignments; each act is checked, recorded, and told to whom it concerns."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import or_, select

from services.kernel import calendar_days
from services.kernel.clock import in_words
from services.kernel.refusals import BadInput
from services.kernel.work import Work
from services.supervision.assignments import owners, queries
from services.supervision.assignments.due import again, due_of
from services.supervision.assignments.jobs import tell_assignment
from services.supervision.assignments.models import Assignment, AssignmentEvent
from services.supervision.assignments.refusals import DecidedByAnother, EvidenceMissing, NotTheOwner
from services.supervision.assignments.states import MOST_NOTE, OPEN

DONE = 100
"""Percent."""


async def receive(work: Work, assignment_id: UUID) -> Assignment:
    """The owner acknowledges the assignment (签收)."""
    assignment = await _own(work, assignment_id, "assignment:receive")
    assignment.receive(work.now)
    return _happened(work, assignment, "received")


async def report(work: Work, assignment_id: UUID, *, note: str, percent: int) -> Assignment:
    """The owner reports how far the work has come; raises BadInput."""
    assignment = await _own(work, assignment_id, "assignment:report")
    if not 0 <= percent <= DONE:
        raise BadInput(fields={"percent": "完成比例请填 0 到 100 之间的整数"})
    assignment.progress(percent)
    return _happened(work, assignment, "progressed", _words(note, "请写明进展情况"), percent)


async def submit(work: Work, assignment_id: UUID, *, note: str) -> Assignment:
    """The owner hands the finished work in (报送审核); raises EvidenceMissing where the plan wants evidence."""
    assignment = await _own(work, assignment_id, "assignment:submit")
    done = _words(note, "请写明完成情况")
    if assignment.evidence_wanted and not await queries.evidence(work, assignment.id):
        words = f"还没有上传佐证材料，本任务要求：{assignment.evidence_wanted}。请先上传，再报送"
        raise EvidenceMissing(words, fields={"files": words})
    assignment.submit(work.identity.member_id, work.now)
    return _happened(work, assignment, "submitted", done, DONE)


async def accept(work: Work, assignment_id: UUID, *, note: str = "") -> Assignment:
    """A supervisor other than the one who submitted accepts the work (审核通过)."""
    work.require("assignment:accept")
    assignment = await queries.one(work, assignment_id, lock=True)
    assignment.accept(work.identity.member_id, work.now)
    return _happened(work, assignment, "accepted", _short(note))


async def send_back(work: Work, assignment_id: UUID, *, reason: str) -> Assignment:
    """A supervisor returns the work with the reason (退回)."""
    work.require("assignment:return")
    assignment = await queries.one(work, assignment_id, lock=True)
    words = _words(reason, "请写明退回的原因和需要补正的内容", field="reason")
    assignment.send_back(work.identity.member_id)
    return _happened(work, assignment, "returned", words)


async def ask_extension(work: Work, assignment_id: UUID, *, to: date, reason: str) -> Assignment:
    """The owner asks for a later day (申请延期); raises BadInput unless it is later than the day that stands."""
    assignment = await _own(work, assignment_id, "assignment:ask_extension")
    if to <= max(assignment.due_on, work.today):
        raise BadInput(fields={"to": f"延期日期要晚于现在的期限{in_words(assignment.due_on)}，也要晚于今天"})
    words = _words(reason, "请写明延期的理由", field="reason")
    assignment.ask_extension(to, words)
    return _happened(work, assignment, "extension_asked", f"申请延期至{in_words(to)}：{words}")


async def decide_extension(work: Work, assignment_id: UUID, *, granted: bool, note: str = "") -> Assignment:
    """The office or the leader grants or refuses a later day; raises DecidedByAnother for the owners themselves."""
    work.require("assignment:decide_extension")
    assignment = await queries.one(work, assignment_id, lock=True)
    if await owns(work, assignment):
        raise DecidedByAnother("申请延期的单位不能批准自己的申请，请由镇领导审批")
    before = assignment.due_on
    asked = assignment.decide_extension(granted=granted)
    if granted:
        assignment.due_provisional = due_of(await calendar_days.current(work), asked).is_provisional
    kind = "extension_granted" if granted else "extension_refused"
    sentence = f"期限由{in_words(before)}延至{in_words(asked)}" if granted else f"未同意延期至{in_words(asked)}"
    return _happened(work, assignment, kind, "；".join(filter(None, (sentence, _short(note)))))


async def urge(work: Work, assignment_ids: Sequence[UUID], *, note: str = "") -> int:
    """Remind the owners of open assignments (催办); gives how many were reminded."""
    work.require("assignment:urge")
    urged = 0
    for assignment_id in dict.fromkeys(assignment_ids):
        assignment = await queries.one(work, assignment_id)
        if assignment.is_open and assignment.state != "submitted":
            _happened(work, assignment, "urged", _short(note))
            urged += 1
    return urged


async def transfer(
    work: Work, assignment_id: UUID, *, department_id: UUID, member_id: UUID | None = None, reason: str
) -> Assignment:
    """Give the assignment to another department or to one of its people (转办); the new owner has to receive it."""
    work.require("assignment:transfer")
    assignment = await queries.one(work, assignment_id, lock=True)
    if not work.may("assignment:assign"):
        await _must_own(work, assignment)
    words = _words(reason, "请写明转办的理由", field="reason")
    if assignment.enterprise_id is not None:
        raise BadInput("交给企业的任务不能转办，请取消后重新下发")
    department = await owners.department(work, department_id, field="department_id")
    member = await owners.person_of(work, department, member_id, field="member_id") if member_id else None
    if (assignment.department_id, assignment.member_id) == (department.id, member_id):
        raise BadInput(fields={"department_id": f"任务现在就由{assignment.owner_name}办理，请选择别的部门或人员"})
    before = assignment.owner_name
    assignment.hand_over()
    assignment.department_id, assignment.member_id = department.id, member_id
    assignment.owner_name = f"{department.name} {member.name}" if member else department.name
    return _happened(work, assignment, "transferred", f"{before} → {assignment.owner_name}：{words}")


async def cancel(work: Work, assignment_id: UUID, *, reason: str) -> Assignment:
    """Call an assignment off, with the reason (取消); it stays in the ledger."""
    work.require("assignment:cancel")
    assignment = await queries.one(work, assignment_id, lock=True)
    words = _words(reason, "请写明取消的原因", field="reason")
    assignment.cancel(work.now)
    return _happened(work, assignment, "cancelled", words)


async def recount(work: Work) -> int:
    """Count the open deadlines again by the calendar as it stands; tells how many moved, and nothing moves a second time.

    Days that a person chose stay; where only the mark 暂定 falls away, the trail alone is told.
    """
    work.require("assignment:recount")
    calendar = await calendar_days.current(work)
    counted = or_(Assignment.due_workdays.is_not(None), Assignment.due_provisional)
    query = select(Assignment).where(Assignment.state.in_(OPEN), counted)
    moved = 0
    for assignment in await work.all(query.order_by(Assignment.id).with_for_update(key_share=True)):
        before, due = assignment.due_on, again(calendar, assignment)
        if (before, assignment.due_provisional) == (due.safe_on, due.is_provisional):
            continue
        assignment.recount(due.safe_on, is_provisional=due.is_provisional, today=work.today)
        papers = "、".join(calendar.papers(due.start or before, due.latest_on))
        if before == due.safe_on:
            work.record("assignment:due_confirmed", assignment, due_on=before, papers=papers)
            continue
        moved += 1
        note = f"期限由{in_words(before)}改为{due.words}：{due.counted}，按{papers}重新计算"
        _happened(work, assignment, "recounted", note, before=before, after=due.safe_on, papers=papers)
    return moved


async def _own(work: Work, assignment_id: UUID, right: str) -> Assignment:
    work.require(right)
    assignment = await queries.one(work, assignment_id, lock=True)
    await _must_own(work, assignment)
    return assignment


async def _must_own(work: Work, assignment: Assignment) -> None:
    if not await owns(work, assignment):
        raise NotTheOwner(f"这项任务交给了{assignment.owner_name}，由该单位（人员）办理")


async def owns(work: Work, assignment: Assignment) -> bool:
    """Whether it was given to this person, their department or their enterprise."""
    query = select(Assignment.id).where(Assignment.id == assignment.id, queries.mine(work))
    return await work.first(query) is not None


def _happened(
    work: Work, assignment: Assignment, kind: str, note: str = "", percent: int | None = None, **detail: object
) -> Assignment:
    """Event, audit row and message of one act, in its transaction."""
    event = work.add(
        AssignmentEvent(
            assignment_id=assignment.id,
            enterprise_id=assignment.enterprise_id,
            at=work.now,
            member_id=work.identity.member_id,
            person=work.identity.person,
            kind=kind,
            note=note,
            percent=percent,
        )
    )
    work.record(f"assignment:{kind}", assignment, note=note, **detail)
    work.send(tell_assignment, assignment.id, kind, event.id)
    return assignment


def _words(note: str, missing: str, *, field: str = "note") -> str:
    words = _short(note, field=field)
    if not words:
        raise BadInput(fields={field: missing})
    return words


def _short(note: str, *, field: str = "note") -> str:
    words = note.strip()
    if len(words) > MOST_NOTE:
        raise BadInput(fields={field: f"最多 {MOST_NOTE} 字，现在 {len(words)} 字，请精简或作为附件上传"})
    return words
