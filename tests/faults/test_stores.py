"""PostgreSQL and Redis are killed while a town is told things: what was committed is done, once, when they are back."""

import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import anyio
import pytest
from sqlalchemy import NullPool, text
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, create_async_engine

from services.kernel.bench import system
from services.kernel.database import OUTAGES, Database, Scope, async_url, login_urls
from services.kernel.relay import delayed
from services.kernel.table import Login
from services.kernel.wakeup import Wakeup
from services.kernel.work import open_work
from services.migrations.migrate import migrate
from services.tenancy.roles import Role
from tests.conftest import SECRET
from tests.factories import Town, a_town
from tests.faults import jobs
from tests.faults.conftest import Seen, Workers
from tests.faults.nursery import Nursery
from tests.faults.own import Own, own_stores

pytestmark = pytest.mark.anyio
ONCE = "SELECT count(*), count(DISTINCT event) FROM message"


@pytest.fixture(scope="module")
def own() -> Iterator[Own]:
    """Stores that this module's tests kill and start again."""
    with own_stores() as own:
        yield own


@pytest.fixture(scope="module")
async def admin(own: Own, anyio_backend: object) -> AsyncIterator[AsyncEngine]:
    """The administrator's eye on the migrated database."""
    await migrate(own.addresses.admin_url, SECRET)
    engine = create_async_engine(async_url(own.addresses.admin_url), poolclass=NullPool)
    yield engine
    await engine.dispose()


@pytest.fixture
async def told(admin: AsyncEngine) -> Town:
    """A town whose office is told things; what earlier tests told is gone."""
    async with AsyncSession(admin, expire_on_commit=False) as session:
        town = await a_town(session, f"示例{time.monotonic_ns()}镇")
        await session.commit()
    await Seen(admin).change("TRUNCATE outbox, inbox, message")
    return town


@pytest.fixture
def crew(nursery: Nursery, own: Own, tmp_path: Path) -> Iterator[Workers]:
    """Workers on the stores that are killed."""
    environment = {
        "ANZHEN_HOME": str(tmp_path),
        "ANZHEN_DATABASE_URL": own.addresses.admin_url,
        "ANZHEN_REDIS_URL": own.addresses.redis_url,
        "ANZHEN_ROLE_SECRET": SECRET,
    }
    workers = Workers(nursery, environment, tmp_path / "worker.log")
    yield workers
    workers.kill()


async def test_redis_is_killed_while_messages_go_out(own: Own, admin: AsyncEngine, told: Town, crew: Workers) -> None:
    """Three times Redis dies and comes back; all is done once, and in between the pages can say why messages are late."""
    seen, office = Seen(admin), told[Role.TOWN_OFFICE].member_id
    wakeup = Wakeup(own.addresses.redis_url, namespace=crew.namespace)
    database = Database(login_urls(own.addresses.admin_url, SECRET), wakeup.ring)
    crew.start()
    await crew.is_up()
    for kills in range(3):
        async with open_work(database, system(told.id), frozenset()) as work:
            for number in range(100):
                work.send(jobs.tell, office, kills * 100 + number)
        await seen.until("SELECT count(*) FROM outbox WHERE state = 'done'", at_least=kills * 100 + 20)
        own.kill("redis")
        assert await delayed(own.addresses.redis_url, namespace=crew.namespace) == "消息队列连不上"
        own.start(own.embedded.redis)
    assert await seen.settled() == {"done": 300}
    assert await seen.ask(ONCE) == [(300, 300)]
    with anyio.fail_after(20):
        while await delayed(own.addresses.redis_url, namespace=crew.namespace):  # noqa: ASYNC110 - another process's state
            await anyio.sleep(0.1)
    await wakeup.close()
    await database.close()


async def test_postgresql_is_killed_while_messages_go_out(
    own: Own, admin: AsyncEngine, told: Town, crew: Workers
) -> None:
    """Twice PostgreSQL dies under workers and senders; every acknowledged message is done once, no other one is."""
    seen, office = Seen(admin), told[Role.TOWN_OFFICE].member_id
    database = Database(login_urls(own.addresses.admin_url, SECRET))
    crew.start()
    await crew.is_up()
    acknowledged: set[str] = set()
    async with anyio.create_task_group() as both:
        both.start_soon(_keep_sending, database, told, office, acknowledged)
        for kills in range(2):
            while len(acknowledged) < 40 * (kills + 1):  # noqa: ASYNC110 - the other task's state
                await anyio.sleep(0.01)
            own.kill("postgres")
            own.start(own.embedded.postgres)
    assert await seen.settled() == {"done": len(await seen.ask("SELECT id FROM outbox"))}
    events = {row.event for row in await seen.ask("SELECT event FROM message")}
    assert acknowledged <= events
    assert await seen.ask(ONCE) == [(len(events), len(events))]
    await database.close()


async def test_an_idle_process_does_not_notice_a_restart(own: Own, told: Town) -> None:
    """Connections that died while nobody used them are replaced before anybody is given one."""
    database = Database(login_urls(own.addresses.admin_url, SECRET))
    for _ in range(2):
        for login in (Login.WORKER, Login.TOWN):
            async with database.session(login, Scope(tenant_id=told.id)) as session:
                assert await session.scalar(text("SELECT 1")) == 1
        own.kill("postgres")
        own.start(own.embedded.postgres)
        await anyio.sleep(0.05)
    await database.close()


async def _keep_sending(database: Database, town: Town, office: object, acknowledged: set[str]) -> None:
    number = 0
    while len(acknowledged) < 120:
        number += 1
        try:
            async with open_work(database, system(town.id), frozenset()) as work:
                work.send(jobs.tell, office, number)
        except OUTAGES:
            await anyio.sleep(0.05)
        else:
            acknowledged.add(f"event:{number}")
