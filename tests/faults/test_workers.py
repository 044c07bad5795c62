"""Whatever happens to workers while a town is told things, nobody is told twice and nobody is forgotten."""

import os
import signal
from pathlib import Path

import pytest
from redis import Redis

from services.kernel.outbox import MOST_ATTEMPTS, Outbox
from services.tenancy.roles import Role
from tests.factories import Town
from tests.faults import jobs
from tests.faults.conftest import Seen, Send, Workers

pytestmark = pytest.mark.anyio
ONCE = "SELECT count(*), count(DISTINCT event) FROM message"


async def test_everything_sent_is_done_once(town: Town, send: Send, workers: Workers, outbox: Seen) -> None:
    """A worker takes up what is due, does each row once and leaves a proof for each."""
    workers.start()
    office = town[Role.TOWN_OFFICE].member_id
    await send(town.id, jobs.tell, *[(office, number) for number in range(100)])
    assert await outbox.settled() == {"done": 100}
    assert await outbox.ask(ONCE) == [(100, 100)]
    assert await outbox.ask("SELECT count(*) FROM inbox JOIN outbox USING (tenant_id, id)") == [(100,)]


async def test_killed_workers_lose_and_double_nothing(town: Town, send: Send, workers: Workers, outbox: Seen) -> None:
    """Two workers are killed again and again, at least once in the middle of three hundred rows."""
    office = town[Role.TOWN_OFFICE].member_id
    left = 0
    for kills in range(3):
        await send(town.id, jobs.tell, *[(office, 300 * kills + number) for number in range(300)])
        workers.start(), workers.start()
        await outbox.until("SELECT count(*) FROM outbox WHERE state = 'done'", at_least=300 * kills + 70)
        workers.kill()
        left += (await outbox.states()).get("pending", 0)
    assert left > 0
    workers.start()
    assert await outbox.settled() == {"done": 900}
    assert await outbox.ask(ONCE) == [(900, 900)]
    assert await outbox.ask("SELECT max(attempts) <= 4, min(attempts) FROM outbox") == [(True, 1)]


async def test_a_failing_job_waits_longer_and_then_for_a_person(
    town: Town, send: Send, workers: Workers, outbox: Seen
) -> None:
    """It is tried again later, dead at the last attempt, and its error names no value of any row."""
    office = town[Role.TOWN_OFFICE].member_id
    await send(town.id, jobs.fail, (office,), (office,))
    await outbox.change(
        "UPDATE outbox SET attempts = :n WHERE id = (SELECT min(id::text)::uuid FROM outbox)", n=MOST_ATTEMPTS - 1
    )
    workers.start()
    await outbox.until("SELECT min(attempts) FROM outbox", at_least=3)
    workers.kill()
    dead, alive = await outbox.ask("SELECT state, attempts, error, due_at > done_at FROM outbox ORDER BY state")
    assert (dead.state, dead.attempts, alive.state) == ("dead", MOST_ATTEMPTS, "pending")
    assert "ValueError at" in dead.error or dead.error == "ValueError"
    words = workers.said() + dead.error
    assert "13800000000" not in words
    assert "王某某" not in words
    assert await outbox.ask("SELECT count(*) FROM inbox") == [(0,)]


async def test_a_job_that_nobody_knows_waits_for_a_person(
    town: Town, send: Send, workers: Workers, outbox: Seen
) -> None:
    """A renamed job, in a known queue or an unknown one, is dead at once and says why."""
    await send(town.id, jobs.fail, (town.id,), (town.id,))
    await outbox.change("UPDATE outbox SET job = 'supervision.gone:gone'")
    await outbox.change("UPDATE outbox SET queue = 'gone' WHERE id = (SELECT min(id::text)::uuid FROM outbox)")
    workers.start()
    assert await outbox.settled() == {"dead": 2}
    assert await outbox.ask("SELECT DISTINCT error LIKE 'NoSuchJob%' FROM outbox") == [(True,)]


async def test_arguments_that_do_not_fit_are_not_run(town: Town, send: Send, workers: Workers, outbox: Seen) -> None:
    """A row written by another version, with other arguments, changes nothing."""
    await send(town.id, jobs.tell, (town.id,), ("no id", 1))
    await outbox.change("UPDATE outbox SET attempts = :n", n=MOST_ATTEMPTS - 1)
    workers.start()
    assert await outbox.settled() == {"dead": 2}
    assert await outbox.ask("SELECT count(*) FROM message") == [(0,)]


async def test_one_that_fails_holds_up_no_other(town: Town, send: Send, workers: Workers, outbox: Seen) -> None:
    """Rows that were rung together are done together, and each by itself when one of them fails."""
    office = town[Role.TOWN_OFFICE].member_id
    await send(town.id, jobs.tell, (office, 1), (office, 2), ("no id", 3), (office, 4))
    await outbox.change("UPDATE outbox SET attempts = :n", n=MOST_ATTEMPTS - 1)
    workers.start()
    assert await outbox.settled() == {"done": 3, "dead": 1}
    assert await outbox.ask("SELECT event FROM message ORDER BY event") == [("event:1",), ("event:2",), ("event:4",)]
    assert await outbox.ask("SELECT count(*) FROM inbox") == [(3,)]


async def test_a_job_that_kills_its_worker_is_given_up(town: Town, send: Send, workers: Workers, outbox: Seen) -> None:
    """What takes every worker down stops doing so after its last attempt."""
    await send(town.id, jobs.kill, ())
    await outbox.change("UPDATE outbox SET attempts = :n", n=MOST_ATTEMPTS - 1)
    assert await workers.end_of(workers.start()) == -signal.SIGKILL
    workers.start()
    assert await outbox.settled() == {"dead": 1}


async def test_a_bell_that_is_heard_twice_is_answered_once(
    town: Town, send: Send, workers: Workers, outbox: Seen, tmp_path: Path
) -> None:
    """Rung again although it is under way or done, a row is not taken up again: also not by jobs that act outside."""
    marks = tmp_path / "marks"
    await send(town.id, jobs.write, *[(str(marks),)] * 20)
    workers.start(), workers.start()
    assert await outbox.settled() == {"done": 20}
    rows = await outbox.ask("SELECT tenant_id, id, queue FROM outbox")
    for row in rows:
        workers.ring(row.queue, row.tenant_id, row.id)
    await send(town.id, jobs.write, (str(marks),))
    assert await outbox.settled() == {"done": 21}
    assert len(marks.read_text().splitlines()) == 21


async def test_a_row_meant_for_later_waits(town: Town, send: Send, workers: Workers, outbox: Seen) -> None:
    """A row is not taken up before it is due, and is when it is."""
    await send(town.id, jobs.tell, (town[Role.TOWN_OFFICE].member_id, 1))
    await outbox.change("UPDATE outbox SET due_at = due_at + interval '3 seconds'")
    due = (await outbox.ask("SELECT due_at FROM outbox"))[0][0]
    workers.start()
    assert await outbox.settled() == {"done": 1}
    assert (await outbox.ask("SELECT begun_at FROM outbox"))[0][0] >= due


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
async def test_a_worker_ends_when_it_is_asked(workers: Workers, outbox: Seen, number: signal.Signals) -> None:
    """An idle worker is gone soon after it was asked, with its work done and no complaint."""
    worker = workers.start()
    await workers.is_up()
    os.kill(worker, number)
    assert await workers.end_of(worker) == 0
    assert await outbox.states() == {}


async def test_a_worker_ends_even_when_redis_has_gone(workers: Workers) -> None:
    """Nothing in Redis is needed for the end."""
    worker = workers.start()
    await workers.is_up()
    with Redis.from_url(workers.environment["ANZHEN_REDIS_URL"]) as client:
        client.execute_command("CLIENT", "PAUSE", 2000, "ALL")
    os.kill(worker, signal.SIGTERM)
    assert await workers.end_of(worker) in {0, -signal.SIGALRM}


async def test_redis_holds_ids_and_nothing_else(town: Town, send: Send, workers: Workers, outbox: Seen) -> None:
    """What stands in Redis are tenants and rows; no job, no argument, no word."""
    office = town[Role.TOWN_OFFICE].member_id
    seen: set[bytes] = set()
    with Redis.from_url(workers.environment["ANZHEN_REDIS_URL"]) as client, client.monitor() as monitor:
        workers.start()
        await send(town.id, jobs.tell, *[(office, number) for number in range(5)])
        assert await outbox.settled() == {"done": 5}
        client.set(f"{workers.namespace}:end", 1)
        while not any(b"%s:end" % workers.namespace.encode() in line for line in seen):
            seen.add(str(monitor.next_command()["command"]).encode())
    ours = b"\n".join(line for line in seen if workers.namespace.encode() in line)
    assert str((await outbox.ask("SELECT min(id::text) FROM outbox"))[0][0]).encode() in ours
    assert str(office).encode() not in ours
    assert b"tell" not in ours
    assert Outbox.__tablename__.encode() not in ours
