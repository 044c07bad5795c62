"""A long ledger is written two thousand enterprises at a time; no connection is held meanwhile."""

import asyncio
from collections.abc import Iterator, Sequence
from datetime import date
from functools import partial
from io import BytesIO
from typing import Any, Final
from uuid import UUID

import msgspec
from sqlalchemy import select

from services.kernel import sweeping
from services.kernel.bench import Bench
from services.kernel.documents import write_ledger
from services.kernel.jobs import job
from services.kernel.work import Work
from services.notifications import messages
from services.notifications.templates import words
from services.supervision import registry
from services.supervision.exports.models import RegistryExport
from services.supervision.exports.rows import COLUMNS, TITLE, Spoken
from services.supervision.registry import FIELDS, Enterprise, EnterpriseFilter, villages_of_town

BATCH: Final = 2000
VALUES: Final = tuple(getattr(Enterprise, field.name) for field in FIELDS)


class Asked(msgspec.Struct, frozen=True):
    """What is to be written, and in which order."""

    id: UUID
    tenant_id: UUID
    ids: Sequence[UUID]
    spoken: Spoken
    filters: str
    made_on: date
    made_by: str


@job(queue="exports", split=True, rights={"message:post"})
async def write(bench: Bench, export_id: UUID) -> None:
    """Write the file, keep it, and tell whoever asked."""
    async with bench.kept():
        asked = await _asked(bench, export_id)
        if asked is None:
            return
        target = BytesIO()
        made = partial(write_ledger, filters=asked.filters, made_on=asked.made_on, made_by=asked.made_by)
        rows = _rows(bench, asked, asyncio.get_running_loop())
        await asyncio.to_thread(made, target, TITLE, COLUMNS, rows)
        digest = await sweeping.files().put(asked.tenant_id, target.getvalue())
        async with bench.work() as work:
            await _end(work, asked, digest, target.tell())


async def _asked(bench: Bench, export_id: UUID) -> Asked | None:
    async with bench.work() as work:
        row = await work.get(RegistryExport, export_id)
        if row.state != "writing":
            return None
        facts = msgspec.convert(row.asked, EnterpriseFilter)
        ids = await work.all(registry.chosen(work, facts).with_only_columns(Enterprise.id))
        spoken = Spoken(await villages_of_town(work))
        return Asked(row.id, work.tenant_id, ids, spoken, row.filters, work.today, row.person)


def _rows(bench: Bench, asked: Asked, loop: asyncio.AbstractEventLoop) -> Iterator[Sequence[object]]:
    """The rows for the thread that writes; each stretch is fetched on the worker's loop."""
    number = 0
    for start in range(0, len(asked.ids), BATCH):
        fetched = asyncio.run_coroutine_threadsafe(_stretch(bench, asked, start), loop).result()
        for row in fetched:
            number += 1
            yield asked.spoken.cells(number, row)


async def _stretch(bench: Bench, asked: Asked, start: int) -> Sequence[Any]:
    wanted = asked.ids[start : start + BATCH]
    async with bench.work() as work:
        (await work.get(RegistryExport, asked.id, lock=True)).written = start
        rows = {row.id: row for row in await work.rows(select(Enterprise.id, *VALUES).where(Enterprise.id.in_(wanted)))}
    return [rows[one] for one in wanted if one in rows]


async def _end(work: Work, asked: Asked, digest: str, size: int) -> None:
    row = await work.get(RegistryExport, asked.id, lock=True)
    row.state, row.sha256, row.bytes = "done", digest, size
    row.written, row.done_at = len(asked.ids), work.now
    work.record("registry_export:written", row, sha256=digest, total=row.written)
    said = words("registry:exported", filters=row.filters or "全部企业", count=row.written)
    await messages.post(
        work,
        to=[row.member_id],
        event=f"registry:exported:{row.id}",
        subject=said.subject,
        body=said.body,
        link=f"/enterprises/exports/{row.id}",
    )
