"""The worker: hears bells, runs each row's job in one transaction with its proof, and never does anything twice.

One process: Dramatiq's threads fetch and wait, one loop does the work, a relay rings beside them. SIGTERM ends it at once
when idle and after the jobs in hand otherwise; an alarm ends it the hard way should a thread hang.
"""

import asyncio
import contextlib
import signal
from collections import defaultdict
from collections.abc import Sequence
from typing import Any
from uuid import UUID

import structlog
import uvloop
from dramatiq import Actor
from dramatiq.worker import Worker
from sqlalchemy import text

from services.kernel import clock
from services.kernel.bells import ACTOR, Bells
from services.kernel.bench import Bench, system
from services.kernel.database import Database, Scope, Sessions, beneath, login_urls
from services.kernel.faults import NoSuchJob, where
from services.kernel.installation import role_secret
from services.kernel.jobs import REGISTRY, Job
from services.kernel.outbox import MOST_ATTEMPTS, NAMESPACE, Pace
from services.kernel.relay import Relay
from services.kernel.settings import Settings, SettingsError
from services.kernel.table import Login
from services.kernel.wakeup import Wakeup
from services.kernel.work import Work, open_work

log = structlog.get_logger("anzhen.worker")

THREADS = 12
BELLS_AHEAD = 16
HARD_END_SECONDS = 12
DEFAULT_QUEUE = "default"
"""Where rows of unknown queues are rung, so that somebody says that they are unknown."""

BEGIN = text("""
UPDATE outbox SET begun_at = :now, lease = :until, attempts = attempts + 1
WHERE tenant_id = :tenant AND id = ANY(:ids) AND state = 'pending' AND begun_at IS NULL AND lease > :now
RETURNING id, job, args, attempts
""")
TAKE = """
WITH taken AS (
  INSERT INTO inbox (tenant_id, id, done_at) SELECT $1, id, $3 FROM unnest($2::uuid[]) AS id ORDER BY id
  ON CONFLICT DO NOTHING RETURNING id
), done AS (
  UPDATE outbox SET state = 'done', done_at = $3, lease = NULL, error = NULL WHERE tenant_id = $1 AND id = ANY($2)
)
SELECT id FROM taken
"""
FAIL = text("""
UPDATE outbox SET state = :state, due_at = :due_at, lease = NULL, begun_at = NULL, error = :error
WHERE tenant_id = :tenant AND id = :id AND state = 'pending'
""")


class Runner:
    """Runs outbox rows by their ids."""

    def __init__(self, sessions: Sessions, pace: Pace) -> None:
        self._sessions, self._pace = sessions, pace

    async def run(self, pairs: Sequence[tuple[UUID, UUID]]) -> None:
        """Take up every row of one bell that is still to be done, one after the other."""
        by_tenant: defaultdict[UUID, list[UUID]] = defaultdict(list)
        for tenant, row in pairs:
            by_tenant[tenant].append(row)
        for tenant, ids in by_tenant.items():
            by_job: defaultdict[str, list[Any]] = defaultdict(list)
            for row in await self._begin(tenant, ids):
                by_job[row.job].append(row)
            for rows in by_job.values():
                await self._run_all(tenant, rows)

    async def _begin(self, tenant: UUID, ids: Sequence[UUID]) -> Sequence[Any]:
        """The rows that nobody else has taken up under this lease, now counted as begun."""
        now = clock.now()
        values = {"now": now, "until": now + self._pace.lease, "tenant": tenant, "ids": list(ids)}
        async with self._sessions.session(Login.WORKER, Scope(tenant_id=tenant)) as session:
            rows = (await session.execute(BEGIN, values)).all()
            await session.commit()
        return rows

    async def _run_all(self, tenant: UUID, rows: Sequence[Any]) -> None:
        """Rows of one job: together where they can be, else each by itself, so that one that fails holds up no other."""
        job = REGISTRY.get(rows[0].job)
        if job and not job.split and len(rows) > 1:
            with contextlib.suppress(Exception):
                await self._whole(job, tenant, rows)
                return
        for row in rows:
            await self._run_one(tenant, row)

    async def _run_one(self, tenant: UUID, row: Any) -> None:
        try:
            job = known(row.job)
            await (self._split(job, tenant, row) if job.split else self._whole(job, tenant, [row]))
        except Exception as error:  # noqa: BLE001 - whatever went wrong is kept and tried again
            await self._failed(tenant, row, error)

    async def _whole(self, job: Job, tenant: UUID, rows: Sequence[Any]) -> None:
        """Proofs, effects and ends in one transaction."""
        async with open_work(self._sessions, system(tenant), job.rights) as work:
            new = await take(work, [row.id for row in rows])
            for row in rows:
                if row.id in new:
                    await job.function(work, *job.restored(row.args))
                    await work.flush()

    async def _split(self, job: Job, tenant: UUID, row: Any) -> None:
        """The function opens its own transactions; the lease is kept while it runs."""
        bench = Bench(self._sessions, system(tenant), job.rights, row.id, lease=self._pace.lease)
        async with bench.kept():
            await job.function(bench, *job.restored(row.args))
        async with bench.work() as work:
            await take(work, [row.id])

    async def _failed(self, tenant: UUID, row: Any, error: Exception) -> None:
        is_dead = row.attempts >= MOST_ATTEMPTS or isinstance(error, NoSuchJob)
        told = where(error)
        log.warning("job failed", job=row.job, tenant=str(tenant), outbox=str(row.id), attempt=row.attempts, error=told)
        values = {
            "state": "dead" if is_dead else "pending",
            "due_at": clock.now() + self._pace.delay(row.attempts),
            "error": told,
            "tenant": tenant,
            "id": row.id,
        }
        try:
            async with self._sessions.session(Login.WORKER, Scope(tenant_id=tenant)) as session:
                await session.execute(FAIL, values)
                await session.commit()
        except Exception as unkept:  # noqa: BLE001 - the database is away: the lease ends, and the row is rung again
            log.warning("failure not kept", outbox=str(row.id), error=type(unkept).__name__)


async def take(work: Work, ids: Sequence[UUID]) -> set[UUID]:
    """Write the proofs that these rows' effects are in the transaction; tells which were in no earlier one."""
    connection = await beneath(work.session)
    return {row["id"] for row in await connection.fetch(TAKE, work.tenant_id, ids, work.now)}


def known(name: str) -> Job:
    """The registered job of that name; raises NoSuchJob."""
    try:
        return REGISTRY[name]
    except KeyError:
        raise NoSuchJob from None


def queues() -> set[str]:
    """The queues of all registered jobs, and the one for what nobody knows."""
    return {job.queue for job in REGISTRY.values()} | {DEFAULT_QUEUE}


def slow_queues() -> set[str]:
    """The queues of jobs that wait for something outside."""
    return {job.queue for job in REGISTRY.values() if job.split}


def run(settings: Settings, *, namespace: str = NAMESPACE, pace: Pace | None = None) -> int:
    """One worker until SIGTERM; raises SettingsError without Redis, UnsafeLogin, and whatever keeps it from the database."""
    if settings.redis_url is None:
        raise SettingsError("后台任务需要消息队列，请设置 ANZHEN_REDIS_URL，或用 anzhen up 启动")
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(_work(settings, settings.redis_url, namespace, pace or Pace()))


async def _work(settings: Settings, redis_url: str, namespace: str, pace: Pace) -> int:
    stop = _asked_to_stop()
    wakeup = Wakeup(redis_url, namespace=namespace)
    urls = login_urls(settings.database_url or "", role_secret(settings), settings.role_urls)
    database = Database(urls, wakeup.ring)
    try:
        await database.refuse_unsafe_logins(Login.WORKER, Login.RELAY)
        bells = Bells(redis_url, namespace=namespace)
        relay = Relay(database, bells, default=DEFAULT_QUEUE, slow=slow_queues(), pace=pace)
        worker = _started(bells, Runner(database, pace))
        listening = asyncio.create_task(wakeup.listen(relay.woken))
        log.info("worker started", jobs=len(REGISTRY), queues=sorted(queues()))
        await relay.run(stop)
        listening.cancel()
        await asyncio.to_thread(worker.stop, (HARD_END_SECONDS - 4) * 1000)
    finally:
        await wakeup.close()
        await database.close()
    log.info("worker ended")
    return 0


def _asked_to_stop() -> asyncio.Event:
    stop = asyncio.Event()

    def ask() -> None:
        signal.alarm(HARD_END_SECONDS)
        stop.set()

    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, ask)
    return stop


def _started(bells: Bells, runner: Runner) -> Worker:
    """Dramatiq's threads, each of which hands a bell to our loop and waits for it."""
    loop = asyncio.get_running_loop()

    async def heard(pairs: list[list[str]]) -> None:
        try:
            await runner.run([(UUID(tenant), UUID(row)) for tenant, row in pairs])
        except Exception as error:  # noqa: BLE001 - the database is away: the leases end, and the rows are rung again
            log.warning("bell lost", error=where(error))

    def run_bell(pairs: list[list[str]]) -> None:
        asyncio.run_coroutine_threadsafe(heard(pairs), loop).result()

    Actor(run_bell, broker=bells, actor_name=ACTOR, queue_name=DEFAULT_QUEUE, priority=0, options={})
    for queue in queues():
        bells.declare_queue(queue)
    worker = Worker(bells, worker_threads=THREADS, worker_timeout=200)
    worker.queue_prefetch = BELLS_AHEAD
    worker.start()
    return worker
