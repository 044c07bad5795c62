"""The calendar of the database: filled by each upgrade, changed by an import, and held in memory by every process."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import func, select, text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from services.kernel.calendar_days.calendar import Calendar, CalendarDay, Status
from services.kernel.calendar_days.models import CalendarChange, CalendarDayRow
from services.kernel.calendar_days.reading import shipped
from services.kernel.clock import new_id
from services.kernel.work import Work

LOCK = 7_203_001
"""Two changes of the calendar wait for each other."""
IN_HAND = "calendar"
"""Where a transaction keeps the calendar that it counts by: one calendar for one transaction."""
# Days that an administrator brought are changed by another import only.
PUT = text("""
INSERT INTO calendar_day (day, is_workday, name, source, status, is_imported)
SELECT day, is_workday, name, source, status, :imported
FROM unnest(CAST(:days AS date[]), CAST(:worked AS boolean[]), CAST(:names AS text[]), CAST(:sources AS text[]),
  CAST(:states AS text[])) AS new (day, is_workday, name, source, status)
ON CONFLICT (day) DO UPDATE SET is_workday = excluded.is_workday, name = excluded.name, source = excluded.source,
  status = excluded.status, is_imported = excluded.is_imported
WHERE (:imported OR NOT calendar_day.is_imported)
  AND (calendar_day.is_workday, calendar_day.name, calendar_day.source, calendar_day.status, calendar_day.is_imported)
    IS DISTINCT FROM (excluded.is_workday, excluded.name, excluded.source, excluded.status, excluded.is_imported)
RETURNING day
""")


class _Held:
    """The calendar of this process and the change with which it was read."""

    change: UUID | None = None
    calendar: Calendar = Calendar({})


async def current(work: Work) -> Calendar:
    """The calendar as it stands; asked once for each transaction, read anew only where it has changed."""
    held: Calendar | None = work.session.info.get(IN_HAND)
    if held is None:
        newest = await work.first(select(CalendarChange.id).order_by(CalendarChange.number.desc()))
        if newest is None or newest != _Held.change:
            # Together, so that no other task of this process sees half of it.
            _Held.change, _Held.calendar = newest, await _read(work.session)
        held = work.session.info[IN_HAND] = _Held.calendar
    return held


async def put(
    session: AsyncSession | AsyncConnection, days: Iterable[CalendarDay], *, imported: bool
) -> Sequence[date]:
    """Write days over what stood there, and tell which of them changed; one change at a time."""
    rows = list(days)
    await session.execute(select(func.pg_advisory_xact_lock(LOCK)))
    changed = await session.execute(
        PUT,
        {
            "imported": imported,
            "days": [row.day for row in rows],
            "worked": [row.is_workday for row in rows],
            "names": [row.name for row in rows],
            "sources": [row.source for row in rows],
            "states": [row.status.value for row in rows],
        },
    )
    return sorted(changed.scalars())


async def change_of(
    session: AsyncSession | AsyncConnection, changed: Sequence[date], *, at: datetime, person: str, source: str
) -> CalendarChange:
    """The note that days changed, not yet added; to be asked for after `put`, which holds the lock."""
    number = await session.scalar(select(func.coalesce(func.max(CalendarChange.number), 0)))
    years = sorted({day.year for day in changed})
    return CalendarChange(
        id=new_id(), number=(number or 0) + 1, at=at, person=person, source=source, years=years, days=len(changed)
    )


async def fill(connection: AsyncConnection, at: datetime) -> int:
    """Bring the shipped calendar into the database, around what an administrator imported; tells how many days changed."""
    changed = await put(connection, shipped().days.values(), imported=False)
    if changed:
        change = await change_of(connection, changed, at=at, person="系统", source="随软件提供")
        values = {name: getattr(change, name) for name in CalendarChange.__table__.columns.keys()}  # noqa: SIM118 - a collection of columns
        await connection.execute(CalendarChange.__table__.insert().values(values))  # type: ignore[attr-defined]
    return len(changed)


async def _read(session: AsyncSession) -> Calendar:
    row = CalendarDayRow
    found = await session.execute(select(row.day, row.is_workday, row.name, row.source, row.status))
    return Calendar({one.day: CalendarDay(*one[:4], Status(one.status)) for one in found})
