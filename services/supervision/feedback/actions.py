"""Giving feedback and answering it."""

from uuid import UUID

from services.kernel.refusals import BadInput, NotFound, Refusal
from services.kernel.work import Work
from services.supervision.feedback.jobs import tell_answer, tell_feedback
from services.supervision.feedback.models import KINDS, Feedback

MOST_WORDS = 2000


class AlreadyAnswered(Refusal):
    """An answer that was given is not changed; a further word is a new answer to new feedback."""


async def give(work: Work, *, kind: str, words: str, page: str) -> Feedback:
    """A member says what is wrong or could be better; the office and the leaders are told. Raises BadInput."""
    work.require("feedback:give")
    if work.identity.member_id is None:
        raise NotFound
    if kind not in KINDS:
        raise BadInput(fields={"kind": "请选择一类"})
    feedback = work.add(
        Feedback(
            kind=kind,
            words=_checked(words, "words", "请写明情况"),
            page=page.partition("?")[0][:200],
            member_id=work.identity.member_id,
            person=work.identity.person,
            enterprise_id=work.identity.scope.enterprise_id,
            created_at=work.now,
        )
    )
    work.record("feedback:given", feedback, kind=kind)
    work.send(tell_feedback, feedback.id)
    return feedback


async def answer(work: Work, feedback_id: UUID, *, words: str) -> Feedback:
    """The office or a leader answers once; the member is told. Raises BadInput and AlreadyAnswered."""
    work.require("feedback:answer")
    feedback = await work.get(Feedback, feedback_id, lock=True)
    if feedback.answered_at is not None:
        raise AlreadyAnswered(f"{feedback.answered_by}已经答复过，请刷新查看")
    feedback.answer = _checked(words, "answer", "请写明答复")
    feedback.answered_by, feedback.answered_at = work.identity.person, work.now
    work.record("feedback:answered", feedback)
    work.send(tell_answer, feedback.id)
    return feedback


def _checked(words: str, field: str, missing: str) -> str:
    words = words.strip()
    if not words:
        raise BadInput(fields={field: missing})
    if len(words) > MOST_WORDS:
        raise BadInput(fields={field: f"最多 {MOST_WORDS} 字，现在 {len(words)} 字，请精简"})
    return words
