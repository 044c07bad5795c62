"""What an operator's Prometheus reads: one figure for all web processes, and how queues and seals stand."""

import os
import subprocess
import sys
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
from litestar import Litestar

from services.kernel import clock, gathering
from services.kernel.clock import new_id
from services.kernel.database import Scope
from services.kernel.outbox import Outbox
from services.kernel.settings import Settings
from services.kernel.trail import SealState
from services.launcher.town import town_services
from tests.conftest import OneConnection
from tests.factories import a_town
from tests.web import browser, running

pytestmark = pytest.mark.anyio
ANSWERS = """
import sys
from collections.abc import AsyncIterator
from services.portal.requests import TOOK
for _ in range(int(sys.argv[1])):
    TOOK.labels("GET", "/plans", "200").observe(0.01)
print("answered", flush=True)
sys.stdin.read()
"""
COUNTS = """
from services.kernel.gathering import gathered
for metric in gathered():
    for sample in metric.samples:
        if sample.name == "anzhen_request_duration_seconds_count":
            print(sample.labels["route"], int(sample.value))
"""


class Process:
    """A web process that has answered so many requests and lives on."""

    def __init__(self, home: Path, times: int) -> None:
        command = [sys.executable, "-c", ANSWERS, str(times)]
        self.life = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=told(home), text=True)

    def has_answered(self) -> "Process":
        """Itself, once its figures are there."""
        assert self.life.stdout
        assert self.life.stdout.readline() == "answered\n"
        return self

    def dies(self) -> None:
        """Without any farewell."""
        self.life.kill()
        self.life.communicate()


def told(home: Path) -> dict[str, str]:
    """The environment in which the launcher starts the web."""
    web = next(one for one in town_services(Settings(home=home)) if one.name == "web")
    return {**os.environ, **web.environment}


def counted(home: Path) -> str:
    """What another process of the same tree says."""
    return subprocess.run(
        [sys.executable, "-c", COUNTS], env=told(home), capture_output=True, text=True, check=True
    ).stdout.strip()


def files(home: Path) -> int:
    return len(list(gathering.folder_of(home).glob("*.db")))


def test_every_process_tells_the_figures_of_all(tmp_path: Path) -> None:
    """Two answer, a third adds up; one that died still counts, and however many die, one file keeps them all."""
    web = next(one for one in town_services(Settings(home=tmp_path)) if one.name == "web")
    web.prepare()
    first, second = (Process(tmp_path, times) for times in (2, 3))
    first.has_answered(), second.has_answered()
    assert counted(tmp_path) == "/plans 5"
    first.dies()
    assert counted(tmp_path) == "/plans 5"
    third = Process(tmp_path, 4).has_answered()
    third.dies()
    assert counted(tmp_path) == "/plans 9"
    assert files(tmp_path) == 2  # the living one's and that of all the dead
    second.dies()
    web.prepare()
    assert files(tmp_path) == 0


@pytest.fixture
async def app(settings: Settings, sessions: OneConnection) -> AsyncIterator[Litestar]:
    """The application, started."""
    async with running(settings, sessions) as app:
        yield app


async def test_queues_and_seals_stand_beside_the_requests(app: Litestar, sessions: OneConnection) -> None:
    """Jobs that wait and that are dead, for how long, and how old the oldest act without a seal is."""
    long_ago = clock.now() - timedelta(minutes=5)
    async with sessions.session(None, Scope()) as session:
        town = await a_town(session)
        for state in ("pending", "pending", "dead", "done"):
            session.add(
                Outbox(tenant_id=town.id, id=new_id(), queue="mail", job="x", args=[], state=state, due_at=long_ago)
            )
        session.add(SealState(tenant_id=town.id, seq=1, digest=b"", unsealed_since=long_ago, checked_at=clock.now()))
        await session.commit()
    async with browser(app) as page:
        await page.get("/health")
        answer = await page.get("/metrics")
    found = dict(line.rsplit(" ", 1) for line in answer.text.splitlines() if not line.startswith("#"))
    assert found["anzhen_database_up"] == "1.0"
    assert found['anzhen_outbox_rows{queue="mail",state="waiting"}'] == "2.0"
    assert found['anzhen_outbox_rows{queue="mail",state="dead"}'] == "1.0"
    assert 300 <= float(found['anzhen_outbox_oldest_seconds{queue="mail"}']) < 360
    assert 300 <= float(found["anzhen_trail_unsealed_seconds"]) < 360
    assert float(found["anzhen_trail_unchecked_seconds"]) < 60
    assert 'anzhen_request_duration_seconds_count{method="GET",route="/health",status="200"}' in found
