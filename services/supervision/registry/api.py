"""Enterprises as JSON."""

from datetime import date
from typing import Annotated, Final
from uuid import UUID

import msgspec
from litestar import Router, get
from litestar.params import FromPath, FromQuery, QueryParameter

from services.supervision import registry
from services.supervision.registry import Enterprise, EnterpriseFacts
from services.tenancy.door import CurrentWork, needs

MOST: Final = 200
Limit = Annotated[int, QueryParameter(ge=1, le=MOST)]


class EnterpriseOut(msgspec.Struct, frozen=True, kw_only=True):
    """One enterprise as its town knows it."""

    id: UUID
    name: str
    credit_code: str | None
    no_code_reason: str | None
    industry_code: str
    sector: str
    size: str
    headcount: int
    village_code: str
    address: str
    production_state: str
    is_above_scale: bool
    is_peri_urban: bool
    is_smelter: bool
    is_state_owned: bool
    batch: str | None
    batch_done_on: date | None
    tags: list[str]
    standard_level: str | None
    standard_granted_on: date | None
    standard_expires_on: date | None
    insured_from: date | None
    insured_to: date | None
    left_on: date | None
    version: int

    @classmethod
    def of(cls, row: Enterprise) -> "EnterpriseOut":
        """The enterprise of a row."""
        return cls(**{name: getattr(row, name) for name in cls.__struct_fields__})


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
    above_scale: FromQuery[bool] = False,
    peri_urban: FromQuery[bool] = False,
    smelter: FromQuery[bool] = False,
    headcount_over: FromQuery[int | None] = None,
    cursor: FromQuery[UUID | None] = None,
    limit: Limit = 50,
) -> EnterpriseList:
    """Enterprises chosen by facts, in the order in which they were registered."""
    facts = EnterpriseFacts(
        q=q,
        sector=sector,
        tag=tag,
        production_state=production_state,
        standard=standard,
        insured=insured,
        batch=batch,
        above_scale=above_scale,
        peri_urban=peri_urban,
        smelter=smelter,
        headcount_over=headcount_over,
    )
    found = await registry.after(work, facts, cursor, limit + 1)
    items = [EnterpriseOut.of(row) for row in found[:limit]]
    return EnterpriseList(items, items[-1].id if len(found) > limit else None)


@get("/{enterprise_id:uuid}", opt=needs("enterprise:read"))
async def get_enterprise(work: CurrentWork, enterprise_id: FromPath[UUID]) -> EnterpriseOut:
    """One enterprise."""
    return EnterpriseOut.of(await registry.one(work, enterprise_id))


router = Router("/api/v1/enterprises", route_handlers=[list_enterprises, get_enterprise], tags=["enterprises"])
