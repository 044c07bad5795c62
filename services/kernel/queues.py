"""The queues as their operator sees them: figures and ids, never what a row is about."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

import msgspec
from sqlalchemy import func, select, update

from services.kernel.database import Scope, Sessions
from services.kernel.outbox import Outbox
from services.kernel.refusals import NotFound
from services.kernel.table import Login
from services.kernel.work import Work, open_work

LATE = timedelta(minutes=1)
MOST_DEAD = 200
_table = Outbox.__table__.c
"""Columns alone: the relay's login may not read what a row is about, and its rows are of all tenants."""


class Figures(msgspec.Struct, frozen=True):
    """How one queue stands."""

    queue: str
    waiting: int
    """Due and not yet taken up."""
    late: int
    """Due for more than a minute and not taken up."""
    under_way: int
    planned: int
    """Due later: put off after a failure, or meant for then."""
    dead: int
    oldest: datetime | None
    """When the oldest row that waits was due."""


class DeadLetter(msgspec.Struct, frozen=True):
    """A row that was tried too often, by its ids."""

    tenant_id: UUID
    id: UUID
    queue: str
    attempts: int
    due_at: datetime


async def figures(sessions: Sessions, now: datetime) -> Sequence[Figures]:
    """Every queue that has anything to do."""
    pending, due = _table.state == "pending", _table.due_at <= now
    held = _table.lease > now
    waits = pending & due & (held.is_not(True) | _table.begun_at.is_(None))
    query = (
        select(
            _table.queue,
            func.count().filter(waits),
            func.count().filter(waits & (_table.due_at < now - LATE)),
            func.count().filter(pending & held & _table.begun_at.is_not(None)),
            func.count().filter(pending & ~due),
            func.count().filter(_table.state == "dead"),
            func.min(_table.due_at).filter(waits),
        )
        .where(_table.state != "done")
        .group_by(_table.queue)
        .order_by(_table.queue)
    )
    async with sessions.session(Login.RELAY, Scope()) as session:
        return [Figures(*row) for row in await session.execute(query)]


async def dead_letters(sessions: Sessions) -> Sequence[DeadLetter]:
    """The rows that wait for a person, newest first."""
    columns = (_table.tenant_id, _table.id, _table.queue, _table.attempts, _table.due_at)
    query = select(*columns).where(_table.state == "dead").order_by(_table.due_at.desc()).limit(MOST_DEAD)
    async with sessions.session(Login.RELAY, Scope()) as session:
        return [DeadLetter(*row) for row in await session.execute(query)]


async def retry(work: Work, sessions: Sessions, tenant_id: UUID, outbox_id: UUID) -> None:
    """Give a dead row all its attempts again; who ordered it is recorded first. Raises NotFound where none is dead."""
    work.require("queue:retry")
    which = (_table.tenant_id == tenant_id, _table.id == outbox_id, _table.state == "dead")
    async with sessions.session(Login.RELAY, Scope()) as session:
        if await session.scalar(select(func.count()).select_from(Outbox.__table__).where(*which)) == 0:
            raise NotFound("这条任务已经重试过，或已不存在，请刷新页面")
    async with open_work(sessions, work.identity, work.rights) as note:
        note.record("outbox:retry_ordered", Outbox(id=outbox_id), tenant=tenant_id)
    again = {"state": "pending", "attempts": 0, "lease": None, "begun_at": None, "due_at": work.now}
    async with sessions.session(Login.RELAY, Scope()) as session:
        await session.execute(update(Outbox.__table__).where(*which).values(again))  # type: ignore[arg-type]
        await session.commit()
