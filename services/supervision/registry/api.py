"""Enterprises as JSON."""

from datetime import date
from typing import Annotated, Any, Final
from uuid import UUID

import msgspec
from litestar import MediaType, Response, Router, get
from litestar.params import FromPath, FromQuery, QueryParameter

from services.supervision import registry
from services.supervision.registry import EnterpriseFilter, EnterpriseOut
from services.supervision.registry.api_writing import FactsOut, change, register, told
from services.tenancy.door import CurrentWork, needs, tagged

MOST: Final = 200
Limit = Annotated[int, QueryParameter(ge=1, le=MOST)]


class EnterpriseList(msgspec.Struct, frozen=True):
    """One stretch of the list and where the next begins; None after the last."""

    items: list[EnterpriseOut]
    next_cursor: UUID | None


@get("/", opt=needs("enterprise:read"))
async def list_enterprises(
    work: CurrentWork,
    *,
    q: FromQuery[str] = "",
    sector: FromQuery[str] = "",
    tag: FromQuery[str] = "",
    production_state: FromQuery[str] = "",
    standard: FromQuery[str] = "",
    insured: FromQuery[str] = "",
    batch: FromQuery[str] = "",
    ownership: FromQuery[str] = "",
    credit_class: FromQuery[str] = "",
    circumstance: FromQuery[str] = "",
    above_scale: FromQuery[bool] = False,
    peri_urban: FromQuery[bool] = False,
    smelter: FromQuery[bool] = False,
    headcount_over: FromQuery[int | None] = None,
    cursor: FromQuery[UUID | None] = None,
    limit: Limit = 50,
) -> Response[EnterpriseList]:
    """Enterprises chosen by facts, in the order in which they were registered."""
    facts = EnterpriseFilter(
        q=q,
        sector=sector,
        tag=tag,
        production_state=production_state,
        standard=standard,
        insured=insured,
        batch=batch,
        ownership=ownership,
        credit_class=credit_class,
        circumstance=circumstance,
        above_scale=above_scale,
        peri_urban=peri_urban,
        smelter=smelter,
        headcount_over=headcount_over,
    )
    if facts.is_empty:
        made: Any = await registry.stretch(work, cursor, limit)
        return Response(made, media_type=MediaType.JSON)
    found = await registry.after(work, facts, cursor, limit + 1)
    items = [EnterpriseOut.of(row) for row in found[:limit]]
    return Response(EnterpriseList(items, items[-1].id if len(found) > limit else None))


@get("/{enterprise_id:uuid}", opt=needs("enterprise:read"))
async def get_enterprise(work: CurrentWork, enterprise_id: FromPath[UUID]) -> Response[EnterpriseOut]:
    """One enterprise."""
    row = await registry.one_out(work, enterprise_id)
    return tagged(row, row.version)


@get("/{enterprise_id:uuid}/facts", opt=needs("enterprise:read"))
async def get_facts(
    work: CurrentWork, enterprise_id: FromPath[UUID], on: FromQuery[date | None] = None
) -> Response[FactsOut]:
    """All facts of one enterprise on a day, today unless given."""
    return await told(work, await registry.one(work, enterprise_id), on or work.today)


router = Router(
    "/api/v1/enterprises",
    route_handlers=[list_enterprises, get_enterprise, get_facts, register, change],
    tags=["enterprises"],
)
