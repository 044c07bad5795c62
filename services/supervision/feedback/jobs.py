"""Telling the town of feedback, and its author of the answer."""

from uuid import UUID

from services.kernel.jobs import job
from services.kernel.work import Work
from services.notifications import messages, recipients
from services.notifications.templates import words
from services.supervision.feedback.models import Feedback


@job(queue="messages", rights={"message:post"})
async def tell_feedback(work: Work, feedback_id: UUID) -> None:
    """The office and the leaders hear of every complaint and suggestion."""
    feedback = await work.get(Feedback, feedback_id)
    said = words("feedback:given", person=feedback.person, kind=feedback.kind_label, note=feedback.words)
    to = {*await recipients.office(work), *await recipients.leaders(work)} - {feedback.member_id}
    await messages.post(
        work,
        to=sorted(to),
        event=f"feedback:given:{feedback.id}",
        subject=said.subject,
        body=said.body,
        link="/feedback",
        by=feedback.member_id,
    )


@job(queue="messages", rights={"message:post"})
async def tell_answer(work: Work, feedback_id: UUID) -> None:
    """Whoever wrote hears the answer."""
    feedback = await work.get(Feedback, feedback_id)
    said = words("feedback:answered", person=feedback.answered_by, kind=feedback.kind_label, note=feedback.answer)
    await messages.post(
        work,
        to=[feedback.member_id],
        event=f"feedback:answered:{feedback.id}",
        subject=said.subject,
        body=said.body,
        link="/feedback",
    )
