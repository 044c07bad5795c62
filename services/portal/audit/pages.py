"""审计: whether every place's trail is sealed, and the days' roots; no business content."""

from datetime import datetime
from typing import Any

import msgspec
from litestar import Router, get
from litestar.response import Template
from sqlalchemy import select

from services.kernel.sealer import RED
from services.kernel.trail import AuditRoot, SealState
from services.portal.frame import AnyRequest, page
from services.regulation.lights import Colour, Light
from services.tenancy.door import CurrentWork, needs
from services.tenancy.townships import Tenant

DAYS = 14


class Trail(msgspec.Struct, frozen=True):
    """How far one place's trail is sealed."""

    name: str
    sealed: int
    sealed_at: datetime | None
    checked_at: datetime | None
    light: Light


@get("/audit", opt=needs("seal:read"))
async def overview(request: AnyRequest, work: CurrentWork) -> Template:
    """审计."""
    rows = await work.rows(
        select(Tenant.name, SealState)
        .outerjoin(SealState, SealState.tenant_id == Tenant.id)
        .where(Tenant.state == "active")
        .order_by(Tenant.code, Tenant.name)
    )
    trails = sorted(
        (_trail(name, state, work.now) for name, state in rows), key=lambda trail: trail.light.colour is not Colour.RED
    )
    roots = await work.all(select(AuditRoot).order_by(AuditRoot.day.desc()).limit(DAYS))
    red = sum(trail.light.colour is Colour.RED for trail in trails)
    return page(request, "audit/overview.html", trails=trails, roots=roots, red=red)


def _trail(name: str, state: SealState | None, now: datetime) -> Trail:
    if state is None:
        return Trail(name, 0, None, None, Light(Colour.AMBER, "还没有封存过"))
    return Trail(name, state.seq, state.sealed_at, state.checked_at, Light(*_light(state, now)))


def _light(state: SealState, now: datetime) -> tuple[Colour, str]:
    if state.unsealed_since and now - state.unsealed_since > RED:
        return Colour.RED, f"有记录 {_minutes(now - state.unsealed_since)} 分钟未封存"
    if now - state.checked_at > RED:
        return Colour.RED, f"已 {_minutes(now - state.checked_at)} 分钟没有核对"
    return Colour.GREEN, "全部封存"


def _minutes(age: Any) -> int:
    return int(age.total_seconds() // 60)


router = Router("/", route_handlers=[overview], include_in_schema=False)
