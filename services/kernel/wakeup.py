"""The wake-up: once a transaction that wrote outbox rows has committed, the relays are told through Redis to look now.

Nothing depends on it: without Redis the relays look by themselves, only later.
"""

import asyncio
import contextlib
import time

from redis.asyncio import Redis
from redis.exceptions import RedisError

from services.kernel.outbox import NAMESPACE

AWAY_SECONDS = 5.0
"""How long a Redis that did not answer is left alone."""
PATIENCE_SECONDS = 1.0


class Wakeup:
    """One process's way of waking the relays, and of being woken."""

    def __init__(self, redis_url: str | None, *, namespace: str = NAMESPACE) -> None:
        self._url, self._channel = redis_url, f"{namespace}:wake"
        self._client: Redis | None = None
        self._wanted = False
        self._ringing: asyncio.Task[None] | None = None
        self._away_until = 0.0

    def ring(self) -> None:
        """Wake the relays soon; many calls at once are one ring, and nobody waits for it."""
        if self._url is None or time.monotonic() < self._away_until:
            return
        self._wanted = True
        if self._ringing is None or self._ringing.done():
            self._ringing = asyncio.get_running_loop().create_task(self._ring(self._url))

    async def _ring(self, url: str) -> None:
        self._client = self._client or Redis.from_url(
            url, socket_connect_timeout=PATIENCE_SECONDS, socket_timeout=PATIENCE_SECONDS
        )
        while self._wanted:
            self._wanted = False
            try:
                await self._client.publish(self._channel, b"")
            except (RedisError, OSError):
                self._away_until = time.monotonic() + AWAY_SECONDS
                return

    async def listen(self, woken: asyncio.Event) -> None:
        """Set `woken` at every ring, until cancelled; comes back by itself when Redis does."""
        while self._url is not None:
            with contextlib.suppress(RedisError, OSError):
                async with Redis.from_url(self._url, socket_connect_timeout=PATIENCE_SECONDS) as client:
                    pubsub = client.pubsub(ignore_subscribe_messages=True)
                    await pubsub.subscribe(self._channel)
                    async for _ in pubsub.listen():
                        woken.set()
            await asyncio.sleep(PATIENCE_SECONDS)

    async def close(self) -> None:
        """End the connection."""
        if self._ringing is not None:
            await asyncio.wait([self._ringing], timeout=PATIENCE_SECONDS)
        if self._client is not None:
            with contextlib.suppress(RedisError, OSError):
                await self._client.aclose()
