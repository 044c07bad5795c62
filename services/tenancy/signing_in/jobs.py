"""What is over at the door is cleared away at night."""

from datetime import time

from sqlalchemy import delete, or_

from services.kernel.bench import Bench
from services.kernel.jobs import job
from services.kernel.schedules import scheduled
from services.kernel.table import Login
from services.tenancy.signing_in.models import KnownDevice, Throttle, UserSession
from services.tenancy.signing_in.throttles import WINDOW


@scheduled(at=time(3, 10), kinds=["platform"])
@job(queue="upkeep", split=True)
async def tidy_the_door(bench: Bench) -> None:
    """Delete sessions and known devices that have ended, and counts that hold nobody back any more."""
    async with bench.work(Login.IDENTITY) as work:
        for table in (UserSession, KnownDevice):
            await work.session.execute(delete(table).where(table.expires_at <= work.now))
        unlocked = or_(Throttle.locked_until.is_(None), Throttle.locked_until <= work.now)
        await work.session.execute(delete(Throttle).where(Throttle.window_from <= work.now - WINDOW, unlocked))
