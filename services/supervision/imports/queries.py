"""Which ledgers were uploaded, and what became of them."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select

from services.kernel.work import Work
from services.supervision.imports.models import RegistryImport

RECENT = 30


async def one(work: Work, import_id: UUID) -> RegistryImport:
    """One upload of this town; raises NotFound."""
    work.require("enterprise:write")
    return await work.get(RegistryImport, import_id)


async def recent(work: Work) -> Sequence[RegistryImport]:
    """The last uploads, the latest first."""
    work.require("enterprise:write")
    return await work.all(select(RegistryImport).order_by(RegistryImport.created_at.desc()).limit(RECENT))
