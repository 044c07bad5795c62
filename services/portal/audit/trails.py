"""How far every place's trail is sealed, and the days' roots: figures and hashes, no business content."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

import msgspec
from sqlalchemy import select

from services.kernel.sealer import RED
from services.kernel.trail import AuditRoot, SealState
from services.kernel.work import Work
from services.regulation.lights import Colour, Light
from services.tenancy.townships import Tenant

DAYS = 14


class Trail(msgspec.Struct, frozen=True):
    """How far one place's trail is sealed."""

    tenant_id: UUID
    name: str
    sealed: int
    sealed_at: datetime | None
    checked_at: datetime | None
    light: Light


async def trails(work: Work) -> Sequence[Trail]:
    """Every active place, the red ones first."""
    rows = await work.rows(
        select(Tenant, SealState)
        .outerjoin(SealState, SealState.tenant_id == Tenant.id)
        .where(Tenant.state == "active")
        .order_by(Tenant.code, Tenant.name)
    )
    found = [_trail(tenant, state, work.now) for tenant, state in rows]
    return sorted(found, key=lambda trail: trail.light.colour is not Colour.RED)


async def roots(work: Work) -> Sequence[AuditRoot]:
    """The roots of the last fourteen days that have one, the latest first."""
    return await work.all(select(AuditRoot).order_by(AuditRoot.day.desc()).limit(DAYS))


def _trail(tenant: Tenant, state: SealState | None, now: datetime) -> Trail:
    if state is None:
        light = Light(*_never_sealed(now - tenant.created_at))
        return Trail(tenant.id, tenant.name, 0, None, None, light)
    light = Light(*_light(state, now))
    return Trail(tenant.id, tenant.name, state.seq, state.sealed_at, state.checked_at, light)


def _never_sealed(age: timedelta) -> tuple[Colour, str]:
    return (Colour.RED, "从未封存过") if age > RED else (Colour.AMBER, "刚建立，还没有封存过")


def _light(state: SealState, now: datetime) -> tuple[Colour, str]:
    if state.unsealed_since and now - state.unsealed_since > RED:
        return Colour.RED, f"有记录 {_minutes(now - state.unsealed_since)} 分钟未封存"
    if now - state.checked_at > RED:
        return Colour.RED, f"已 {_minutes(now - state.checked_at)} 分钟没有核对"
    return Colour.GREEN, "全部封存"


def _minutes(age: timedelta) -> int:
    return int(age.total_seconds() // 60)
