"""What becomes of an e-mail: pending, sending, then sent, failed or unknown."""

from uuid import UUID

from sqlalchemy import select

from services.kernel.work import Work
from services.notifications.channels.email import Letter
from services.notifications.messages.models import Message
from services.tenancy.members.models import Member

BROKEN_OFF = "发送过程中断，无法确定对方是否收到；请用其他方式确认，系统不会自动重发"


async def begin_sending(work: Work, message_id: UUID) -> Letter | None:
    """The letter to hand in, or None where nothing is to be sent.

    A message that is found in `sending` was begun by a run that broke off: nobody knows whether it went out.
    """
    work.require("message:post")
    message = await work.get(Message, message_id, lock=True)
    if message.state == "sending":
        message.state, message.error = "unknown", BROKEN_OFF
    if message.state not in {"pending", "failed"}:
        return None
    query = select(Member.email).where(Member.id == message.member_id, Member.state == "active")
    address = await work.first(query)
    if not address:
        message.state, message.error = "failed", "收件人已离开或没有邮箱地址"
        return None
    message.state, message.error = "sending", None
    return Letter(message_id=message.id, address=address, subject=message.subject, body=message.body, link=message.link)


async def end_sending(work: Work, message_id: UUID, state: str, error: str | None = None) -> None:
    """Keep what became of a letter."""
    message = await work.get(Message, message_id, lock=True)
    message.state, message.error = state, error
    if state == "sent":
        message.sent_at = work.now
