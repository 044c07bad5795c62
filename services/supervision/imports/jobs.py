"""A ledger is looked through, and later saved, a thousand rows at a time: each thousand is one transaction."""

import asyncio
from collections.abc import AsyncIterator
from functools import partial
from io import BytesIO
from typing import Final
from uuid import UUID

import msgspec
from sqlalchemy import select

from services.kernel import sweeping
from services.kernel.bench import Bench
from services.kernel.documents import Column, FileRefused, rows_about, write_ledger
from services.kernel.files import FileMissing
from services.kernel.jobs import job
from services.kernel.work import Work
from services.notifications import messages
from services.notifications.templates import words
from services.supervision.imports.heads import missing_for_new
from services.supervision.imports.judging import Found, Judged, Seen, judge
from services.supervision.imports.models import RegistryImport
from services.supervision.imports.reading import Ledger, Row, batches
from services.supervision.registry import Said, Villages, villages_of_town, write

BATCH: Final = 1000
NOTE: Final = "台账导入"
FILTERS: Final = "有误的行，请按原因改好后重新上传"

sweeping.named_by(select(RegistryImport.file_sha256), select(RegistryImport.error_sha256))


class Opened(msgspec.Struct, frozen=True):
    """A ledger in hand."""

    id: UUID
    ledger: Ledger
    about: int
    villages: Villages


@job(queue="imports", split=True, rights={"enterprise:write"})
async def check(bench: Bench, import_id: UUID) -> None:
    """Look through every row; nothing of it is saved."""
    async with bench.kept():
        opened = await _open(bench, import_id, "reading")
        found = await _look_through(bench, opened, "reading") if opened else None
        if opened is None or found is None:
            return
        digest = await _error_file(bench, opened, found)
        async with bench.work() as work:
            row = await _in_state(work, import_id, "reading")
            if row:
                _tell(row, found, digest)
                row.state = "checked"


@job(queue="imports", split=True, rights={"enterprise:write", "message:post"})
async def save(bench: Bench, import_id: UUID) -> None:
    """Save what is right, from where an earlier run ended."""
    async with bench.kept():
        opened = await _open(bench, import_id, "saving")
        if opened is None or not await _save_all(bench, opened):
            return
        async with bench.work() as work:
            row = await work.get(RegistryImport, import_id)
            late = row.total - row.bad - row.saved
        found = await _look_through(bench, opened, "saving", shows=False) if late else None
        digest = await _error_file(bench, opened, found) if found else None
        async with bench.work() as work:
            await _end(work, import_id, found, digest)


async def _open(bench: Bench, import_id: UUID, state: str) -> Opened | None:
    """The ledger where it is still to be worked at; one that cannot be read is failed, with the reason."""
    async with bench.work() as work:
        row = await _in_state(work, import_id, state)
        if row is None:
            return None
        tenant, digest, villages = work.tenant_id, row.file_sha256, await villages_of_town(work)
    try:
        data = b"".join([piece async for piece in await sweeping.files().get(tenant, digest)])
        return Opened(
            import_id, await asyncio.to_thread(Ledger, data), await asyncio.to_thread(rows_about, data), villages
        )
    except (FileRefused, FileMissing) as refusal:
        await _fail(bench, import_id, refusal.sentence)
        return None


async def _look_through(bench: Bench, opened: Opened, state: str, *, shows: bool = True) -> Found | None:
    """What all rows come to; None where somebody gave the ledger up meanwhile, or its end cannot be read."""
    found, seen, read = Found(opened.villages.names), Seen(), 0
    try:
        async for rows in _thousands(opened.ledger):
            async with bench.work() as work:
                row = await _in_state(work, opened.id, state)
                if row is None or row.valid_from is None:
                    return None
                found.take(await judge(work, rows, seen, row.valid_from, opened.villages))
                read += len(rows)
                if shows:
                    row.rows_read, row.total = read, max(opened.about, read)
    except FileRefused as refusal:
        await _fail(bench, opened.id, refusal.sentence)
        return None
    return found


async def _save_all(bench: Bench, opened: Opened) -> bool:
    """Every thousand with its progress in one transaction; False where somebody gave the ledger up meanwhile."""
    seen, read = Seen(), 0
    async for rows in _thousands(opened.ledger):
        read += len(rows)
        async with bench.work() as work:
            row = await _in_state(work, opened.id, "saving")
            if row is None:
                return False
            if read <= row.rows_read:
                _remember(seen, rows)
                continue
            await _save(work, row, rows, seen, opened.villages)
            row.rows_read = read
    return True


async def _save(work: Work, row: RegistryImport, rows: list[Row], seen: Seen, villages: Villages) -> None:
    assert row.valid_from is not None
    said = Said(row.valid_from, "import", NOTE, row.member_id, row.person, work.now)
    good = [one for one in await judge(work, rows, seen, row.valid_from, villages, lock=True) if not one.wrong]
    overtaken = await _write(work, row, good, said)
    if overtaken:
        # Whoever was quicker has registered them: now they are changes, or no change at all.
        again = await judge(work, [one.row for one in overtaken], Seen(), row.valid_from, villages, lock=True)
        await _write(work, row, [one for one in again if not one.wrong], said)


async def _write(work: Work, row: RegistryImport, good: list[Judged], said: Said) -> list[Judged]:
    done = await write(work, [one.meant for one in good], said)
    row.created += len(done.created)
    row.changed += len(done.changed)
    row.unchanged += len(good) - len(done.created) - len(done.changed) - len(done.overtaken)
    row.saved += len(good) - len(done.overtaken)
    listed = [[good[place].row.number, enterprise, "new"] for place, enterprise in done.created.items()]
    listed += [[good[place].row.number, enterprise, "changed"] for place, enterprise in done.changed.items()]
    if listed:
        work.record("registry_import:rows_saved", row, sha256=row.file_sha256, rows=listed)
    return [good[place] for place in done.overtaken]


async def _end(work: Work, import_id: UUID, found: Found | None, digest: str | None) -> None:
    row = await _in_state(work, import_id, "saving")
    if row is None:
        return
    if found:
        row.bad, row.valid = len(found.bad), row.total - len(found.bad)
        row.error_sha256 = digest or row.error_sha256
        row.note = "核对以后台账有变动，保存时又有几行不能保存，已列入有误的行"
    row.state, row.ended_at = "done", work.now
    counts = {"new": row.created, "changed": row.changed, "unchanged": row.unchanged, "bad": row.bad}
    work.record("registry_import:saved", row, sha256=row.file_sha256, valid_from=row.valid_from, **counts)
    said = words("registry:imported", file=row.file_name, new=row.created, changed=row.changed, bad=row.bad)
    await messages.post(
        work,
        to=[row.member_id],
        event=f"registry:imported:{row.id}",
        subject=said.subject,
        body=said.body,
        link=f"/enterprises/imports/{row.id}",
    )


async def _in_state(work: Work, import_id: UUID, state: str) -> RegistryImport | None:
    """The row, locked, where it is still in that state."""
    row = await work.get(RegistryImport, import_id, lock=True)
    return row if row.state == state else None


async def _fail(bench: Bench, import_id: UUID, sentence: str) -> None:
    async with bench.work() as work:
        row = await work.get(RegistryImport, import_id, lock=True)
        row.state, row.note, row.ended_at = "failed", sentence, work.now
        work.record("registry_import:failed", row, reason=sentence)


def _tell(row: RegistryImport, found: Found, digest: str | None) -> None:
    row.total = row.rows_read = sum(found.counts.values())
    row.created, row.changed, row.unchanged, row.bad = (
        found.counts[kind] for kind in ("new", "changed", "unchanged", "bad")
    )
    row.valid = row.total - row.bad
    row.preview, row.error_sha256 = found.preview, digest


async def _error_file(bench: Bench, opened: Opened, found: Found) -> str | None:
    """The bad rows as they were uploaded, each with its reasons before it; None where there are none."""
    async with bench.work() as work:
        row = await work.get(RegistryImport, opened.id, lock=True)
        heads = opened.ledger.heads
        row.heads = {
            "found": dict(heads.places),
            "words": [*heads.words],
            "unknown": [*heads.unknown],
            "missing": missing_for_new(heads),
        }
        tenant, day, person = work.tenant_id, work.today, row.person
    if not found.bad:
        return None
    columns = [Column("原因", 60), *(Column(word, 16) for word in heads.words)]
    target = BytesIO()
    lines = opened.ledger.returned(found.bad)
    write_all = partial(write_ledger, filters=FILTERS, made_on=day, made_by=person)
    await asyncio.to_thread(write_all, target, "导入台账中有误的行", columns, lines)
    return await sweeping.files().put(tenant, target.getvalue())


async def _thousands(ledger: Ledger) -> AsyncIterator[list[Row]]:
    """The rows, read beside the loop."""
    rows = batches(ledger.rows(), BATCH)
    while batch := await asyncio.to_thread(next, rows, None):
        yield batch


def _remember(seen: Seen, rows: list[Row]) -> None:
    for row in rows:
        seen.again(row)
