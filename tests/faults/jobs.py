"""The jobs that the fault tests kill: one whose effect is a message, one that writes to the outside, two that go wrong."""

import asyncio
import os
import signal
from pathlib import Path
from uuid import UUID

from services.kernel.bench import Bench
from services.kernel.jobs import job
from services.kernel.work import Work
from services.notifications import messages


@job(queue="messages", rights={"message:post"})
async def tell(work: Work, member_id: UUID, number: int) -> None:
    """Tell a member of one event."""
    await messages.post(
        work, to=[member_id], event=f"event:{number}", subject="新任务", body="请签收。", link="/assignments"
    )


@job(queue="messages")
async def fail(work: Work, member_id: UUID) -> None:
    """Never succeed, and name a person in the error."""
    raise ValueError(f"王某某 {member_id} 13800000000")


@job(queue="messages")
async def kill(work: Work) -> None:
    """Take the worker down each time."""
    os.kill(os.getpid(), signal.SIGKILL)


@job(queue="outside", split=True)
async def write(bench: Bench, file: str) -> None:
    """Leave a mark outside the database."""
    async with bench.work() as work:
        now = work.now
    await asyncio.to_thread(_mark, Path(file), now.isoformat())


def _mark(file: Path, words: str) -> None:
    with file.open("a", encoding="ascii") as marks:
        marks.write(f"{words}\n")


@job(queue="messages")
async def nothing(work: Work) -> None:
    """Take the way of every job and do nothing at its end."""
