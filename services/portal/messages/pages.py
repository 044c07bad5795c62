"""What I was told, and who has read what I sent."""

from collections.abc import AsyncIterator, Sequence
from uuid import UUID

from litestar import Router, get, post
from litestar.di import Provide
from litestar.params import FromPath
from litestar.response import Redirect, Template

from services.kernel.refusals import NotFound
from services.kernel.table import Login
from services.kernel.work import Work, open_work
from services.notifications import messages
from services.portal.fields import FormData, Page, page_number, word
from services.portal.frame import AnyRequest, page, says
from services.tenancy.door import CurrentWork, needs
from services.tenancy.signing_in.person import Person

says(messages_read="已全部标为已读", message_read="已标为已读")
DELIVERY = {
    "pending": ("info", "等待发送"),
    "sending": ("info", "正在发送"),
    "sent": ("good", "已送达"),
    "failed": ("late", "未送达"),
    "unknown": ("amber", "不确定"),
}
CHANNELS = {"in_app": "系统消息", "email": "邮件"}
READ = needs("message:read")


async def own_work(request: AnyRequest) -> AsyncIterator[Work]:
    """Messages are a person's own rows: the district reads its own at its desk, not in the towns."""
    person: Person = request.user
    async with open_work(request.app.state.sessions, person.acting_on(person.writes_as), person.rights) as work:
        request.state.unread = await messages.unread(work)
        yield work


@get("/messages", opt=READ)
async def inbox(request: AnyRequest, work: CurrentWork) -> Template:
    """消息."""
    asked = _asked(request)
    rows, total = await messages.inbox(work, asked)
    return page(
        request,
        "messages/inbox.html",
        rows=rows,
        at=Page(number=asked.page, total=total, size=asked.size),
        is_filtered=bool(asked.only or asked.words),
        sees_receipts=_sees_receipts(request),
    )


def _asked(request: AnyRequest) -> messages.Asked:
    query = request.query_params
    only, typed = word(query, "only"), word(query, "words").strip()[:60]
    return messages.Asked(only=only if only in {"unread", "read"} else "", words=typed, page=page_number(query))


def _sees_receipts(request: AnyRequest) -> bool:
    """An enterprise sees no rows of other people, so it could only ever see a part of the receipts."""
    return request.user.login is not Login.ENTERPRISE


@post("/messages/{message_id:uuid}/open", opt=READ)
async def open_message(work: CurrentWork, message_id: FromPath[UUID]) -> Redirect:
    """Go to what a message is about; that is the receipt."""
    return Redirect((await messages.read(work, message_id)).link, status_code=303)


@post("/messages/{message_id:uuid}/read", opt=READ)
async def read_message(work: CurrentWork, message_id: FromPath[UUID], data: FormData) -> Redirect:
    """Mark one message as read and stay in the list."""
    await messages.read(work, message_id)
    return Redirect(_back(word(data, "here")), status_code=303)


def _back(here: str) -> str:
    return here if here == "/messages" or here.startswith("/messages?") else "/messages"


@post("/messages/read-all", opt=READ)
async def read_everything(work: CurrentWork) -> Redirect:
    """Mark all of one's messages as read."""
    await messages.read_all(work)
    return Redirect("/messages?done=messages-read", status_code=303)


@get("/messages/sent", opt=READ)
async def sent(request: AnyRequest, work: CurrentWork) -> Template:
    """我发出的."""
    if not _sees_receipts(request):
        raise NotFound
    asked = _asked(request)
    rows, total = await messages.sent(work, asked)
    return page(request, "messages/sent.html", rows=rows, at=Page(number=asked.page, total=total, size=asked.size))


@get("/messages/receipts", opt=READ)
async def receipts(request: AnyRequest, work: CurrentWork) -> Template:
    """谁已读."""
    event = word(request.query_params, "event")
    if not _sees_receipts(request) or await messages.was_sent_by(work, event) != work.identity.member_id:
        raise NotFound
    rows = await messages.receipts(work, event)
    return page(
        request,
        "messages/receipts.html",
        rows=rows,
        told=await messages.told(work, event),
        readers=_readers(rows),
        delivery=DELIVERY,
        channels=CHANNELS,
    )


def _readers(rows: Sequence[messages.Receipt]) -> tuple[int, int]:
    inside = [row for row in rows if row.channel == "in_app"]
    return sum(row.read_at is not None for row in inside), len(inside)


router = Router(
    "/",
    route_handlers=[inbox, open_message, read_message, read_everything, sent, receipts],
    dependencies={"work": Provide(own_work)},
    include_in_schema=False,
)
