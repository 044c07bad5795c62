"""Telling people, and keeping that they have read it."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert

from services.kernel import clock
from services.kernel.refusals import NotFound
from services.kernel.work import Work
from services.notifications.channels.chosen import mail_server
from services.notifications.messages.jobs import send_email
from services.notifications.messages.models import Message
from services.regulation.lights import is_night, rhythm
from services.tenancy.members.models import Member

IN_APP, EMAIL = "in_app", "email"
ONCE = ("tenant_id", "event", "member_id", "channel")
SUBJECT_LETTERS = 200


async def post(
    work: Work,
    *,
    to: Sequence[UUID],
    event: str,
    subject: str,
    body: str,
    link: str,
    by: UUID | None = None,
    urgent: bool = False,
) -> None:
    """Tell members of one event: in the system always, by e-mail where they have an address and a server is set.

    `event` is the event's own key, such as `assigned:<id>`: telling it again changes nothing. `link` is a page of ours.
    `by` is the member whose act it was; that person sees who has read it. At night e-mail waits for the morning unless urgent.
    Raises ValueError for a link that leads elsewhere. To be called from jobs.
    """
    if not link.startswith("/") or link.startswith("//"):
        raise ValueError("a message links to a page of this system")
    people = await work.rows(
        select(Member.id, Member.enterprise_id, Member.email).where(Member.id.in_(to), Member.state == "active")
    )
    said = {"event": event, "sent_by": by, "subject": subject[:SUBJECT_LETTERS], "body": body, "link": link}
    rows = [row for person in people for row in _rows(work, person, said)]
    if not rows:
        return
    made = insert(Message.__table__).values(rows).on_conflict_do_nothing(index_elements=ONCE)  # type: ignore[arg-type]
    new = await work.session.execute(made.returning(Message.__table__.c.id, Message.__table__.c.channel))
    for row in new:
        if row.channel == EMAIL:
            work.send(send_email, row.id, due_at=None if urgent else daytime(work.now))


def _rows(work: Work, person: Any, said: dict[str, Any]) -> list[dict[str, Any]]:
    def row(channel: str, state: str, sent_at: datetime | None) -> dict[str, Any]:
        return said | {
            "tenant_id": work.tenant_id,
            "id": clock.new_id(),
            "member_id": person.id,
            "enterprise_id": person.enterprise_id,
            "channel": channel,
            "state": state,
            "created_at": work.now,
            "sent_at": sent_at,
        }

    rows = [row(IN_APP, "sent", work.now)]
    if person.email and mail_server():
        rows.append(row(EMAIL, "pending", None))
    return rows


def daytime(now: datetime) -> datetime:
    """The same instant, or the next morning where it is night in Asia/Shanghai."""
    local = now.astimezone(clock.SHANGHAI)
    if not is_night(local.time()):
        return now
    morning = local.replace(hour=rhythm().night_until.hour, minute=rhythm().night_until.minute, second=0, microsecond=0)
    return morning if morning > local else morning + timedelta(days=1)


async def read(work: Work, message_id: UUID) -> Message:
    """The receipt: this person has read a message of theirs; the first time counts. Raises NotFound for another's."""
    work.require("message:read")
    message = await work.get(Message, message_id, lock=True)
    if message.member_id != work.identity.member_id or message.channel != IN_APP:
        raise NotFound
    if message.read_at is None:
        message.read_at = work.now
        work.record("message:read", message)
        await work.flush()
    return message


async def read_all(work: Work) -> int:
    """The receipts of everything unread; tells how many there were."""
    work.require("message:read")
    mine = (Message.member_id == work.identity.member_id, Message.channel == IN_APP, Message.read_at.is_(None))
    table = Message.__table__
    done = await work.session.execute(
        update(Message)
        .where(*mine)
        .values(read_at=work.now)
        .returning(table.c.id)
        .execution_options(synchronize_session=False)
    )
    ids = sorted(done.scalars())
    if ids:
        me = await work.one(select(Member).where(Member.id == work.identity.member_id))
        work.record("message:read_all", me, messages=ids)
    return len(ids)
