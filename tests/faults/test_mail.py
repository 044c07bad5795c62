"""Workers are killed while letters are on their way: none is lost, none is sent twice, and every doubtful one is shown."""

from collections.abc import Iterator

import anyio
import pytest

from services.tenancy.roles import Role
from tests.factories import Town
from tests.faults import jobs
from tests.faults.conftest import Seen, Send, Workers
from tests.notifications.post_office import Counter, PostOffice

pytestmark = pytest.mark.anyio


@pytest.fixture
def office() -> PostOffice:
    """What the mail server does."""
    return PostOffice()


@pytest.fixture
def counter(office: PostOffice, workers: Workers) -> Iterator[Counter]:
    """The mail server of the test's workers."""
    counter = Counter(office)
    counter.start()
    workers.environment["ANZHEN_SMTP_URL"] = counter.url
    yield counter
    counter.stop()


@pytest.mark.usefixtures("counter")
async def test_a_letter_in_the_hands_of_a_killed_worker_is_doubtful(
    town: Town, send: Send, workers: Workers, outbox: Seen, office: PostOffice
) -> None:
    """The server had it and had not answered: it becomes unknown and is never sent again; all others arrive."""
    await outbox.change("UPDATE member SET email = 'office@example.cn'")
    office.answer = "wait"
    await send(town.id, jobs.tell, (town[Role.TOWN_OFFICE].member_id, 0))
    # At night a letter would wait for the morning, and this test is about those that are on their way.
    workers.start()
    await outbox.until("SELECT count(*) FROM message WHERE channel = 'email'", at_least=1)
    await outbox.change("UPDATE outbox SET due_at = created.at FROM (SELECT min(due_at) AS at FROM outbox) AS created")
    with anyio.fail_after(60):
        await anyio.to_thread.run_sync(office.arrived.wait)
    workers.kill()
    assert await outbox.ask("SELECT state FROM message WHERE channel = 'email'") == [("sending",)]
    office.answer = "250 OK"
    await send(town.id, jobs.tell, *[(town[Role.TOWN_LEADER].member_id, number) for number in range(1, 11)])
    workers.start()
    await outbox.until("SELECT count(*) FROM message WHERE channel = 'email'", at_least=11)
    await outbox.change("UPDATE outbox SET due_at = created.at FROM (SELECT min(due_at) AS at FROM outbox) AS created")
    assert await outbox.settled() == {"done": 22}
    states = await outbox.ask(
        "SELECT state, count(*) FROM message WHERE channel = 'email' GROUP BY state ORDER BY state"
    )
    assert states == [("sent", 10), ("unknown", 1)]
    assert len(office.letters) == 11
