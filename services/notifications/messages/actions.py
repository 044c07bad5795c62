"""Telling people, and keeping that they have read it."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select, update

from services.kernel import clock
from services.kernel.database import beneath
from services.kernel.refusals import NotFound
from services.kernel.work import Work
from services.notifications.channels.chosen import mail_server
from services.notifications.messages.jobs import send_email
from services.notifications.messages.models import Message
from services.regulation.lights import is_night, rhythm
from services.tenancy.members.models import Member

IN_APP, EMAIL = "in_app", "email"
SUBJECT_LETTERS = 200
# One statement for one event: the town is told of many, and each by the same few words of SQL.
POST = """
INSERT INTO message (tenant_id, id, event, sent_by, member_id, enterprise_id, channel, subject, body, link, state, created_at, sent_at)
SELECT $1, new.id, $5, $6, member.id, member.enterprise_id, new.channel, $7, $8, $9,
  CASE new.channel WHEN 'in_app' THEN 'sent' ELSE 'pending' END, $10::timestamptz, CASE new.channel WHEN 'in_app' THEN $10::timestamptz END
FROM unnest($2::uuid[], $3::text[], $4::uuid[]) AS new (member_id, channel, id)
JOIN member ON member.tenant_id = $1 AND member.id = new.member_id
WHERE member.state = 'active' AND (new.channel = 'in_app' OR member.email <> '')
ON CONFLICT (tenant_id, event, member_id, channel) DO NOTHING RETURNING id, channel
"""


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
    await work.flush()
    rows = [(member, channel, clock.new_id()) for member in set(to) for channel in _channels()]
    if not rows:
        return
    said = (event, by, subject[:SUBJECT_LETTERS], body, link, work.now)
    new = await (await beneath(work.session)).fetch(POST, work.tenant_id, *map(list, zip(*rows, strict=True)), *said)
    for row in new:
        if row["channel"] == EMAIL:
            work.send(send_email, row["id"], due_at=None if urgent else daytime(work.now))


def _channels() -> tuple[str, ...]:
    return (IN_APP, EMAIL) if mail_server() else (IN_APP,)


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
