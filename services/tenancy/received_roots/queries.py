"""Which towns' roots a district has, which days are missing, and what arrived differently."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from uuid import UUID

import msgspec
from sqlalchemy import func, select

from services.kernel import clock
from services.kernel.database import Scope, Sessions
from services.kernel.table import Login
from services.kernel.verifying import Held
from services.kernel.work import Work
from services.regulation.lights import Colour, Light
from services.tenancy.received_roots.models import ReceivedRoot
from services.tenancy.townships.models import Tenant

WINDOW = timedelta(days=30)
"""How far back missing days are looked for."""
ON_ITS_WAY = timedelta(hours=2)
"""So long after midnight a day's root may still be under way."""
LATE_DAYS = 2


class Conflict(msgspec.Struct, frozen=True):
    """What was received first for a day, and what arrived differently."""

    first: ReceivedRoot
    other: ReceivedRoot


class TownRoots(msgspec.Struct, frozen=True, kw_only=True):
    """One town as its district's books have it."""

    id: UUID
    name: str
    last: ReceivedRoot | None
    missing: Sequence[date]
    """Days of the last thirty, since the first root of the town, without one."""
    conflicts: Sequence[Conflict]
    light: Light


async def received(work: Work) -> Sequence[TownRoots]:
    """Every town of the district, the red ones first; needs the login of the district's desk."""
    work.require("root:read")
    until = expected(work.now)
    towns = await work.all(select(Tenant).where(Tenant.district_id == work.tenant_id).order_by(Tenant.code))
    firsts, lasts = await _firsts(work), await _lasts(work)
    days, conflicts = await _days(work, until - WINDOW), await _conflicts(work)
    found = [
        _town(town, lasts.get(town.id), _missing(firsts.get(town.id), days[town.id], until), conflicts[town.id], until)
        for town in towns
    ]
    order = list(Colour)
    return sorted(found, key=lambda town: order.index(town.light.colour))


def expected(now: datetime) -> date:
    """The last day whose root must have arrived by now."""
    return clock.legal_day(now - ON_ITS_WAY) - timedelta(days=1)


async def held_by_districts(sessions: Sessions) -> Sequence[Held]:
    """All that the districts hold of their towns' trails, conflicts too, for verification."""
    async with sessions.session(Login.WORKER, Scope()) as session:
        rows = await session.execute(select(Tenant.id, Tenant.name).where(Tenant.kind == "district"))
        districts = list(rows)
    held: list[Held] = []
    for district, name in districts:
        async with sessions.session(Login.WORKER, Scope(tenant_id=district)) as session:
            query = select(ReceivedRoot).where(ReceivedRoot.tenant_id == district).order_by(ReceivedRoot.day)
            held += [_held(row, name) for row in await session.scalars(query)]
    return held


def _held(row: ReceivedRoot, keeper: str) -> Held:
    return Held(tenant=row.town_id, day=row.day, seq=row.seq, digest=row.head.hex(), root=row.root.hex(), keeper=keeper)


async def _firsts(work: Work) -> Mapping[UUID, date]:
    query = select(ReceivedRoot.town_id, func.min(ReceivedRoot.day)).group_by(ReceivedRoot.town_id)
    return {town: day for town, day in await work.rows(query)}  # noqa: C416 - rows are no pairs to mypy


async def _lasts(work: Work) -> Mapping[UUID, ReceivedRoot]:
    query = select(ReceivedRoot).where(~ReceivedRoot.is_conflict).distinct(ReceivedRoot.town_id)
    rows = await work.all(query.order_by(ReceivedRoot.town_id, ReceivedRoot.day.desc()))
    return {row.town_id: row for row in rows}


async def _days(work: Work, since: date) -> Mapping[UUID, set[date]]:
    days: dict[UUID, set[date]] = defaultdict(set)
    query = select(ReceivedRoot.town_id, ReceivedRoot.day).where(ReceivedRoot.day > since)
    for town, day in await work.rows(query):
        days[town].add(day)
    return days


async def _conflicts(work: Work) -> Mapping[UUID, list[Conflict]]:
    others = await work.all(select(ReceivedRoot).where(ReceivedRoot.is_conflict).order_by(ReceivedRoot.day.desc()))
    days = {row.day for row in others}
    query = select(ReceivedRoot).where(~ReceivedRoot.is_conflict, ReceivedRoot.day.in_(days))
    firsts = {(row.town_id, row.day): row for row in await work.all(query)} if days else {}
    conflicts: dict[UUID, list[Conflict]] = defaultdict(list)
    for other in others:
        conflicts[other.town_id].append(Conflict(firsts[other.town_id, other.day], other))
    return conflicts


def _missing(first: date | None, have: set[date], until: date) -> Sequence[date]:
    if first is None:
        return ()
    begin = max(first, until - WINDOW + timedelta(days=1))
    days = (begin + timedelta(days=n) for n in range((until - begin).days + 1))
    return [day for day in days if day not in have]


def _town(
    town: Tenant, last: ReceivedRoot | None, missing: Sequence[date], conflicts: Sequence[Conflict], until: date
) -> TownRoots:
    is_closed = town.state != "active"
    light = Light(*_light(last, () if is_closed else missing, conflicts, until, is_closed=is_closed))
    return TownRoots(
        id=town.id,
        name=town.name,
        last=last,
        missing=() if is_closed else missing,
        conflicts=conflicts,
        light=light,
    )


def _light(
    last: ReceivedRoot | None,
    missing: Sequence[date],
    conflicts: Sequence[Conflict],
    until: date,
    *,
    is_closed: bool,
) -> tuple[Colour, str]:
    if conflicts:
        return Colour.RED, f"有 {len(conflicts)} 处前后不一致"
    if is_closed:
        return Colour.GREEN, "已停用，不再报送"
    if last is None:
        return Colour.AMBER, "还没有收到过"
    behind = (until - last.day).days
    if behind >= LATE_DAYS:
        return Colour.RED, f"已 {behind} 天没有收到"
    return (Colour.AMBER, f"缺 {len(missing)} 天") if missing else (Colour.GREEN, "按日收到")
