"""A district takes over the daily roots of its towns, and keeps what it has once received."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from services.kernel import clock
from services.kernel.jobs import job
from services.kernel.schedules import scheduled
from services.kernel.trail import AuditRoot
from services.kernel.work import Work
from services.tenancy.received_roots.models import ReceivedRoot
from services.tenancy.townships.models import Tenant

LOOK_BACK = timedelta(days=35)
"""Roots of so many days are held against what was received; older ones by `anzhen audit verify`."""

Known = Mapping[tuple[UUID, date], Sequence[tuple[bytes, bytes]]]


@scheduled(every=timedelta(hours=1), kinds=["district"])
@job(queue="upkeep", rights={"root:receive"})
async def receive_roots(work: Work) -> None:
    """Every root of the district's towns that is not here yet is written down, once; one that differs is kept as a conflict."""
    work.require("root:receive")
    since = await _since(work)
    arrived = list(_arrivals(work, await _roots(work, since), await _known(work, since), await _towns(work)))
    if not arrived:
        return
    kept = insert(ReceivedRoot).values(arrived).on_conflict_do_nothing().returning(ReceivedRoot.id)
    new = set((await work.session.scalars(kept)).all())
    _record(work, [row for row in arrived if row["id"] in new])


async def _since(work: Work) -> date:
    """The first time from the beginning, then some weeks back."""
    is_first = await work.first(select(ReceivedRoot.id)) is None
    return date.min if is_first else work.today - LOOK_BACK


async def _towns(work: Work) -> frozenset[UUID]:
    return frozenset(await work.all(select(Tenant.id).where(Tenant.district_id == work.tenant_id)))


async def _roots(work: Work, since: date) -> Sequence[AuditRoot]:
    return await work.all(select(AuditRoot).where(AuditRoot.day >= since).order_by(AuditRoot.day))


async def _known(work: Work, since: date) -> Known:
    known: dict[tuple[UUID, date], list[tuple[bytes, bytes]]] = defaultdict(list)
    for row in await work.all(select(ReceivedRoot).where(ReceivedRoot.day >= since)):
        known[row.town_id, row.day].append((row.root, row.head))
    return known


def _arrivals(work: Work, roots: Sequence[AuditRoot], known: Known, towns: frozenset[UUID]) -> Iterator[dict[str, Any]]:
    for one in roots:
        for head in one.heads:
            town, link = UUID(head["tenant"]), bytes.fromhex(head["digest"])
            before = known.get((town, one.day), ())
            if town in towns and (one.root, link) not in before:
                yield {
                    "tenant_id": work.tenant_id,
                    "id": clock.new_id(),
                    "town_id": town,
                    "day": one.day,
                    "root": one.root,
                    "head": link,
                    "seq": head["seq"],
                    "is_conflict": bool(before),
                    "received_at": work.now,
                }


def _record(work: Work, new: Sequence[Mapping[str, Any]]) -> None:
    """One act for each day that arrived, one for each conflict."""
    fine: dict[date, list[Mapping[str, Any]]] = defaultdict(list)
    for row in new:
        if row["is_conflict"]:
            about = ReceivedRoot(id=row["id"])
            work.record("root:conflict", about, day=row["day"], town=row["town_id"], root=row["root"].hex())
        else:
            fine[row["day"]].append(row)
    for day, rows in fine.items():
        work.record(
            "root:received", ReceivedRoot(id=rows[0]["id"]), day=day, towns=len(rows), root=rows[0]["root"].hex()
        )
