"""What was said: one's own, or for the office and the leaders everything."""

from collections.abc import Sequence

from sqlalchemy import select

from services.kernel.work import Work
from services.supervision.feedback.models import Feedback

MOST = 200


async def visible(work: Work) -> Sequence[Feedback]:
    """The newest first; who may answer sees all of the town, everybody else their own."""
    query = select(Feedback).order_by(Feedback.answered_at.is_not(None), Feedback.created_at.desc()).limit(MOST)
    if not work.may("feedback:answer"):
        query = query.where(Feedback.member_id == work.identity.member_id)
    return await work.all(query)
