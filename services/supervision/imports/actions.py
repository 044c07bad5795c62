"""A ledger is uploaded, looked through, and saved when the office says so; until then the registry knows nothing of it."""

import asyncio
from datetime import date
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from services.kernel.documents import FileKindRefused
from services.kernel.files import FileKind, FileStore, inspect
from services.kernel.refusals import BadInput
from services.kernel.work import Work
from services.supervision.imports.jobs import check, save
from services.supervision.imports.models import RegistryImport
from services.supervision.imports.refusals import AnotherIsSaved, NothingToSave, NotToBeCancelled, NotToBeSaved

OPEN = ("reading", "checked", "saving")
"""What can still be given up."""


async def upload(work: Work, files: FileStore, *, filename: str, data: bytes, valid_from: date) -> RegistryImport:
    """A ledger is kept as it is and looked through in the background; what it says is to hold from a day on.

    Raises FileRefused, FileNotKept, and BadInput for a day to come.
    """
    work.require("enterprise:write")
    if valid_from > work.today:
        raise BadInput(fields={"valid_from": "不能晚于今天"})
    found = await asyncio.to_thread(inspect, data, filename)
    if found.kind is not FileKind.XLSX:
        raise FileKindRefused("请上传 .xlsx 表格；其他格式请先用 Excel 或 WPS 另存为 .xlsx")
    row = work.add(
        RegistryImport(
            state="reading",
            file_name=found.name,
            file_sha256=await files.put(work.tenant_id, found.data),
            valid_from=valid_from,
            heads={},
            preview=[],
            note="",
            member_id=work.identity.member_id,
            person=work.identity.person,
            created_at=work.now,
            **dict.fromkeys(("rows_read", "total", "valid", "bad", "saved", "created", "changed", "unchanged"), 0),
        )
    )
    work.record("registry_import:uploaded", row, file=row.file_name, sha256=row.file_sha256)
    work.send(check, row.id)
    return row


async def approve(work: Work, import_id: UUID) -> RegistryImport:
    """The office saves what was found to be right. Raises NotToBeSaved, NothingToSave, AnotherIsSaved."""
    work.require("enterprise:write")
    row = await work.get(RegistryImport, import_id, lock=True)
    if row.state != "checked":
        raise NotToBeSaved
    if not row.created + row.changed:
        raise NothingToSave
    if await work.first(select(RegistryImport.id).where(RegistryImport.state == "saving")):
        raise AnotherIsSaved
    counts = {"new": row.created, "changed": row.changed, "unchanged": row.unchanged, "bad": row.bad}
    row.state = "saving"
    row.rows_read = row.saved = row.created = row.changed = row.unchanged = 0
    row.person, row.member_id = work.identity.person, work.identity.member_id or row.member_id
    try:
        await work.flush()
    except IntegrityError as error:
        raise AnotherIsSaved from error
    work.record("registry_import:approved", row, sha256=row.file_sha256, valid_from=row.valid_from, **counts)
    work.send(save, row.id)
    return row


async def cancel(work: Work, import_id: UUID) -> RegistryImport:
    """The office gives a ledger up; rows that were saved by then stay. Raises NotToBeCancelled."""
    work.require("enterprise:write")
    row = await work.get(RegistryImport, import_id, lock=True)
    if row.state not in OPEN:
        raise NotToBeCancelled
    kept = f"放弃时已有 {row.saved} 行保存进台账，这些行保留" if row.state == "saving" and row.saved else ""
    row.state, row.note, row.ended_at = "cancelled", kept, work.now
    work.record("registry_import:cancelled", row, saved=row.saved)
    return row
