"""The scheduler: fires what comes round, and seals the trail; any number of them may run."""

import asyncio
import contextlib
import signal
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime, timedelta
from uuid import UUID

import structlog
import uvloop
from sqlalchemy import CursorResult
from sqlalchemy.dialects.postgresql import insert

from services.kernel import clock
from services.kernel.bench import system
from services.kernel.database import OUTAGES, Database, Sessions, login_urls
from services.kernel.faults import where
from services.kernel.installation import role_secret
from services.kernel.schedules import SCHEDULES, Schedule, ScheduleRun
from services.kernel.sealer import Sealer
from services.kernel.settings import Settings
from services.kernel.table import Login
from services.kernel.wakeup import Wakeup
from services.kernel.work import open_work

log = structlog.get_logger("anzhen.scheduler")

Tenants = Callable[[Sessions], Awaitable[Mapping[UUID, str]]]
"""The active tenants and the kind of each; the kernel knows no township word."""

TICK_SECONDS = 1.0
TENANTS_LAST = timedelta(seconds=20)
HARD_END_SECONDS = 8
AWAY_SECONDS = 2.0


class Scheduler:
    """Fires slots."""

    def __init__(self, sessions: Sessions) -> None:
        self._sessions = sessions
        self._fired: dict[tuple[str, UUID], datetime] = {}

    async def fire_due(self, tenants: Mapping[UUID, str], now: datetime) -> int:
        """Fire what has come round since; tells for how many tenants and jobs we were the first."""
        first = 0
        for schedule in SCHEDULES:
            slot = schedule.slot(now)
            for tenant, kind in tenants.items():
                if kind in schedule.kinds and self._fired.get((schedule.job.name, tenant)) != slot:
                    first += await self._fire(schedule, tenant, slot)
                    self._fired[schedule.job.name, tenant] = slot
        return first

    async def _fire(self, schedule: Schedule, tenant: UUID, slot: datetime) -> bool:
        async with open_work(self._sessions, system(tenant), frozenset()) as work:
            run = {
                "tenant_id": tenant,
                "id": clock.new_id(),
                "job": schedule.job.name,
                "slot": slot,
                "fired_at": work.now,
            }
            done = await work.session.execute(insert(ScheduleRun.__table__).values(run).on_conflict_do_nothing())  # type: ignore[arg-type]
            is_first = isinstance(done, CursorResult) and done.rowcount == 1
            if is_first:
                work.send(schedule.job)
            return is_first


def run(settings: Settings, tenants: Tenants) -> int:
    """One scheduler until SIGTERM; raises UnsafeLogin."""
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(_schedule(settings, tenants))


async def _schedule(settings: Settings, tenants: Tenants) -> int:
    stop = _asked_to_stop()
    wakeup = Wakeup(settings.redis_url)
    urls = login_urls(settings.database_url or "", role_secret(settings), settings.role_urls)
    database = Database(urls, wakeup.ring)
    try:
        await database.refuse_unsafe_logins(Login.WORKER)
        log.info("scheduler started", schedules=len(SCHEDULES))
        places = _Places(database, tenants)
        await asyncio.gather(
            _again(stop, TICK_SECONDS, _firing(Scheduler(database), places)),
            _again(stop, TICK_SECONDS, _sealing(Sealer(database), places)),
        )
    finally:
        await wakeup.close()
        await database.close()
    log.info("scheduler ended")
    return 0


class _Places:
    """The list of tenants, asked again now and then."""

    def __init__(self, sessions: Sessions, tenants: Tenants) -> None:
        self._sessions, self._tenants = sessions, tenants
        self._until = datetime.min.replace(tzinfo=clock.SHANGHAI)
        self._known: Mapping[UUID, str] = {}

    async def known(self) -> Mapping[UUID, str]:
        if clock.now() >= self._until:
            self._known = await self._tenants(self._sessions)
            self._until = clock.now() + TENANTS_LAST
        return self._known


def _firing(scheduler: Scheduler, places: _Places) -> Callable[[], Awaitable[float]]:
    async def fire() -> float:
        await scheduler.fire_due(await places.known(), clock.now())
        return 0.0

    return fire


def _sealing(sealer: Sealer, places: _Places) -> Callable[[], Awaitable[float]]:
    async def seal() -> float:
        return await sealer.sweep(list(await places.known()))

    return seal


async def _again(stop: asyncio.Event, seconds: float, act: Callable[[], Awaitable[float]]) -> None:
    """Do it again and again; `act` may ask for more rest than `seconds`. While the database is away, wait for it."""
    while not stop.is_set():
        try:
            rest = max(seconds, await act())
        except OUTAGES as error:
            log.warning("scheduler waits", error=where(error))
            rest = AWAY_SECONDS
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(stop.wait(), rest)


def _asked_to_stop() -> asyncio.Event:
    stop = asyncio.Event()

    def ask() -> None:
        signal.alarm(HARD_END_SECONDS)
        stop.set()

    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, ask)
    return stop
