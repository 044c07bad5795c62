"""One import or export in a process of its own, so that its memory can be told: `python -m tests.scale.ledgers what tenant file`."""

import asyncio
import json
import resource
import sys
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import Any
from uuid import UUID

import openpyxl
from python_calamine import CalamineWorkbook
from sqlalchemy import make_url, select
from sqlalchemy.ext.asyncio import AsyncSession, create_async_engine

from services.kernel import sweeping
from services.kernel.bench import Bench, system
from services.kernel.clock import legal_day, new_id
from services.kernel.database import Database, login_urls
from services.kernel.jobs import Job
from services.kernel.settings import Settings
from services.kernel.table import Login
from services.kernel.work import open_work
from services.supervision.exports import COLUMNS, Spoken
from services.supervision.exports.jobs import write
from services.supervision.exports.models import RegistryExport
from services.supervision.imports.heads import heads_among
from services.supervision.imports.jobs import check, save
from services.supervision.imports.models import RegistryImport
from services.supervision.registry import Enterprise, Meant, Said, Villages
from services.supervision.registry import write as write_many
from tests.factories import ENTERPRISE

BATCH = 1000
NOW = datetime.now(UTC)


class House:
    """The measured house, as a process of it sees it."""

    def __init__(self) -> None:
        self.settings = Settings.from_environment()
        self.admin = make_url(self.settings.database_url or "").set(drivername="postgresql+asyncpg")
        self.database = Database(login_urls(self.admin, self.settings.role_secret or ""))
        sweeping.use(self.settings)

    async def put(self, row: Any) -> None:
        """A row past row security."""
        engine = create_async_engine(self.admin)
        async with AsyncSession(engine, expire_on_commit=False) as session:
            session.add(row)
            await session.commit()
        await engine.dispose()

    async def run(self, job: Job, tenant: UUID, row: UUID) -> None:
        """A job as a worker does it."""
        await job.function(Bench(self.database, system(tenant), job.rights, new_id()), row)


async def ours(house: House, tenant: UUID, file: Path) -> dict[str, float]:
    """Looked through and saved, as the office's upload is; the file has been uploaded before."""
    digest = await sweeping.files().put(tenant, file.read_bytes())
    counts = dict.fromkeys(("rows_read", "total", "valid", "bad", "saved", "created", "changed", "unchanged"), 0)
    row = RegistryImport(
        tenant_id=tenant, id=new_id(), state="reading", file_name=file.name, file_sha256=digest, heads={}, preview=[], note="",
        valid_from=legal_day(NOW), member_id=new_id(), person="示例", created_at=NOW, **counts,
    )  # fmt: skip
    await house.put(row)
    started = time.perf_counter()
    await house.run(check, tenant, row.id)
    looked = time.perf_counter() - started
    async with open_work(house.database, system(tenant), frozenset()) as work:
        kept = await work.get(RegistryImport, row.id)
        kept.state, kept.rows_read, kept.created = "saving", 0, 0
    await house.run(save, tenant, row.id)
    async with open_work(house.database, system(tenant), frozenset()) as work:
        done = await work.get(RegistryImport, row.id)
        assert (done.state, done.bad) == ("done", 0), (done.state, done.bad, done.note)
    return {"rows": done.saved, "looked_seconds": looked, "seconds": time.perf_counter() - started}


async def limit(house: House, tenant: UUID, file: Path) -> dict[str, float]:
    """The same file read whole and written by unnest, nothing checked, nothing looked up, no progress."""
    started, written = time.perf_counter(), 0
    rows = CalamineWorkbook.from_path(str(file)).get_sheet_by_index(0).to_python()
    places = heads_among([(1, [str(cell) for cell in rows[0]])]).places
    said = Said(legal_day(NOW), "import", "", None, "示例", NOW)
    meant = [
        Meant(after={**ENTERPRISE_DEFAULTS, **{name: row[place] for name, place in places.items() if name in TEXTS}})
        for row in rows[1:]
    ]
    for start in range(0, len(meant), BATCH):
        async with open_work(house.database, system(tenant), frozenset({"enterprise:write"})) as work:
            written += len((await write_many(work, meant[start : start + BATCH], said)).created)
    return {"rows": written, "seconds": time.perf_counter() - started}


async def peer(house: House, tenant: UUID, file: Path) -> dict[str, float]:
    """Openpyxl and the ORM: a fifth of the rows, nothing checked."""
    started = time.perf_counter()
    sheet = openpyxl.load_workbook(file, read_only=True).active
    lines = sheet.iter_rows(values_only=True)
    places = heads_among([(1, [str(cell) for cell in next(lines)])]).places
    rows = []
    for line, _ in zip(lines, range(20_000), strict=False):
        said = {name: line[place] for name, place in places.items() if name in TEXTS}
        known = {**ENTERPRISE_DEFAULTS, **said, "registered_on": legal_day(NOW), "created_at": NOW}
        rows.append(Enterprise(tenant_id=tenant, id=new_id(), **known))
    async with house.database.session(Login.WORKER, system(tenant).scope) as session:
        session.add_all(rows)
        await session.commit()
    return {"rows": len(rows), "seconds": time.perf_counter() - started}


TEXTS = ("name", "address", "no_code_reason", "village_code")
ENTERPRISE_DEFAULTS: dict[str, Any] = {
    **{column.name: None for column in Enterprise.__table__.columns if column.nullable},
    **{key: value for key, value in ENTERPRISE.items() if key not in {"registered_on", "created_at"}},
    "headcount_own": 60,
    "headcount_dispatched": 0,
    "headcount_temporary": 0,
    "credit_class": "B",
    "circumstances": [],
    "has_safety_office": False,
}


async def export(house: House, tenant: UUID, file: Path) -> dict[str, float]:
    """The whole ledger of a town by the worker's job."""
    row = RegistryExport(
        tenant_id=tenant, id=new_id(), state="writing", asked={}, filters="", total=0, written=0, bytes=0,
        member_id=new_id(), person="示例", created_at=NOW,
    )  # fmt: skip
    await house.put(row)
    started = time.perf_counter()
    await house.run(write, tenant, row.id)
    seconds = time.perf_counter() - started
    async with open_work(house.database, system(tenant), frozenset()) as work:
        return {"rows": (await work.get(RegistryExport, row.id)).written, "seconds": seconds}


async def peer_export(house: House, tenant: UUID, file: Path) -> dict[str, float]:
    """Openpyxl in its write-only mode with the ORM's rows: a fifth of them, the same columns."""
    started, spoken = time.perf_counter(), Spoken(Villages("500102119"))
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet()
    sheet.append([column.head for column in COLUMNS])
    async with open_work(house.database, system(tenant), frozenset()) as work:
        rows = await work.all(select(Enterprise).order_by(Enterprise.name).limit(20_000))
    for number, row in enumerate(rows, 1):
        sheet.append(spoken.cells(number, row))
    book.save(BytesIO())
    return {"rows": len(rows), "seconds": time.perf_counter() - started}


WAYS: dict[str, Callable[[House, UUID, Path], Awaitable[dict[str, float]]]] = {
    "ours": ours, "limit": limit, "peer": peer, "export": export, "peer_export": peer_export,
}  # fmt: skip


async def main(what: str, tenant: str, file: str) -> None:
    """Seconds, rows, and by how many megabytes the process grew at most."""
    house = House()
    before = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1]) * resource.getpagesize()
    found = await WAYS[what](house, UUID(tenant), Path(file))
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 - before
    await house.database.close()
    sys.stdout.write(json.dumps(found | {"grown_mb": grown / 2**20}) + "\n")


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
