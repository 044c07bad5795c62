"""Messages for programs: the same questions and acts as the pages."""

from collections.abc import AsyncIterator
from datetime import datetime
from uuid import UUID

import msgspec
from litestar import Router, get, post
from litestar.di import Provide
from litestar.params import FromPath, FromQuery

from services.kernel.work import Work
from services.notifications.messages import actions, queries
from services.notifications.messages.models import Message
from services.tenancy.door import AnyRequest, CurrentWork, Cursor, Limit, needs, stretch, work_of

READ = needs("message:read")


class MessageOut(msgspec.Struct, frozen=True, kw_only=True):
    """A message as its reader sees it."""

    id: UUID
    subject: str
    body: str
    link: str
    created_at: datetime
    read_at: datetime | None

    @classmethod
    def of(cls, row: Message) -> "MessageOut":
        """The message of a row."""
        return cls(
            id=row.id, subject=row.subject, body=row.body, link=row.link, created_at=row.created_at, read_at=row.read_at
        )


class Messages(msgspec.Struct, frozen=True):
    """One stretch of messages, the newest first, how many there are in all, and where the next begins; None after the last."""

    total: int
    unread: int
    messages: list[MessageOut]
    next_cursor: UUID | None


class Count(msgspec.Struct, frozen=True):
    """A number of messages."""

    count: int


async def own_work(request: AnyRequest) -> AsyncIterator[Work]:
    """Messages are a person's own rows, also for the district."""
    async with work_of(request, request.user.writes_as) as work:
        yield work


@get("/", opt=READ)
async def list_messages(
    work: CurrentWork, *, unread: FromQuery[bool] = False, cursor: Cursor = None, limit: Limit = 20
) -> Messages:
    """What I was told."""
    asked = queries.Asked(only="unread" if unread else "")
    found, total = await queries.inbox_before(work, asked, cursor, limit + 1)
    rows, following = stretch(found, limit)
    return Messages(total, await queries.unread(work), [MessageOut.of(row) for row in rows], following)


@get("/unread", opt=READ)
async def count_unread(work: CurrentWork) -> Count:
    """How many messages wait for me."""
    return Count(await queries.unread(work))


@post("/{message_id:uuid}/read", opt=READ, status_code=200)
async def read_message(work: CurrentWork, message_id: FromPath[UUID]) -> MessageOut:
    """Leave the receipt for one message."""
    return MessageOut.of(await actions.read(work, message_id))


@post("/read-all", opt=READ, status_code=200)
async def read_everything(work: CurrentWork) -> Count:
    """Leave the receipts for everything unread; answers how many there were."""
    return Count(await actions.read_all(work))


router = Router(
    "/api/v1/messages",
    route_handlers=[list_messages, count_unread, read_message, read_everything],
    dependencies={"work": Provide(own_work)},
    tags=["messages"],
)
