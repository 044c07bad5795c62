"""The relay: finds outbox rows that are due, in all towns at once, and rings their bells; knows ids and nothing else.

Any number of relays may run: each row is claimed by one of them, under a lease.
"""

import asyncio
import contextlib
import json
import time
from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

import structlog
from redis.asyncio import Redis
from redis.exceptions import RedisError
from sqlalchemy import text

from services.kernel import clock
from services.kernel.bells import Bells, beat_key
from services.kernel.database import OUTAGES, Scope, Sessions
from services.kernel.outbox import MOST_ATTEMPTS, NAMESPACE, Pace
from services.kernel.table import Login

log = structlog.get_logger("anzhen.relay")

BATCH = 500
ROWS_A_BELL = 16
"""Rows that one bell stands for: the queue's own cost is shared, and a killed worker holds up few."""
MOST_BELLS = 64
"""Bells that may wait or be under way in a queue: what is rung is begun long before its lease ends."""
MOST_SLOW_BELLS = 4
"""The same for a queue of split jobs, one row a bell: a slow mail server never takes all of a worker."""
LONGEST_BACKOFF_SECONDS = 5.0
GATHER_SECONDS = 0.01
FULL_SECONDS = 0.1
"""How soon a relay looks again whether a full queue has room."""
BEAT_SECONDS = 2.0
LATE = timedelta(minutes=1)
"""A row that nobody has rung a minute after it was due is late."""

CLAIM = text("""
WITH due AS (
  SELECT tenant_id, id FROM outbox
  WHERE state = 'pending' AND due_at <= :now AND (lease IS NULL OR lease <= :now)
    AND (queue = ANY(:slow)) = :is_slow AND queue <> ALL(:full)
  ORDER BY due_at LIMIT :most FOR UPDATE SKIP LOCKED
)
UPDATE outbox SET lease = :until, begun_at = NULL, state = CASE WHEN attempts >= :limit THEN 'dead' ELSE 'pending' END
FROM due WHERE outbox.tenant_id = due.tenant_id AND outbox.id = due.id
RETURNING outbox.tenant_id, outbox.id, outbox.queue, outbox.state, outbox.due_at
""")
GIVE_BACK = text(
    "UPDATE outbox SET lease = NULL WHERE tenant_id = ANY(:tenants) AND id = ANY(:ids) AND begun_at IS NULL"
)


class Relay:
    """One relay, living in a worker's process: where nobody works, nothing is rung in vain."""

    def __init__(self, sessions: Sessions, bells: Bells, *, default: str, slow: Iterable[str], pace: Pace) -> None:
        self._sessions, self._bells, self._pace = sessions, bells, pace
        self._default, self._slow = default, sorted(slow)
        self.woken = asyncio.Event()
        """Set by whoever knows that there may be something to ring."""
        self._waiting = 0.0
        self._beaten_at = float("-inf")

    async def run(self, stop: asyncio.Event) -> None:
        """Ring what is due until told to stop; waits, ever longer, while PostgreSQL or Redis is away."""
        ending = asyncio.create_task(self._wake_at(stop))
        failures = 0
        while not stop.is_set():
            self.woken.clear()
            try:
                pause = await self.ring_due()
                await self._beat()
            except (RedisError, *OUTAGES) as error:
                failures += 1
                if failures == 1:
                    log.warning("relay waits", error=type(error).__name__)
                await _either(stop, min(0.1 * 2**failures, LONGEST_BACKOFF_SECONDS))
                continue
            failures = 0
            if pause:
                # Many wake-ups in a row are gathered into one look.
                await asyncio.sleep(GATHER_SECONDS)
                await _either(self.woken, pause)
        ending.cancel()

    async def _wake_at(self, stop: asyncio.Event) -> None:
        await stop.wait()
        self.woken.set()

    async def ring_due(self) -> float:
        """Claim what is due, as far as the queues have room, and ring it; tells in how many seconds to look again."""
        queues, slow = self._bells.get_declared_queues(), set(self._slow)
        depths = await asyncio.to_thread(self._bells.depths, queues)
        full = [q for q in queues if depths[q] >= (MOST_SLOW_BELLS if q in slow else MOST_BELLS)]
        claimed = [*await self._claim(is_slow=False, full=full, most=BATCH)]
        is_tight, is_whole = bool(full), len(claimed) == BATCH
        for queue in slow.difference(full):
            others, most = [other for other in self._slow if other != queue], MOST_SLOW_BELLS - depths[queue]
            rows = await self._claim(is_slow=True, full=others, most=most)
            is_tight |= len(rows) == most
            claimed += rows
        await self._ring(claimed)
        self._waiting = max(((clock.now() - row.due_at).total_seconds() for row in claimed), default=0.0)
        if is_whole:
            return 0.0
        return FULL_SECONDS if is_tight else self._pace.look_every.total_seconds()

    async def _claim(self, *, is_slow: bool, full: Sequence[str], most: int) -> Sequence[Any]:
        now = clock.now()
        values = {
            "now": now,
            "until": now + self._pace.lease,
            "slow": self._slow,
            "is_slow": is_slow,
            "full": list(full),
            "most": most,
            "limit": MOST_ATTEMPTS,
        }
        async with self._sessions.session(Login.RELAY, Scope()) as session:
            claimed = (await session.execute(CLAIM, values)).all()
            await session.commit()
        for row in claimed:
            if row.state == "dead":
                log.error("dead letter", tenant=str(row.tenant_id), outbox=str(row.id), queue=row.queue)
        return [row for row in claimed if row.state != "dead"]

    async def _ring(self, claimed: Sequence[Any]) -> None:
        known = self._bells.get_declared_queues()
        rows: defaultdict[str, list[tuple[UUID, UUID]]] = defaultdict(list)
        for row in claimed:
            rows[row.queue if row.queue in known else self._default].append((row.tenant_id, row.id))
        bells = [
            (queue, pairs[start : start + size])
            for queue, pairs in rows.items()
            for size in (1 if queue in self._slow else ROWS_A_BELL,)
            for start in range(0, len(pairs), size)
        ]
        rung = await asyncio.to_thread(self._ring_all, bells)
        if rung < len(bells):
            await self._give_back([pair for _, pairs in bells[rung:] for pair in pairs])
            raise RedisError

    def _ring_all(self, bells: Sequence[tuple[str, Sequence[tuple[UUID, UUID]]]]) -> int:
        """How many were rung before Redis went away."""
        for done, (queue, pairs) in enumerate(bells):
            try:
                self._bells.ring(queue, pairs)
            except RedisError:
                return done
        return len(bells)

    async def _give_back(self, pairs: Sequence[tuple[UUID, UUID]]) -> None:
        async with self._sessions.session(Login.RELAY, Scope()) as session:
            await session.execute(
                GIVE_BACK, {"tenants": [tenant for tenant, _ in pairs], "ids": [row for _, row in pairs]}
            )
            await session.commit()

    async def _beat(self) -> None:
        """Tell in Redis that a relay lives, and how long the oldest row that it just rang had waited."""
        if time.monotonic() - self._beaten_at < BEAT_SECONDS:
            return
        self._beaten_at = time.monotonic()
        await asyncio.to_thread(self._bells.beat, json.dumps({"waiting": self._waiting}))


async def _either(event: asyncio.Event, seconds: float) -> None:
    """Wait for an event or for a time, whichever comes first."""
    with contextlib.suppress(TimeoutError):
        await asyncio.wait_for(event.wait(), seconds)


async def delayed(redis_url: str | None, *, namespace: str = NAMESPACE) -> str | None:
    """Why messages are late (通知延迟), or None: Redis is away, no relay lives, or it is more than a minute behind."""
    if redis_url is None:
        return "未设置消息队列"
    try:
        async with Redis.from_url(redis_url, socket_connect_timeout=1, socket_timeout=1) as client:
            beat = await client.get(beat_key(namespace))
    except (RedisError, OSError):
        return "消息队列连不上"
    if beat is None:
        return "后台任务没有运行"
    return "后台任务积压" if json.loads(beat)["waiting"] > LATE.total_seconds() else None
