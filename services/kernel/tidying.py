"""What was done long ago is cleared away: proofs of delivery stay in the trail, not in the queues."""

from datetime import time, timedelta

from sqlalchemy import delete

from services.kernel.jobs import job
from services.kernel.outbox import Inbox, Outbox
from services.kernel.repeats import STAY, KeptAnswer
from services.kernel.schedules import ScheduleRun, scheduled
from services.kernel.work import Work

OUTBOX_STAYS = timedelta(days=30)
INBOX_STAYS = timedelta(days=60)
"""Longer than any outbox row, so that nothing can be done again."""


@scheduled(at=time(3, 0), kinds=["township", "district", "platform"])
@job(queue="upkeep")
async def tidy(work: Work) -> None:
    """Delete finished outbox rows after thirty days, and their proofs and the fired slots after sixty; first answers after a day."""
    await work.session.execute(delete(Outbox).where(Outbox.state == "done", Outbox.done_at < work.now - OUTBOX_STAYS))
    await work.session.execute(delete(Inbox).where(Inbox.done_at < work.now - INBOX_STAYS))
    await work.session.execute(delete(KeptAnswer).where(KeptAnswer.at < work.now - STAY))
    await work.session.execute(delete(ScheduleRun).where(ScheduleRun.fired_at < work.now - INBOX_STAYS))
