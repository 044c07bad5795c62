"""Workers as real processes, on real logins, to be killed."""

import os
import signal
import subprocess
import sys
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

from services.kernel.bench import system
from services.kernel.database import Database
from services.kernel.jobs import Job
from services.kernel.work import open_work
from tests.conftest import SECRET
from tests.factories import Town, a_town


@dataclass
class Workers:
    """The worker processes of one test."""

    environment: dict[str, str]
    log: Path
    namespace: str = field(default_factory=lambda: f"test-{uuid4().hex[:8]}")
    lease: float = 1.5
    running: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def start(self) -> subprocess.Popen[bytes]:
        """One more worker."""
        command = [sys.executable, "-m", "tests.faults.process", self.namespace, str(self.lease)]
        with self.log.open("ab") as log:
            process = subprocess.Popen(command, env=os.environ | self.environment, stdout=log, stderr=log)
        self.running.append(process)
        return process

    def kill(self) -> None:
        """Kill all of them at once, without a word."""
        for process in self.running:
            process.send_signal(signal.SIGKILL)
            process.wait()
        self.running.clear()


@dataclass
class Outbox:
    """What a test asks of the outbox, past row security."""

    everything: AsyncEngine

    async def states(self) -> dict[str, int]:
        """How many rows are in each state."""
        async with self.everything.connect() as connection:
            rows = await connection.execute(text("SELECT state, count(*) FROM outbox GROUP BY state"))
            return {state: count for state, count in rows}

    async def ask(self, query: str) -> list[Any]:
        """The rows of a query."""
        async with self.everything.connect() as connection:
            return list((await connection.execute(text(query))).all())

    async def settled(self, seconds: float = 15) -> dict[str, int]:
        """The states once nothing is pending any more, or when the time is over."""
        end = time.monotonic() + seconds
        while (states := await self.states()).get("pending") and time.monotonic() < end:
            await anyio.sleep(0.05)
        return states


Send = Callable[..., Awaitable[None]]


@pytest.fixture
async def town(everything: AsyncEngine) -> Town:
    """A town that is really committed."""
    async with AsyncSession(everything, expire_on_commit=False) as session:
        town = await a_town(session)
        await session.commit()
    return town


@pytest.fixture
def outbox(everything: AsyncEngine) -> Outbox:
    """The outbox as it is."""
    return Outbox(everything)


@pytest.fixture
def send(database: Database) -> Send:
    """Write outbox rows of a job, one transaction for all."""

    async def sent(tenant: UUID, job: Job, *calls: tuple[Any, ...]) -> None:
        async with open_work(database, system(tenant), frozenset()) as work:
            for args in calls:
                work.send(job, *args)

    return sent


@pytest.fixture
def workers(own_database: URL, redis_url: str, tmp_path: Path) -> Iterator[Workers]:
    """Worker processes on the test's database and on a namespace of their own."""
    environment = {
        "ANZHEN_HOME": str(tmp_path),
        "ANZHEN_DATABASE_URL": own_database.render_as_string(hide_password=False),
        "ANZHEN_REDIS_URL": redis_url,
        "ANZHEN_ROLE_SECRET": SECRET,
    }
    workers = Workers(environment, tmp_path / "worker.log")
    yield workers
    workers.kill()
    with Redis.from_url(redis_url) as client:
        for key in client.scan_iter(f"{workers.namespace}:*"):
            client.delete(key)
