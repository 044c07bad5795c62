"""Workers as real processes, on real logins, to be killed."""

import os
import signal
import time
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import anyio
import pytest
from redis import Redis
from sqlalchemy import URL, text
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from services.kernel.bells import Bells
from services.kernel.bench import system
from services.kernel.database import Database
from services.kernel.jobs import Job
from services.kernel.work import open_work
from tests.conftest import SECRET
from tests.factories import Town, a_town
from tests.faults.nursery import Nursery

PATIENCE_SECONDS = 60
"""Long, for a machine that is busy; on an idle one everything here takes a second or two."""

PROGRESS = "queue, attempts, due_at, lease, begun_at, error"


@dataclass
class Workers:
    """The worker processes of one test."""

    nursery: Nursery
    environment: dict[str, str]
    log: Path
    namespace: str = field(default_factory=lambda: f"test-{uuid4().hex[:8]}")
    lease: float = 1.5
    running: list[int] = field(default_factory=list)

    def start(self) -> int:
        """One more worker, by its process id."""
        more = {"environment": self.environment, "namespace": self.namespace, "lease": self.lease, "log": str(self.log)}
        self.running.append(self.nursery.start(**more))
        return self.running[-1]

    async def is_up(self) -> None:
        """A worker has started and said so."""
        with anyio.fail_after(PATIENCE_SECONDS):
            while "worker started" not in self.said():  # noqa: ASYNC110 - another process's state
                await anyio.sleep(0.02)

    def said(self) -> str:
        """Everything that the workers have logged."""
        return self.log.read_text(encoding="utf-8") if self.log.exists() else ""

    async def end_of(self, pid: int) -> int:
        """How a worker ended, once it has."""
        self.running.remove(pid)
        with anyio.fail_after(PATIENCE_SECONDS):
            return await anyio.to_thread.run_sync(self.nursery.wait, pid)

    def ring(self, queue: str, tenant: UUID, row: UUID) -> None:
        """Ring a row's bell once more."""
        Bells(self.environment["ANZHEN_REDIS_URL"], namespace=self.namespace).ring(queue, [(tenant, row)])

    def kill(self) -> None:
        """Kill all of them at once, without a word."""
        for pid in self.running:
            os.kill(pid, signal.SIGKILL)
        for pid in self.running:
            self.nursery.wait(pid)
        self.running.clear()


@dataclass
class Seen:
    """What a test asks of the outbox, past row security."""

    everything: AsyncEngine

    async def states(self) -> dict[str, int]:
        """How many rows are in each state."""
        return dict(map(tuple, await self.ask("SELECT state, count(*) FROM outbox GROUP BY state")))

    async def ask(self, query: str) -> list[Any]:
        """The rows of a query."""
        async with self.everything.connect() as connection:
            return list((await connection.execute(text(query))).all())

    async def change(self, statement: str, **values: Any) -> None:
        """Change rows as nobody in production could."""
        async with self.everything.begin() as connection:
            await connection.execute(text(statement), values)

    async def settled(self) -> dict[str, int]:
        """The states once nothing is pending any more, or when patience ends."""
        end = time.monotonic() + PATIENCE_SECONDS
        while (states := await self.states()).get("pending") and time.monotonic() < end:
            await anyio.sleep(0.02)  # noqa: ASYNC110 - another process's state
        if states.get("pending"):
            left = await self.ask(f"SELECT id, job, {PROGRESS} FROM outbox WHERE state = 'pending'")
            raise AssertionError(f"{states}: {left}")
        return states

    async def until(self, query: str, *, at_least: int) -> None:
        """Wait until a query's one figure has grown so far."""
        with anyio.fail_after(PATIENCE_SECONDS):
            while ((await self.ask(query))[0][0] or 0) < at_least:  # noqa: ASYNC110 - another process's state
                await anyio.sleep(0.01)


Send = Callable[..., Awaitable[None]]


@pytest.fixture
async def town(everything: AsyncEngine) -> Town:
    """A town that is really committed."""
    async with AsyncSession(everything, expire_on_commit=False) as session:
        town = await a_town(session)
        await session.commit()
    return town


@pytest.fixture
def outbox(everything: AsyncEngine) -> Seen:
    """The outbox as it is."""
    return Seen(everything)


@pytest.fixture
def send(database: Database) -> Send:
    """Write outbox rows of a job, one transaction for all."""

    async def sent(tenant: UUID, job: Job, *calls: tuple[Any, ...]) -> None:
        async with open_work(database, system(tenant), frozenset()) as work:
            for args in calls:
                work.send(job, *args)

    return sent


@pytest.fixture(scope="session")
def nursery() -> Iterator[Nursery]:
    """The program, loaded once."""
    nursery = Nursery()
    yield nursery
    nursery.end()


@pytest.fixture
def workers(nursery: Nursery, own_database: URL, redis_url: str, tmp_path: Path) -> Iterator[Workers]:
    """Worker processes on the test's database and on a namespace of their own."""
    environment = {
        "ANZHEN_HOME": str(tmp_path),
        "ANZHEN_DATABASE_URL": own_database.render_as_string(hide_password=False),
        "ANZHEN_REDIS_URL": redis_url,
        "ANZHEN_ROLE_SECRET": SECRET,
    }
    workers = Workers(nursery, environment, tmp_path / "worker.log")
    yield workers
    workers.kill()
    with Redis.from_url(redis_url) as client:
        for key in client.scan_iter(f"{workers.namespace}:*"):
            client.delete(key)
