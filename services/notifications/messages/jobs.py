"""E-mail goes out in the background, each letter in two transactions around the sending."""

import asyncio
from uuid import UUID

from services.kernel.bench import Bench
from services.kernel.jobs import job
from services.notifications.channels.chosen import mail_server
from services.notifications.channels.email import Doubtful, NotAccepted, deliver
from services.notifications.messages.delivery import begin_sending, end_sending


@job(queue="mail", rights={"message:post"}, split=True)
async def send_email(bench: Bench, message_id: UUID) -> None:
    """Hand one letter in; a refused one is tried again later, a doubtful one never by itself."""
    server = mail_server()
    if server is None:
        raise NotAccepted("没有设置邮件服务器")
    async with bench.work() as work:
        letter = await begin_sending(work, message_id)
    if letter is None:
        return
    state, error, refused = "sent", None, None
    try:
        await asyncio.to_thread(deliver, server, letter)
    except NotAccepted as reason:
        state, error, refused = "failed", str(reason), reason
    except Doubtful as reason:
        state, error = "unknown", f"{reason}，无法确定对方是否收到；系统不会自动重发"
    async with bench.work() as work:
        await end_sending(work, message_id, state, error)
    if refused:
        raise refused
