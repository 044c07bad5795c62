"""A worker is killed while a ledger is saved: the next one goes on where it ended."""

from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from services.kernel.clock import legal_day, new_id
from services.kernel.files import FileStore
from services.kernel.settings import Settings
from services.supervision.imports.jobs import check, save
from services.supervision.imports.models import RegistryImport
from services.tenancy.roles import Role
from tests.factories import Town
from tests.faults.conftest import Seen, Send, Workers
from tests.supervision.imports.office import a_sheet, lines

pytestmark = pytest.mark.anyio
ROWS = 6_000
STATE = "SELECT state, saved, created, changed, unchanged, total FROM registry_import"


async def an_upload(everything: AsyncEngine, settings: Settings, town: Town) -> RegistryImport:
    """A ledger of six thousand enterprises, kept and waiting to be looked through."""
    digest = await FileStore.of(settings.home).put(town.id, a_sheet(lines(ROWS)))
    now = datetime.now(UTC)
    facts: dict[str, Any] = dict.fromkeys(
        ("rows_read", "total", "valid", "bad", "saved", "created", "changed", "unchanged"), 0
    )
    row = RegistryImport(
        tenant_id=town.id, id=new_id(), state="reading", file_name="台账.xlsx", file_sha256=digest, heads={}, preview=[],
        valid_from=legal_day(now), note="", member_id=town[Role.TOWN_OFFICE].member_id, person="示例", created_at=now, **facts,
    )  # fmt: skip
    async with AsyncSession(everything, expire_on_commit=False) as session:
        session.add(row)
        await session.commit()
    return row


async def test_a_killed_import_goes_on_where_it_ended(
    everything: AsyncEngine, settings: Settings, town: Town, send: Send, workers: Workers, outbox: Seen
) -> None:
    """Killed between two thousands, twice: every enterprise is there once, and the counts say so."""
    row = await an_upload(everything, settings, town)
    await send(town.id, check, (row.id,))
    workers.start()
    await outbox.until("SELECT count(*) FROM registry_import WHERE state = 'checked'", at_least=1)
    assert await outbox.ask(STATE) == [("checked", 0, ROWS, 0, 0, ROWS)]
    await outbox.change(
        "UPDATE registry_import SET state = 'saving', rows_read = 0, created = 0, changed = 0, unchanged = 0"
    )
    await send(town.id, save, (row.id,))
    for kills in (1, 2):
        await outbox.until("SELECT saved FROM registry_import", at_least=2000 * kills)
        workers.kill()
        ((state, saved, created, *_),) = await outbox.ask(STATE)
        assert (state, saved < ROWS, saved == created) == ("saving", True, True)
        assert await outbox.ask("SELECT count(*) FROM enterprise WHERE name LIKE '导入示例%'") == [(saved,)]
        workers.start()
    assert (await outbox.settled()).keys() == {"done"}
    assert await outbox.ask(STATE) == [("done", ROWS, ROWS, 0, 0, ROWS)]
    assert await outbox.ask("SELECT count(*), count(DISTINCT name) FROM enterprise WHERE name LIKE '导入示例%'") == [
        (ROWS, ROWS)
    ]
    acts = await outbox.ask(
        "SELECT act, count(*) FROM audit_entry WHERE act LIKE 'registry_import:%' GROUP BY act ORDER BY act"
    )
    assert [tuple(act) for act in acts] == [("registry_import:rows_saved", ROWS // 1000), ("registry_import:saved", 1)]
