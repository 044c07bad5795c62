"""Work that was given to somebody by name does not leave with them."""

from uuid import UUID

from sqlalchemy import select

from services.kernel.jobs import job
from services.kernel.work import Work
from services.supervision.assignments.jobs import tell_assignment
from services.supervision.assignments.models import Assignment, AssignmentEvent
from services.supervision.assignments.states import OPEN
from services.tenancy.members.models import Department, Member


@job(queue="messages")
async def left_behind(work: Work, member_id: UUID) -> None:
    """What was still open goes back to the leaver's department or enterprise, which has to receive it again (交接)."""
    leaver = await work.get(Member, member_id)
    query = select(Assignment).where(Assignment.member_id == member_id, Assignment.state.in_(OPEN))
    for assignment in await work.all(query.order_by(Assignment.id).with_for_update(key_share=True)):
        await _go_back(work, assignment, leaver)


async def _go_back(work: Work, assignment: Assignment, leaver: Member) -> None:
    before = assignment.owner_name
    if assignment.enterprise_id is None and assignment.department_id is None:
        assignment.enterprise_id, assignment.department_id = leaver.enterprise_id, leaver.department_id
    assignment.member_id = None
    if assignment.department_id is not None:
        assignment.owner_name = (await work.get(Department, assignment.department_id)).name
    # What was handed in already waits for its review, not for a new owner.
    if assignment.state != "submitted":
        assignment.hand_over()
    event = work.add(
        AssignmentEvent(
            assignment_id=assignment.id,
            enterprise_id=assignment.enterprise_id,
            at=work.now,
            member_id=None,
            person=work.identity.person,
            kind="transferred",
            note=f"{before} → {assignment.owner_name}：{leaver.name}离任，任务交回",
        )
    )
    work.record("assignment:transferred", assignment, note=event.note)
    work.send(tell_assignment, assignment.id, "transferred", event.id)
