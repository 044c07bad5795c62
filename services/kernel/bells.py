"""Dramatiq's queues on Redis, in which only ids stand; losing them all loses nothing, the outbox rings again."""

import threading
from collections import defaultdict, deque
from collections.abc import Iterable, Sequence
from uuid import UUID, uuid4

import redis
from dramatiq import Message
from dramatiq.broker import Consumer, MessageProxy
from dramatiq.brokers.redis import RedisBroker

from services.kernel.outbox import NAMESPACE

HEARTBEAT_TIMEOUT_MS = 15_000
MAINTENANCE_CHANCE = 50_000
"""Of a million commands: so often bells that a dead worker had fetched are put back."""
LISTEN_SECONDS = 0.2
"""How long a consumer waits for a ring of its own process before it looks what others have rung."""
ACTOR = "run"
BEAT_LASTS_SECONDS = 15


def beat_key(namespace: str = NAMESPACE) -> str:
    """Where the relays tell that they live."""
    return f"{namespace}:relay"


class Bells(RedisBroker):
    """The broker: no middleware, so no retries, no time limits and no delayed messages; the outbox alone counts attempts."""

    def __init__(self, url: str, *, namespace: str = NAMESPACE) -> None:
        client = redis.Redis.from_url(url, socket_connect_timeout=2, socket_timeout=5)
        super().__init__(  # type: ignore[no-untyped-call]
            client=client,
            middleware=[],
            namespace=f"{namespace}:bells",
            heartbeat_timeout=HEARTBEAT_TIMEOUT_MS,
            maintenance_chance=MAINTENANCE_CHANCE,
        )
        self._beat_key = beat_key(namespace)
        self.rung: defaultdict[str, threading.Event] = defaultdict(threading.Event)

    def declare_queue(self, queue_name: str) -> None:
        """Add a queue, without the queue for delayed messages that would be polled beside it."""
        if queue_name not in self.queues:
            self.emit_before("declare_queue", queue_name)
            self.queues.add(queue_name)
            self.emit_after("declare_queue", queue_name)

    def consume(self, queue_name: str, prefetch: int = 1, timeout: int = 5000) -> Consumer:  # noqa: ARG002 - the broker's interface
        """Someone who hears a queue's bells."""
        return Ears(self, queue_name, prefetch)

    def ring(self, queue: str, rows: Sequence[tuple[UUID, UUID]]) -> None:
        """Put one bell for these (tenant, outbox) ids into a queue; raises RedisError."""
        pairs = [[str(tenant), str(row)] for tenant, row in rows]
        self.enqueue(Message(queue_name=queue, actor_name=ACTOR, args=(pairs,), kwargs={}, options={}))
        self.rung[queue].set()

    def depths(self, queues: Iterable[str]) -> dict[str, int]:
        """How many bells of each queue nobody has finished with; raises RedisError."""
        names = list(queues)
        with self.client.pipeline(transaction=False) as pipe:
            for name in names:
                pipe.hlen(f"{self.namespace}:{name}.msgs")
            return dict(zip(names, pipe.execute(), strict=True))

    def beat(self, words: str) -> None:
        """Keep a relay's sign of life for a few seconds; raises RedisError."""
        self.client.set(self._beat_key, words, ex=BEAT_LASTS_SECONDS)

    def begin_anew(self) -> None:
        """Redis was away and may have forgotten who fetched what: as somebody else we leave the old to maintenance."""
        self.broker_id = str(uuid4())


class Ears(Consumer):
    """Fetches bells; outlives Redis, and wakes at once when its own process rings."""

    def __init__(self, broker: Bells, queue: str, prefetch: int) -> None:
        self._broker, self._queue, self._prefetch = broker, queue, prefetch
        self._fetched: deque[bytes] = deque()
        self._open: set[str] = set()
        self._rung = broker.rung[queue]

    def __next__(self) -> MessageProxy | None:
        """The next bell, or None after a short while without one."""
        self._rung.clear()
        if not self._fetched and not self._fetch():
            self._rung.wait(LISTEN_SECONDS)
            return None
        message: Message[None] = Message.decode(self._fetched.popleft())
        self._open.add(message.message_id)
        return MessageProxy(message)

    def _fetch(self) -> bool:
        room = self._prefetch - len(self._open)
        if room < 1:
            return False
        try:
            found = self._broker.do_fetch(self._queue, room)
        except redis.RedisError:
            self._broker.begin_anew()
            return False
        self._fetched.extend(data for data in found if data is not None)
        return bool(self._fetched)

    def ack(self, message: MessageProxy) -> None:
        """A bell is finished with; one that Redis does not hear of comes again and finds its rows done."""
        try:
            self._broker.do_ack(self._queue, message.options["redis_message_id"])
        except redis.RedisError:
            self._broker.begin_anew()
        finally:
            self._open.discard(message.message_id)
            self._rung.set()

    nack = ack

    def requeue(self, messages: Iterable[MessageProxy]) -> None:
        """Bells fetched and not begun go back for others; while Redis is away the leases see to it."""
        ids = [message.options["redis_message_id"] for message in messages]
        ids += [Message.decode(data).options["redis_message_id"] for data in self._fetched]
        self._fetched.clear()
        if not ids:
            return
        try:
            self._broker.do_requeue(self._queue, *ids)
        except redis.RedisError:
            return

    def close(self) -> None:
        """Give back what was fetched."""
        self.requeue(())
