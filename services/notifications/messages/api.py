"""Messages for programs: the same questions and acts as the pages."""

from collections.abc import AsyncIterator
from datetime import datetime
from typing import Annotated
from uuid import UUID

import msgspec
from litestar import Router, get, post
from litestar.di import Provide
from litestar.params import FromPath, FromQuery, QueryParameter

from services.kernel.work import Work
from services.notifications.messages import actions, queries
from services.notifications.messages.models import Message
from services.tenancy.door import AnyRequest, CurrentWork, needs, work_of

READ = needs("message:read")
PageNumber = Annotated[int, QueryParameter(ge=1, le=10_000)]
Size = Annotated[int, QueryParameter(ge=1, le=100)]


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
    """One page of messages, unread first, and how many there are in all."""

    total: int
    unread: int
    messages: list[MessageOut]


class Count(msgspec.Struct, frozen=True):
    """A number of messages."""

    count: int


async def own_work(request: AnyRequest) -> AsyncIterator[Work]:
    """Messages are a person's own rows, also for the district."""
    async with work_of(request, request.user.writes_as) as work:
        yield work


@get("/", opt=READ)
async def list_messages(
    work: CurrentWork, page: PageNumber = 1, size: Size = 20, *, unread: FromQuery[bool] = False
) -> Messages:
    """What I was told."""
    rows, total = await queries.inbox(work, queries.Asked(only="unread" if unread else "", page=page, size=size))
    return Messages(total, await queries.unread(work), [MessageOut.of(row) for row in rows])


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
