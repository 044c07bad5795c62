"""What was put for a row that never came does not lie there for ever, and nothing else is ever taken."""

import os
from datetime import time, timedelta
from hashlib import sha256
from pathlib import Path
from uuid import UUID

import pytest

from services import background
from services.kernel import clock, sweeping
from services.kernel.attachments import Attachment
from services.kernel.bench import Bench, system
from services.kernel.database import Scope
from services.kernel.files import FileStore
from services.kernel.schedules import SCHEDULES
from services.kernel.settings import Settings
from tests.conftest import OneConnection

pytestmark = pytest.mark.anyio
ZHENXI, LIDU = UUID(int=1), UUID(int=2)
HOUR = timedelta(hours=1)


async def put(settings: Settings, tenant: UUID, data: bytes, age: timedelta) -> Path:
    """Bytes that were put so long ago, and where they lie."""
    path = settings.home / "files" / str(tenant) / await FileStore.of(settings.home).put(tenant, data)
    then = (clock.now() - age).timestamp()
    os.utime(path, (then, then))
    return path


async def name(sessions: OneConnection, tenant: UUID, data: bytes) -> None:
    """The row of an attachment with these bytes."""
    facts = {"owner_kind": "plan", "media_type": "text/plain", "name": "说明.txt", "added_by_name": "示例"}
    async with sessions.session(None, Scope()) as session:
        session.add(
            Attachment(
                tenant_id=tenant,
                id=clock.new_id(),
                owner_id=clock.new_id(),
                sha256=sha256(data).hexdigest(),
                bytes=len(data),
                added_by=clock.new_id(),
                created_at=clock.now(),
                **facts,
            )
        )
        await session.commit()


async def swept(settings: Settings, sessions: OneConnection, tenant: UUID, monkeypatch: pytest.MonkeyPatch) -> None:
    """One run of the job for a town, as a worker of this installation does it."""
    monkeypatch.setattr(sweeping, "_chosen", {})
    sweeping.use(settings)
    await sweeping.sweep(Bench(sessions, system(tenant), frozenset(), clock.new_id()))


async def test_only_orphans_older_than_a_day_go(
    settings: Settings, sessions: OneConnection, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An hour decides; what a row names stays however old it is."""
    old = await put(settings, ZHENXI, b"orphan", 25 * HOUR)
    fresh = await put(settings, ZHENXI, b"fresh", 23 * HOUR)
    known = await put(settings, ZHENXI, b"known", 9000 * HOUR)
    await name(sessions, ZHENXI, b"known")
    await swept(settings, sessions, ZHENXI, monkeypatch)
    assert (old.exists(), fresh.exists(), known.exists()) == (False, True, True)


async def test_a_town_is_swept_by_its_own_rows(
    settings: Settings, sessions: OneConnection, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another town's orphans are left to its own run, and its rows name nothing here; an empty town is no fault."""
    here, there = [await put(settings, town, b"same", 25 * HOUR) for town in (ZHENXI, LIDU)]
    await name(sessions, LIDU, b"same")
    orphan = await put(settings, LIDU, b"orphan", 25 * HOUR)
    await swept(settings, sessions, ZHENXI, monkeypatch)
    await swept(settings, sessions, UUID(int=3), monkeypatch)
    assert (here.exists(), there.exists(), orphan.exists()) == (False, True, True)


def test_every_township_is_swept_each_day_by_workers_that_know_the_place(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A worker takes the place from its settings before it begins."""
    begun: list[bool] = []
    monkeypatch.setattr(sweeping, "_chosen", {})
    monkeypatch.setattr(background.worker, "run", lambda _: begun.append("files" in sweeping._chosen) or 0)
    assert (background.work(settings), begun) == (0, [True])
    (schedule,) = [one for one in SCHEDULES if one.job is sweeping.sweep]
    assert (schedule.at, schedule.kinds) == (time(3, 20), {"township"})
