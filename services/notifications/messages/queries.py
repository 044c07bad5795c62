"""What a person was told, what waits unread, and who has read what one sent."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import msgspec
from sqlalchemy import ColumnElement, Select, func, or_, select

from services.kernel.database import beneath
from services.kernel.work import Work
from services.notifications.messages.models import Message
from services.tenancy.members.models import Member

UNREAD = (
    "SELECT count(*) FROM message WHERE tenant_id = $1 AND member_id = $2 AND read_at IS NULL AND channel = 'in_app'"
)


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """Which of one's messages to list, and which page of them."""

    only: str = ""
    """unread, read, or all when empty."""
    words: str = ""
    page: int = 1
    size: int = 20


class Receipt(msgspec.Struct, frozen=True):
    """Whether one person got and read what was sent."""

    member: str
    channel: str
    state: str
    error: str | None
    sent_at: datetime | None
    read_at: datetime | None


class Sent(msgspec.Struct, frozen=True):
    """One event that one's act told others of."""

    event: str
    subject: str
    link: str
    created_at: datetime
    people: int
    read: int
    doubtful: int


async def unread(work: Work) -> int:
    """How many messages wait for this person; every page asks, so it goes straight to the driver."""
    connection = await beneath(work.session)
    return int(await connection.fetchval(UNREAD, work.tenant_id, work.identity.member_id))


async def inbox(work: Work, asked: Asked) -> tuple[Sequence[Message], int]:
    """One page of this person's messages, unread first and newest first, and how many there are in all."""
    work.require("message:read")
    query = select(Message).where(*_mine(work), *_which(asked))
    rows = query.order_by(Message.read_at.is_not(None), Message.created_at.desc(), Message.id.desc())
    return await work.all(rows.limit(asked.size).offset((asked.page - 1) * asked.size)), await work.count(query)


async def inbox_before(work: Work, asked: Asked, cursor: UUID | None, limit: int) -> tuple[Sequence[Message], int]:
    """This person's messages before one, the newest first, and how many there are in all."""
    work.require("message:read")
    query = select(Message).where(*_mine(work), *_which(asked))
    rest = query.where(Message.id < cursor) if cursor else query
    return await work.all(rest.order_by(Message.id.desc()).limit(limit)), await work.count(query)


def _mine(work: Work) -> tuple[ColumnElement[bool], ...]:
    return Message.member_id == work.identity.member_id, Message.channel == "in_app"


def _which(asked: Asked) -> list[ColumnElement[bool]]:
    which: list[ColumnElement[bool]] = []
    if asked.only == "unread":
        which.append(Message.read_at.is_(None))
    elif asked.only == "read":
        which.append(Message.read_at.is_not(None))
    if asked.words:
        which.append(or_(*(c.icontains(asked.words, autoescape=True) for c in (Message.subject, Message.body))))
    return which


async def receipts(work: Work, event: str) -> Sequence[Receipt]:
    """Who was told of an event, by which way, and when each has read it: those who have not come first."""
    rows = await work.rows(
        select(Member.name, Message.channel, Message.state, Message.error, Message.sent_at, Message.read_at)
        .join(Member, (Member.tenant_id == Message.tenant_id) & (Member.id == Message.member_id))
        .where(Message.event == event)
        .order_by(Message.read_at.asc().nulls_first(), Member.name, Message.channel.desc())
    )
    return [Receipt(*row) for row in rows]


async def sent(work: Work, asked: Asked) -> tuple[Sequence[Sent], int]:
    """What this person's acts told others of, newest first, and how many events there are in all."""
    work.require("message:read")
    query = _events(work)
    rows = await work.rows(
        query.order_by(func.min(Message.created_at).desc()).limit(asked.size).offset((asked.page - 1) * asked.size)
    )
    return [Sent(*row) for row in rows], await work.count(query)


def _events(work: Work) -> Select[str, str, str, datetime, int, int, int]:
    in_app = Message.channel == "in_app"
    return (
        select(
            Message.event,
            func.min(Message.subject),
            func.min(Message.link),
            func.min(Message.created_at),
            func.count().filter(in_app),
            func.count().filter(in_app, Message.read_at.is_not(None)),
            func.count().filter(Message.state.in_(("failed", "unknown"))),
        )
        .where(Message.sent_by == work.identity.member_id)
        .group_by(Message.event)
    )


async def told(work: Work, event: str) -> Message:
    """The message of an event as it was worded; raises NotFound."""
    return await work.one(select(Message).where(Message.event == event))


async def was_sent_by(work: Work, event: str) -> UUID | None:
    """The member whose act an event was."""
    return await work.first(select(Message.sent_by).where(Message.event == event))
