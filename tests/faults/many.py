"""Many jobs under many kills: `python -m tests.faults.many --jobs 50000 --kills 60 --redis-kills 3 --seed 1` prints one JSON line.

Effects in the database and messages in the system: none lost, none doubled. Letters: none lost, none sent twice unasked,
every doubtful one `unknown`.
"""

import argparse
import asyncio
import json
import os
import random
import signal
import sys
import time
from typing import Any
from uuid import UUID

from sqlalchemy import NullPool, text
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, create_async_engine

from services.kernel.bench import system
from services.kernel.database import OUTAGES, Database, async_url, login_urls
from services.kernel.wakeup import Wakeup
from services.kernel.work import open_work
from services.migrations.migrate import migrate
from services.tenancy.roles import Role
from tests.conftest import SECRET
from tests.factories import Town, a_town
from tests.faults import jobs
from tests.faults.nursery import Nursery
from tests.faults.own import Own, own_stores
from tests.notifications.post_office import Counter, PostOffice

LEASE_SECONDS = 3.0
WORKERS = 2
BATCH = 100
LETTERS_EVERY = 50
"""Of the jobs so many tell somebody who has an address besides."""


class Run:
    """One run: what was sent, what was killed."""

    def __init__(self, asked: argparse.Namespace, own: Own, office: PostOffice) -> None:
        self.asked, self.own, self.office = asked, own, office
        self.dice = random.Random(asked.seed)
        self.counter = Counter(office)
        self.nursery = Nursery()
        self.workers: list[int] = []
        self.folder = own.home.folder
        self.killed = {"workers": 0, "redis": 0, "postgres": 0}
        self.sent = 0

    async def live(self) -> dict[str, Any]:
        """Send, kill, wait, count."""
        await migrate(self.own.addresses.admin_url, SECRET)
        self.counter.start()
        everything = create_async_engine(async_url(self.own.addresses.admin_url), poolclass=NullPool)
        towns = await _towns(everything)
        begun = time.monotonic()
        for _ in range(WORKERS):
            self._start()
        killing = asyncio.create_task(self._kill_all(everything))
        await self._send_all(towns)
        await killing
        states = await _settled(everything)
        seconds = time.monotonic() - begun
        counted = await self._counted(everything, states)
        self._stop()
        await everything.dispose()
        return counted | {"seconds": round(seconds, 1)}

    def _start(self) -> None:
        environment = {
            "ANZHEN_HOME": str(self.folder),
            "ANZHEN_DATABASE_URL": self.own.addresses.admin_url,
            "ANZHEN_REDIS_URL": self.own.addresses.redis_url,
            "ANZHEN_ROLE_SECRET": SECRET,
            "ANZHEN_SMTP_URL": self.counter.url,
        }
        log = str(self.folder / "worker.log")
        self.workers.append(self.nursery.start(environment=environment, namespace="many", lease=LEASE_SECONDS, log=log))

    def _stop(self) -> None:
        for pid in self.workers:
            os.kill(pid, signal.SIGKILL)
            self.nursery.wait(pid)
        self.nursery.end()
        self.counter.stop()

    async def _send_all(self, towns: list[Town]) -> None:
        """Every transaction that is acknowledged counts; one whose answer was lost is sent again under the same number."""
        wakeup = Wakeup(self.own.addresses.redis_url, namespace="many")
        database = Database(login_urls(self.own.addresses.admin_url, SECRET), wakeup.ring)
        while self.sent < self.asked.jobs:
            town = self.dice.choice(towns)
            last = min(self.sent + BATCH, self.asked.jobs)
            try:
                async with open_work(database, system(town.id), frozenset()) as work:
                    for number in range(self.sent, last):
                        work.send(jobs.tell, _reader(town, number), number, due_at=work.now)
            except OUTAGES:
                await asyncio.sleep(0.1)
                continue
            self.sent = last
        await wakeup.close()
        await database.close()

    async def _kill_all(self, everything: AsyncEngine) -> None:
        """Spread over the run: each time so many more rows are done, something is killed."""
        kinds = (
            ["workers"] * self.asked.kills
            + ["redis"] * self.asked.redis_kills
            + ["postgres"] * self.asked.postgres_kills
        )
        self.dice.shuffle(kinds)
        for number, kind in enumerate(kinds, 1):
            await _until_done(everything, self.asked.jobs * number // (len(kinds) + 2))
            self.killed[kind] += 1
            if kind == "workers":
                pid = self.workers.pop(self.dice.randrange(len(self.workers)))
                os.kill(pid, signal.SIGKILL)
                self.nursery.wait(pid)
                self._start()
            else:
                self.own.kill(kind)
                await asyncio.sleep(self.dice.random())
                self.own.start(getattr(self.own.embedded, kind))

    async def _counted(self, everything: AsyncEngine, states: dict[str, int]) -> dict[str, Any]:
        async def one(query: str) -> int:
            async with everything.connect() as connection:
                return int((await connection.execute(text(query))).scalar_one() or 0)

        told = await one("SELECT count(DISTINCT event) FROM message WHERE channel = 'in_app'")
        letters = [envelope.content for envelope in self.office.letters]
        mail = "SELECT count(*) FROM message WHERE channel = 'email' AND state "
        return {
            "jobs": self.sent,
            "killed": self.killed,
            "states": states,
            "lost": self.sent - told,
            "doubled": await one(
                "SELECT count(*) - count(DISTINCT (event, member_id)) FROM message WHERE channel = 'in_app'"
            ),
            "letters": {
                "written": await one(f"{mail} IS NOT NULL"),
                "sent": await one(f"{mail} = 'sent'"),
                "unknown": await one(f"{mail} = 'unknown'"),
                "other": await one(f"{mail} NOT IN ('sent', 'unknown')"),
                "arrived": len(letters),
                "arrived twice": len(letters) - len({_letter_id(content) for content in letters}),
            },
        }


def _letter_id(content: bytes | str | None) -> bytes:
    assert isinstance(content, bytes)
    return next(line for line in content.splitlines() if line.startswith(b"Message-ID:"))


def _reader(town: Town, number: int) -> UUID | None:
    return town[Role.TOWN_LEADER if number % LETTERS_EVERY == 0 else Role.TOWN_OFFICE].member_id


async def _towns(everything: AsyncEngine) -> list[Town]:
    async with AsyncSession(everything, expire_on_commit=False) as session:
        towns = [await a_town(session, f"示例{number}镇") for number in range(3)]
        await session.execute(text("UPDATE member SET email = 'leader@example.cn' WHERE role = 'town_leader'"))
        await session.commit()
    return towns


async def _states(everything: AsyncEngine) -> dict[str, int]:
    async with everything.connect() as connection:
        rows = await connection.execute(text("SELECT state, count(*) FROM outbox GROUP BY state"))
        return dict(map(tuple, rows))


async def _until_done(everything: AsyncEngine, wanted: int) -> None:
    while True:
        try:
            if (await _states(everything)).get("done", 0) >= wanted:
                return
        except OUTAGES:
            pass
        await asyncio.sleep(0.02)


async def _settled(everything: AsyncEngine) -> dict[str, int]:
    while (states := await _states(everything)).get("pending"):
        async with everything.begin() as connection:
            # At night letters wait for the morning; this run does not.
            await connection.execute(
                text("UPDATE outbox SET due_at = now() WHERE state = 'pending' AND due_at > now()")
            )
        await asyncio.sleep(0.2)
    return states


def main() -> None:
    """One run, one line."""
    asking = argparse.ArgumentParser(description=__doc__)
    for name, default in (("jobs", 2000), ("kills", 12), ("redis-kills", 3), ("postgres-kills", 1), ("seed", 1)):
        asking.add_argument(f"--{name}", type=int, default=default)
    asked = asking.parse_args()
    with own_stores() as own:
        counted = asyncio.run(Run(asked, own, PostOffice()).live())
    sys.stdout.write(json.dumps({"seed": asked.seed, **counted}) + "\n")
    is_whole = counted["lost"] == counted["doubled"] == counted["letters"]["arrived twice"] == 0
    sys.exit(0 if is_whole else 1)


if __name__ == "__main__":
    main()
