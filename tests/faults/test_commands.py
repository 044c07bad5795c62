"""The two processes beside the web, started as the launcher starts them."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import anyio
import pytest
from redis import Redis
from sqlalchemy import URL

from tests.conftest import SECRET
from tests.factories import Town
from tests.faults.conftest import PATIENCE_SECONDS, Seen

pytestmark = pytest.mark.anyio


@pytest.fixture
def environment(own_database: URL, redis_url: str, tmp_path: Path) -> Iterator[dict[str, str]]:
    """What the launcher tells its services."""
    yield os.environ | {
        "ANZHEN_HOME": str(tmp_path),
        "ANZHEN_DATABASE_URL": own_database.render_as_string(hide_password=False),
        "ANZHEN_REDIS_URL": redis_url,
        "ANZHEN_ROLE_SECRET": SECRET,
    }
    with Redis.from_url(redis_url) as client:
        for key in client.scan_iter("anzhen:*"):
            client.delete(key)


async def test_worker_and_scheduler_serve_a_town(environment: dict[str, str], town: Town, outbox: Seen) -> None:
    """What comes round is fired and done, the trail is sealed, and both end when they are asked."""
    async with (
        await anyio.open_process([sys.executable, "-m", "services", "work"], env=environment, stderr=None) as worker,
        await anyio.open_process(
            [sys.executable, "-m", "services", "schedule"], env=environment, stderr=None
        ) as scheduler,
    ):
        await outbox.until(
            "SELECT count(*) FROM outbox WHERE job = 'kernel.tidying:tidy' AND state = 'done'", at_least=2
        )
        await outbox.until("SELECT count(*) FROM seal_state", at_least=2)
        for process in (worker, scheduler):
            process.send_signal(signal.SIGTERM)
            with anyio.fail_after(PATIENCE_SECONDS):
                assert await process.wait() == 0
    assert await outbox.ask(f"SELECT count(*) FROM schedule_run WHERE tenant_id = '{town.id}'") >= [(1,)]


def test_a_worker_without_redis_says_what_is_missing(environment: dict[str, str]) -> None:
    """One sentence and no traceback."""
    environment.pop("ANZHEN_REDIS_URL")
    done = subprocess.run(
        [sys.executable, "-m", "services", "work"], env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    assert "ANZHEN_REDIS_URL" in done.stderr
    assert "Traceback" not in done.stderr
