"""Accidents as JSON: what was reported stays, what is learnt later is added."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

import msgspec
from litestar import Router, get, post
from litestar.params import FromPath, JSONBody, QueryParameter

from services.kernel.work import Work
from services.regulation.accidents import AccidentLevel
from services.supervision import accidents
from services.supervision.accidents import Accident
from services.tenancy.door import CurrentWork, needs

Year = Annotated[int | None, QueryParameter(ge=2000, le=2100)]
COMPUTED = frozenset({"level", "level_label"})


class AccidentOut(msgspec.Struct, frozen=True, kw_only=True):
    """One accident; days in Asia/Shanghai, instants in UTC, loss in 分."""

    id: UUID
    enterprise_id: UUID | None
    occurred_on: date
    place: str
    summary: str
    deaths: int
    died_later: list[date]
    deaths_counted: int
    """Deaths that grade it: those at once and those within the window."""
    window_ends_on: date
    serious_injuries: int
    minor_injuries: int
    loss_fen: int
    is_traffic_or_fire: bool
    has_social_impact: bool
    responsibility: str
    level: AccidentLevel
    level_label: str
    counts: bool
    """Whether the yearly target counts it."""
    created_at: datetime

    @classmethod
    def of(cls, row: Accident) -> "AccidentOut":
        """The row as programs read it."""
        same = {name: getattr(row, name) for name in cls.__struct_fields__ if name not in COMPUTED}
        return cls(**same, level=row.level, level_label=row.level.label)


class LaterDeath(msgspec.Struct, frozen=True):
    """The day on which somebody died of it afterwards."""

    died_on: date


class Conclusion(msgspec.Struct, frozen=True):
    """What the investigation says: 责任, 非责任 or 待定."""

    responsibility: str


@get("/", opt=needs("accident:read"))
async def list_accidents(work: CurrentWork, year: Year = None) -> list[AccidentOut]:
    """The accidents of a year, the latest first; this year where none is named."""
    return [AccidentOut.of(row) for row in await accidents.of_year(work, year or work.today.year)]


@post("/", opt=needs("accident:write"))
async def record(work: CurrentWork, data: JSONBody[accidents.Facts]) -> AccidentOut:
    """Record an accident; its level is computed from the facts."""
    return await out(work, await accidents.record(work, data))


@post("/{accident_id:uuid}/deaths", opt=needs("accident:write"), status_code=200)
async def add_later_death(work: CurrentWork, accident_id: FromPath[UUID], data: JSONBody[LaterDeath]) -> AccidentOut:
    """Somebody died of it afterwards; within the window the level may rise."""
    return await out(work, await accidents.add_later_death(work, accident_id, died_on=data.died_on))


@post("/{accident_id:uuid}/conclusion", opt=needs("accident:write"), status_code=200)
async def conclude(work: CurrentWork, accident_id: FromPath[UUID], data: JSONBody[Conclusion]) -> AccidentOut:
    """Say whether somebody is responsible; 非责任 is no longer counted."""
    return await out(work, await accidents.conclude(work, accident_id, responsibility=data.responsibility))


async def out(work: Work, row: Accident) -> AccidentOut:
    """One accident as it stands now."""
    await work.flush()
    return AccidentOut.of(row)


HANDLERS = (list_accidents, record, add_later_death, conclude)
router = Router("/api/v1/accidents", route_handlers=list(HANDLERS), tags=["accidents"])
