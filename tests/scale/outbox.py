"""Background jobs from commit to done, each in a transaction with its proof, against Dramatiq alone on the same Redis."""

import asyncio
import contextlib
import subprocess
import sys
import time
from collections.abc import AsyncIterator
from datetime import datetime
from statistics import median
from typing import Any

import asyncpg  # type: ignore[import-untyped]

from services.kernel import clock
from services.kernel.bells import Bells
from services.kernel.database import Database, login_urls
from services.kernel.outbox import Pace
from services.kernel.relay import BATCH, Relay
from services.kernel.wakeup import Wakeup
from services.kernel.work import open_work
from tests.scale.figures import Asked, ratios, spread, three, told
from tests.scale.house import SECRET, House
from tests.scale.jobs import QUEUE, nothing

JOBS = 2000
SINGLES = 20
PEER_JOBS = 8000
PATIENCE_SECONDS = 60
CELERY_TO_DRAMATIQ = 0.24
PROCRASTINATE_TO_DRAMATIQ = 0.175
"""What both reached against Dramatiq with this prefetch when all were measured together: they are no dependencies of ours."""
FILL = """
INSERT INTO outbox (tenant_id, id, job, args, queue, due_at, attempts, state)
SELECT $1, uuidv7(), $2, '[]', $3, $4, 0, 'pending' FROM generate_series(1, $5::int)
"""
DONE = "SELECT count(*) FROM outbox WHERE queue = $1 AND state = 'done'"
RATE = "SELECT (count(*) - 1) / extract(epoch FROM max(done_at) - min(done_at))::float8 FROM outbox WHERE queue = $1"


async def measure(house: House, asked: Asked) -> None:
    """One and a half times Celery and twice procrastinate on one process; idle, a job begins within 20 ms."""
    rounds = max(3, asked.rounds // 2)
    connection = await asyncpg.connect(house.dsn())
    try:
        ours, peer, starts, relayed = [], [], list[float](), []
        for turn in range(rounds):
            relayed.append(await _relayed(house, connection, f"relay-{turn}"))
            async with _worker(house, f"scale-{turn}"):
                if turn == 0:
                    starts = await _starts(house, connection, f"scale-{turn}")
                ours.append(await _drained(house, connection))
            peer.append(await asyncio.to_thread(_peer, house, f"peer-{turn}"))
    finally:
        await connection.close()
    share = median(mine / theirs for mine, theirs in zip(ours, peer, strict=True))
    told(
        asked,
        "outbox",
        {
            "≥ 1.5 × Celery (0.36 × Dramatiq)": share >= 1.5 * CELERY_TO_DRAMATIQ,
            "≥ 2 × procrastinate (0.35 × Dramatiq)": share >= 2 * PROCRASTINATE_TO_DRAMATIQ,
            "relay ≥ 20,000 a second": median(relayed) >= 20_000,
            "commit → start p50 ≤ 20 ms": median(starts) <= 20,
        },
        unit="jobs a second on one process",
        ours=spread(ours),
        peer=spread(peer),
        ratio_to_peer=ratios(ours, peer),
        relay_rows_a_second=spread(relayed),
        commit_to_start_ms={"p50": three(median(starts)), "max": three(max(starts))},
    )


@contextlib.asynccontextmanager
async def _worker(house: House, namespace: str) -> AsyncIterator[None]:
    """One worker process of ours, up and idle."""
    log = house.settings.home / f"{namespace}.log"
    command = [sys.executable, "-m", "tests.scale.processes", "ours", namespace]
    with log.open("ab") as output:
        process = subprocess.Popen(command, env=house.environment(), stdout=output, stderr=output)  # noqa: ASYNC220 - starting waits for nothing
    try:
        async with asyncio.timeout(PATIENCE_SECONDS):
            while b"worker started" not in log.read_bytes():  # noqa: ASYNC110 - another process's state
                await asyncio.sleep(0.05)
        yield
    finally:
        process.terminate()
        await asyncio.to_thread(process.wait, 30)


async def _fill(house: House, connection: asyncpg.Connection, queue: str, count: int) -> None:
    await connection.execute("DELETE FROM outbox; DELETE FROM inbox")
    await connection.execute("VACUUM ANALYZE outbox")
    await connection.execute(FILL, house.people[0].tenant, nothing.name, queue, clock.now(), count)


async def _drained(house: House, connection: asyncpg.Connection) -> float:
    """Jobs that were committed at once and then done, by the times that stand in their rows."""
    await _fill(house, connection, QUEUE, JOBS)
    await _done(connection, JOBS)
    return float(await connection.fetchval(RATE, QUEUE))


async def _done(connection: asyncpg.Connection, count: int) -> None:
    async with asyncio.timeout(PATIENCE_SECONDS):
        while await connection.fetchval(DONE, QUEUE) < count:
            await asyncio.sleep(0.1)


async def _starts(house: House, connection: asyncpg.Connection, namespace: str) -> list[float]:
    """Milliseconds from a commit to the moment at which an idle worker takes the job up."""
    await _fill(house, connection, QUEUE, 0)
    wakeup = Wakeup(house.settings.redis_url, namespace=namespace)
    database = Database(login_urls(house.admin, SECRET), wakeup.ring)
    person, waits = house.people[0], []
    for count in range(1, SINGLES + 1):
        async with open_work(database, person, person.rights) as work:
            work.send(nothing)
        committed = clock.now()
        await _done(connection, count)
        begun: datetime = await connection.fetchval("SELECT max(begun_at) FROM outbox")
        waits.append((begun - committed).total_seconds() * 1000)
    await database.close()
    await wakeup.close()
    return waits


async def _relayed(house: House, connection: asyncpg.Connection, namespace: str) -> float:
    """Rows that a relay claims and rings in a second, in batches as large as they come."""
    await _fill(house, connection, QUEUE, BATCH)
    database = house.database()
    bells = Bells(house.settings.redis_url or "", namespace=namespace)
    bells.declare_queue(QUEUE)
    relay = Relay(database, bells, default=QUEUE, slow=(), pace=Pace())
    await relay.ring_due()
    again: Any = "UPDATE outbox SET lease = NULL"
    await connection.execute(again)
    bells.client.flushdb()
    begun = time.perf_counter()
    await relay.ring_due()
    took = time.perf_counter() - begun
    await database.close()
    bells.client.flushdb()
    return BATCH / took


def _peer(house: House, namespace: str) -> float:
    command = [sys.executable, "-m", "tests.scale.processes", "peer", namespace, str(PEER_JOBS)]
    done = subprocess.run(command, env=house.environment(), capture_output=True, check=True, timeout=180)
    return float(done.stdout)
