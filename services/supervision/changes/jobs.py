"""Telling the office of a proposed change, and the enterprise of the decision."""

from uuid import UUID

from services.kernel.jobs import job
from services.kernel.work import Work
from services.notifications import messages, recipients
from services.notifications.templates import words
from services.supervision.changes.models import STATES, ChangeRequest
from services.supervision.registry import BY_NAME, Enterprise


@job(queue="messages", rights={"message:post"})
async def tell_office(work: Work, request_id: UUID) -> None:
    """Everyone in the office hears of a proposal."""
    row = await work.get(ChangeRequest, request_id)
    enterprise = await work.get(Enterprise, row.enterprise_id)
    heads = "、".join(BY_NAME[name].head for name in row.after)
    said = words("enterprise_change:asked", enterprise=enterprise.name, person=row.asked_by_name, heads=heads)
    await messages.post(
        work,
        to=await recipients.office(work),
        event=f"enterprise_change:asked:{row.id}",
        subject=said.subject,
        body=said.body,
        link=f"/enterprises/changes/{row.id}",
        by=row.asked_by,
    )


@job(queue="messages", rights={"message:post"})
async def tell_asker(work: Work, request_id: UUID) -> None:
    """The people of the enterprise hear what the office decided."""
    row = await work.get(ChangeRequest, request_id)
    said = words(
        "enterprise_change:decided",
        state=STATES[row.state],
        person=row.decided_by_name,
        note=row.decision_note and f"原因：{row.decision_note}",
    )
    await messages.post(
        work,
        to=await recipients.members_of_enterprise(work, row.enterprise_id),
        event=f"enterprise_change:decided:{row.id}",
        subject=said.subject,
        body=said.body,
        link=f"/enterprises/changes/{row.id}",
        by=row.decided_by,
    )
