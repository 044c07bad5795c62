"""Telling people what happened to an assignment, and reporting lateness upwards."""

from collections.abc import Sequence
from datetime import time, timedelta
from uuid import UUID

from sqlalchemy import select

from services.kernel.clock import in_words
from services.kernel.jobs import job
from services.kernel.schedules import scheduled
from services.kernel.work import Work
from services.notifications import messages, recipients
from services.notifications.templates import Words, words
from services.regulation.lights import Audience, escalation, reminds_on, rhythm
from services.supervision.assignments.models import Assignment, AssignmentEvent
from services.supervision.assignments.states import OPEN

TO_THE_OWNER = frozenset(
    {
        "assigned",
        "returned",
        "accepted",
        "extension_granted",
        "extension_refused",
        "urged",
        "transferred",
        "cancelled",
        "recounted",
    }
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
    asked = kind == "extension_asked"
    facts = {
        "title": assignment.title,
        "person": event.person,
        "owner": assignment.owner_name,
        "due": in_words(assignment.extension_to if asked and assignment.extension_to else assignment.due_on),
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


@scheduled(at=time(7, 30), kinds=["township"])
@job(queue="messages", rights={"message:post"})
async def watch_deadlines(work: Work) -> None:
    """Every morning: remind the owners in the rhythm of the rules, and report what is late one step further up."""
    last_reminded = work.today + timedelta(days=max(rhythm().before_days))
    open_ones = select(Assignment).where(Assignment.state.in_(OPEN - {"submitted"}), Assignment.due_on <= last_reminded)
    for assignment in await work.all(open_ones.order_by(Assignment.id).with_for_update(key_share=True)):
        if reminds_on(assignment.due_on, work.today):
            await _remind(work, assignment)
        await _escalate(work, assignment)


async def _remind(work: Work, assignment: Assignment) -> None:
    left = (assignment.due_on - work.today).days
    when = f"{left} 天后到期" if left > 0 else "今天到期" if left == 0 else f"逾期 {-left} 天"
    told = words("assignment:due", title=assignment.title, left=when, due=in_words(assignment.due_on))
    to = await owners(work, assignment)
    await _post(work, to, f"assignment:due:{assignment.id}:{work.today:%Y%m%d}", told, assignment)


async def _escalate(work: Work, assignment: Assignment) -> None:
    """Each step once, a step missed on its own day made up; the count starts anew with a new deadline."""
    days = (work.today - assignment.due_on).days
    due = escalation(days)
    for level, step in enumerate(due[assignment.escalation :], assignment.escalation + 1):
        assignment.escalation = level
        event = work.add(
            AssignmentEvent(
                assignment_id=assignment.id,
                enterprise_id=assignment.enterprise_id,
                at=work.now,
                member_id=None,
                person=work.identity.person,
                kind="escalated",
                note=f"逾期 {days} 天，{step.words}",
            )
        )
        work.record("assignment:escalated", assignment, level=level, days=days)
        facts = {"title": assignment.title, "owner": assignment.owner_name, "due": in_words(assignment.due_on)}
        told = words("assignment:escalated", days=days, **facts)
        to = await _audience(work, assignment, step.audience)
        await _post(work, to, f"assignment:escalated:{event.id}", told, assignment)


async def _audience(work: Work, assignment: Assignment, audience: Audience) -> Sequence[UUID]:
    """The owner's head, the leaders; for the district's list the office is told, the district reads its list."""
    if audience is Audience.TOWN_LEADER:
        return await recipients.leaders(work)
    if audience is Audience.DISTRICT:
        return await recipients.office(work)
    if assignment.department_id is not None:
        return await recipients.heads_of_department(work, assignment.department_id)
    return await owners(work, assignment)


async def _post(work: Work, to: Sequence[UUID], event: str, told: Words, assignment: Assignment) -> None:
    link = f"/assignments/{assignment.id}"
    await messages.post(work, to=to, event=event, subject=told.subject, body=told.body, link=link)
