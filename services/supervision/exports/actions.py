"""Long ledgers are written beside the web, and wait for whoever asked."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Final
from uuid import UUID

import msgspec
from sqlalchemy import select

from services.kernel.work import Work
from services.supervision import registry
from services.supervision.exports.jobs import write
from services.supervision.exports.models import RegistryExport
from services.supervision.registry import EnterpriseFilter

AT_ONCE: Final = 2000
"""So many enterprises are written while the person waits."""
KEPT: Final = timedelta(days=1)
RECENT: Final = 10


async def how_many(work: Work, facts: EnterpriseFilter) -> int:
    """How many enterprises a choice has."""
    work.require("enterprise:export")
    return await work.count(registry.chosen(work, facts))


async def ask(work: Work, facts: EnterpriseFilter) -> RegistryExport:
    """Exactly the enterprises of a choice are written into a file; whoever asked is told when it is there."""
    total = await how_many(work, facts)
    row = work.add(
        RegistryExport(
            state="writing",
            asked=msgspec.to_builtins(facts),
            filters=facts.words,
            total=total,
            written=0,
            bytes=0,
            member_id=work.identity.member_id,
            person=work.identity.person,
            created_at=work.now,
        )
    )
    work.record("registry_export:asked", row, filters=facts.words, total=total)
    work.send(write, row.id)
    return row


async def one(work: Work, export_id: UUID) -> RegistryExport:
    """One's own export; raises NotFound for another's."""
    work.require("enterprise:export")
    mine = RegistryExport.member_id == work.identity.member_id
    return await work.one(select(RegistryExport).where(RegistryExport.id == export_id, mine))


async def recent(work: Work) -> Sequence[RegistryExport]:
    """One's own exports of the last day, the latest first."""
    work.require("enterprise:export")
    mine = (RegistryExport.member_id == work.identity.member_id, RegistryExport.created_at > work.now - KEPT)
    return await work.all(select(RegistryExport).where(*mine).order_by(RegistryExport.created_at.desc()).limit(RECENT))
