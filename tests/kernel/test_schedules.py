"""What comes round by itself comes round once for each place, however many schedulers run."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import anyio
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from services import background
from services.kernel import clock
from services.kernel.bench import system
from services.kernel.database import Database
from services.kernel.jobs import REGISTRY, job
from services.kernel.outbox import Inbox, Outbox
from services.kernel.scheduler import Scheduler
from services.kernel.schedules import SCHEDULES, Schedule, ScheduleRun, scheduled
from services.kernel.tidying import tidy
from services.kernel.work import Work, open_work
from services.tenancy.townships import Tenant
from tests.factories import a_town

pytestmark = pytest.mark.anyio

SHANGHAI = ZoneInfo("Asia/Shanghai")
BEGIN, END = datetime(2021, 1, 1), datetime(2099, 1, 1)  # noqa: DTZ001 - hypothesis adds the zone
TOWNS = {UUID(int=1): "township", UUID(int=2): "township", UUID(int=3): "district"}


@pytest.fixture
def daily() -> Iterator[Schedule]:
    """A job of this test that comes round at half past seven, for townships."""

    @scheduled(at=time(7, 30), kinds=["township"])
    @job(queue="upkeep")
    async def remind(work: Work) -> None:
        """Do nothing."""

    schedule = SCHEDULES[-1]
    others = SCHEDULES[:-1]
    SCHEDULES[:] = [schedule]
    yield schedule
    SCHEDULES[:] = others
    del REGISTRY[schedule.job.name]


def at(day: int, hour: int, minute: int, second: int = 0) -> datetime:
    """An instant of March 2026 in Shanghai, in UTC."""
    return datetime(2026, 3, day, hour, minute, second, tzinfo=SHANGHAI).astimezone(UTC)


@pytest.mark.parametrize(
    ("now", "slot"),
    [
        (at(2, 7, 29, 59), at(1, 7, 30)),
        (at(2, 7, 30), at(2, 7, 30)),
        (at(2, 23, 59, 59), at(2, 7, 30)),
        (at(3, 0, 0), at(2, 7, 30)),
    ],
)
async def test_a_day_begins_at_its_time_in_shanghai(daily: Schedule, now: datetime, slot: datetime) -> None:
    """Before half past seven the last slot is yesterday's, from then on today's."""
    assert daily.slot(now) == slot


@given(st.datetimes(BEGIN, END, timezones=st.just(UTC)), st.integers(1, 1440))
async def test_an_interval_has_even_slots(now: datetime, minutes: int) -> None:
    """The slot is the last one that has come, and stays the same until the next."""
    every = Schedule(tidy, None, timedelta(minutes=minutes), frozenset())
    slot = every.slot(now)
    assert slot <= now < slot + timedelta(minutes=minutes)
    assert every.slot(slot) == slot
    assert every.slot(slot + timedelta(minutes=minutes)) == slot + timedelta(minutes=minutes)


def test_a_schedule_is_a_time_or_an_interval() -> None:
    """Neither and both are faults of the program, told when it starts."""
    for wrong in ({}, {"at": time(7), "every": timedelta(minutes=1)}):
        with pytest.raises(ValueError, match="time of day or an interval"):
            scheduled(kinds=["township"], **wrong)


async def rows(everything: AsyncEngine, query: str) -> list[tuple[object, ...]]:
    """The rows of a query, past row security."""
    async with everything.connect() as connection:
        return [tuple(row) for row in await connection.execute(text(query))]


async def test_many_schedulers_fire_once(database: Database, everything: AsyncEngine, daily: Schedule) -> None:
    """Five schedulers at once, and one that starts anew, write one row for each township and none for the district."""
    async with anyio.create_task_group() as all_of_them:
        for _ in range(5):
            all_of_them.start_soon(Scheduler(database).fire_due, TOWNS, at(2, 8, 0))
    assert await Scheduler(database).fire_due(TOWNS, at(2, 9, 0)) == 0
    found = await rows(everything, "SELECT tenant_id, job, args, queue, state FROM outbox ORDER BY tenant_id")
    assert found == [(UUID(int=n), daily.job.name, [], "upkeep", "pending") for n in (1, 2)]


async def test_the_next_day_fires_again_and_a_missed_one_is_made_up_once(
    database: Database, everything: AsyncEngine, daily: Schedule
) -> None:
    """The same scheduler fires the next slot; after two days without any, the last slot is made up and no other."""
    scheduler = Scheduler(database)
    for now, fired in ((at(2, 7, 30), 2), (at(3, 7, 29), 0), (at(3, 7, 30), 2), (at(6, 3, 0), 2), (at(6, 7, 30), 2)):
        assert await scheduler.fire_due(TOWNS, now) == fired
    slots = await rows(everything, "SELECT DISTINCT slot FROM schedule_run ORDER BY slot")
    assert slots == [(at(day, 7, 30),) for day in (2, 3, 5, 6)]


async def test_a_new_place_joins_at_once(database: Database, daily: Schedule) -> None:
    """A township that was made after the slot gets it too."""
    scheduler = Scheduler(database)
    await scheduler.fire_due(TOWNS, at(2, 8, 0))
    assert await scheduler.fire_due({**TOWNS, UUID(int=4): "township"}, at(2, 8, 1)) == 1


async def test_only_active_places_take_part(database: Database, everything: AsyncEngine) -> None:
    """A suspended township is in no schedule."""
    async with AsyncSession(everything, expire_on_commit=False) as session:
        town, other = await a_town(session, "甲镇"), await a_town(session, "乙镇")
        row = await session.get(Tenant, other.id)
        assert row
        row.state = "suspended"
        await session.commit()
    found = await background.tenants(database)
    assert (found[town.id], found[town.district_id], other.id in found) == ("township", "district", False)


async def test_what_was_done_long_ago_is_cleared_away(database: Database) -> None:
    """Finished rows go after thirty days and not before, their proofs after sixty; what is not finished stays."""
    async with open_work(database, system(UUID(int=1)), frozenset()) as work:
        for days, state in ((29, "done"), (31, "done"), (400, "dead"), (400, "pending")):
            then = work.now - timedelta(days=days)
            work.add(Outbox(job=f"{state} {days}", args=[], queue="q", due_at=then, state=state, done_at=then))
        for days in (59, 61):
            then = work.now - timedelta(days=days)
            work.add(Inbox(done_at=then))
            work.add(ScheduleRun(job=str(days), slot=then, fired_at=then))
    async with open_work(database, system(UUID(int=1)), frozenset()) as work:
        await tidy(work)
    async with open_work(database, system(UUID(int=1)), frozenset()) as work:
        left = await work.all(select(Outbox.job).order_by(Outbox.job))
        assert list(left) == ["dead 400", "done 29", "pending 400"]
        assert (await work.count(select(Inbox)), await work.all(select(ScheduleRun.job))) == (1, ["59"])
    assert clock.legal_day(at(2, 0, 0)) == date(2026, 3, 2)
