"""The two processes that do background work in turns: a worker of ours, and Dramatiq alone.

`python -m tests.scale.processes ours NAMESPACE` works until SIGTERM; `… peer NAMESPACE COUNT` prints how many it did a second.
"""

import os
import sys
import threading
import time

os.environ["ANZHEN_TESTING"] = "1"
os.environ["dramatiq_queue_prefetch"] = "256"  # noqa: SIM112 - Dramatiq's own spelling

import dramatiq
import redis
from dramatiq.brokers.redis import RedisBroker

from services.kernel import worker
from services.kernel.settings import Settings
from tests.scale.jobs import QUEUE

THREADS = 8


def plain(url: str, namespace: str, count: int) -> float:
    """Messages that Dramatiq alone consumes in a second: no transaction, no proof, in the order of the queue."""
    broker = RedisBroker(client=redis.Redis.from_url(url), namespace=namespace)  # type: ignore[no-untyped-call]
    lock, left, done = threading.Lock(), count, threading.Event()

    def consume() -> None:
        nonlocal left
        with lock:
            left -= 1
            if left == 0:
                done.set()

    actor = dramatiq.Actor(consume, broker=broker, actor_name="consume", queue_name=QUEUE, priority=0, options={})
    for _ in range(count):
        actor.send()
    working = dramatiq.Worker(broker, worker_threads=THREADS)
    begun = time.perf_counter()
    working.start()
    done.wait(60)
    took = time.perf_counter() - begun
    working.stop()
    return count / took


if __name__ == "__main__":
    if sys.argv[1] == "ours":
        sys.exit(worker.run(Settings.from_environment(), namespace=sys.argv[2]))
    print(plain(os.environ["ANZHEN_REDIS_URL"], sys.argv[2], int(sys.argv[3])))
