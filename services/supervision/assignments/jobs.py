"""Telling people what happened to an assignment, and reporting lateness upwards."""

from collections.abc import Sequence
from uuid import UUID

from services.kernel.clock import in_words
from services.kernel.jobs import job
from services.kernel.work import Work
from services.notifications import messages, recipients
from services.notifications.templates import words
from services.supervision.assignments.models import Assignment, AssignmentEvent

TO_THE_OWNER = frozenset(
    {"assigned", "returned", "accepted", "extension_granted", "extension_refused", "urged", "transferred", "cancelled"}
)
"""The other acts are told to the office."""


@job(queue="messages", rights={"message:post"})
async def tell_assignment(work: Work, assignment_id: UUID, kind: str, event_id: UUID) -> None:
    """Tell the owner, or the office, what was just done; never the person who did it."""
    if kind == "progressed":
        return
    assignment = await work.get(Assignment, assignment_id)
    event = await work.get(AssignmentEvent, event_id)
    to = await owners(work, assignment) if kind in TO_THE_OWNER else await recipients.office(work)
    facts = {
        "title": assignment.title,
        "person": event.person,
        "owner": assignment.owner_name,
        "due": in_words(assignment.due_on),
        "note": event.note,
    }
    told = words(f"assignment:{kind}", **facts)
    await messages.post(
        work,
        to=[member for member in to if member != event.member_id],
        event=f"assignment:{kind}:{event.id}",
        subject=told.subject,
        body=told.body,
        link=f"/assignments/{assignment.id}",
        by=event.member_id,
    )


async def owners(work: Work, assignment: Assignment) -> Sequence[UUID]:
    """The people who have to do it."""
    if assignment.member_id is not None:
        return [assignment.member_id]
    if assignment.enterprise_id is not None:
        return await recipients.members_of_enterprise(work, assignment.enterprise_id)
    assert assignment.department_id is not None
    return await recipients.members_of_department(work, assignment.department_id)
