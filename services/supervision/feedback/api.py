"""Complaints and suggestions as JSON: given by whoever is signed in to a town, answered once."""

from datetime import datetime
from uuid import UUID

import msgspec
from litestar import Router, get, post
from litestar.params import FromPath, JSONBody

from services.supervision import feedback
from services.supervision.feedback import Feedback
from services.tenancy.door import CurrentWork, needs


class FeedbackOut(msgspec.Struct, frozen=True, kw_only=True):
    """What was said and what was answered; instants in UTC."""

    id: UUID
    kind: str
    kind_label: str
    words: str
    page: str
    person: str
    enterprise_id: UUID | None
    created_at: datetime
    answer: str | None
    answered_by: str | None
    answered_at: datetime | None

    @classmethod
    def of(cls, row: Feedback) -> "FeedbackOut":
        """The row as programs read it."""
        return cls(**{name: getattr(row, name) for name in cls.__struct_fields__})


class NewFeedback(msgspec.Struct, frozen=True):
    """A complaint, a burden, a suggestion or a fault, and the page it is about."""

    kind: str
    words: str
    page: str = ""


class Answer(msgspec.Struct, frozen=True):
    """The words of the answer."""

    answer: str


@get("/", opt=needs("feedback:give"))
async def list_feedback(work: CurrentWork) -> list[FeedbackOut]:
    """What waits for an answer first; who may answer sees all of the town, everybody else their own."""
    return [FeedbackOut.of(row) for row in await feedback.visible(work)]


@post("/", opt=needs("feedback:give"))
async def give(work: CurrentWork, data: JSONBody[NewFeedback]) -> FeedbackOut:
    """Say what is wrong or could be better."""
    row = await feedback.give(work, kind=data.kind, words=data.words, page=data.page)
    await work.flush()
    return FeedbackOut.of(row)


@post("/{feedback_id:uuid}/answer", opt=needs("feedback:answer"), status_code=200)
async def answer(work: CurrentWork, feedback_id: FromPath[UUID], data: JSONBody[Answer]) -> FeedbackOut:
    """Answer once; the member is told."""
    row = await feedback.answer(work, feedback_id, words=data.answer)
    await work.flush()
    return FeedbackOut.of(row)


router = Router("/api/v1/feedback", route_handlers=[list_feedback, give, answer], tags=["feedback"])
