"""Whatever is killed while a town is told things, nobody is told twice and nobody is forgotten."""

import signal
import time

import anyio
import pytest

from services.tenancy.roles import Role
from tests.factories import Town
from tests.faults import jobs
from tests.faults.conftest import Outbox, Send, Workers

pytestmark = pytest.mark.anyio


async def test_everything_sent_is_done_once(town: Town, send: Send, workers: Workers, outbox: Outbox) -> None:
    """A worker takes up what is due and does each row once."""
    workers.start()
    office = town[Role.TOWN_OFFICE].member_id
    await send(town.id, jobs.tell, *[(office, number) for number in range(100)])
    assert await outbox.settled() == {"done": 100}
    assert await outbox.ask("SELECT count(*), count(DISTINCT event) FROM message") == [(100, 100)]
