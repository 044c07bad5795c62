"""Another calendar moves the open deadlines that were counted by working days, and no other."""

from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from services.kernel.bench import Bench, system
from services.kernel.calendar_days import Calendar, CalendarDay, Status, shipped
from services.kernel.database import Scope
from services.kernel.outbox import Outbox
from services.kernel.trail import AuditEntry
from services.kernel.work import open_work
from services.notifications.messages.models import Message
from services.supervision import assignments, calendar
from services.supervision.assignments import in_workdays
from services.supervision.assignments.jobs import tell_assignment
from services.supervision.assignments.models import Assignment, AssignmentEvent
from services.supervision.calendar.jobs import recount_deadlines, tell_towns
from services.tenancy.roles import Role
from services.tenancy.townships import PLATFORM_TENANT
from tests.conftest import OneConnection
from tests.factories import a_town, an_administrator
from tests.supervision.calendar.notices import PAPER, days_of
from tests.supervision.year import NOW, Year, a_year

pytestmark = pytest.mark.anyio
DECEMBER = NOW.replace(month=12, day=29)
"""Tuesday: two working days are left in 2026."""
GUESSED, OFFICIAL = date(2027, 1, 5), date(2027, 1, 6)
"""Four working days later, before and after Monday 4 January became a holiday."""


@pytest.fixture
async def year(sessions: OneConnection) -> Year:
    """A town with a published plan."""
    return await a_year(sessions)


async def given_out(year: Year, **order: Any) -> Assignment:
    """An assignment of 29 December, so many working days or a day."""
    order = {"title": "整改", "department_ids": (year.town.departments["sector"],), **order}
    async with year.as_(Role.TOWN_OFFICE, DECEMBER) as work:
        return (await assignments.assign(work, year.node_id, assignments.Order(**order))).assignments[0]


async def bring(sessions: OneConnection) -> None:
    """The platform's operator brings 2027."""
    async with sessions.session(None, Scope()) as session:
        operator = await an_administrator(session, Role.PLATFORM_OPERATOR)
        await session.commit()
    async with open_work(sessions, operator, operator.rights, DECEMBER) as work:
        found = await calendar.preview(work, days_of())
        await calendar.bring(work, found.days, stands_at=found.stands_at)


async def recounted(year: Year) -> int:
    """The town's own task, as the worker runs it."""
    async with open_work(year.sessions, system(year.town.id), recount_deadlines.rights, DECEMBER) as work:
        return await assignments.recount(work)


async def now_of(year: Year, one: Assignment) -> Assignment:
    """The row as it stands."""
    async with year.everything() as session:
        return (await session.scalars(select(Assignment).where(Assignment.id == one.id))).one()


async def trail_of(year: Year, one: Assignment) -> list[AuditEntry]:
    """What the trail says of its deadline."""
    async with year.everything() as session:
        acts = ("assignment:recounted", "assignment:due_confirmed")
        query = select(AuditEntry).where(AuditEntry.about_id == one.id, AuditEntry.act.in_(acts))
        return list((await session.scalars(query)).all())


async def test_a_deadline_keeps_how_it_was_counted(year: Year) -> None:
    """So many working days keep their number and start; a chosen day keeps neither."""
    counted, chosen = await given_out(year, workdays=4), await given_out(year, title="报告", due_on=GUESSED)
    assert (counted.due_on, counted.due_workdays, counted.due_start) == (GUESSED, 4, date(2026, 12, 29))
    assert counted.due_provisional
    assert (chosen.due_on, chosen.due_workdays, chosen.due_start) == (GUESSED, None, None)


async def test_the_official_year_moves_a_counted_deadline_once(year: Year) -> None:
    """The trail names both days and the paper, the timeline tells it, the owner hears of it; a second run does nothing."""
    one = await given_out(year, workdays=4)
    await bring(year.sessions)
    assert [await recounted(year), await recounted(year)] == [1, 0]
    moved = await now_of(year, one)
    assert (moved.due_on, moved.due_provisional) == (OFFICIAL, False)
    (entry,) = await trail_of(year, one)
    assert (entry.detail["before"], entry.detail["after"]) == ("2027-01-05", "2027-01-06")
    assert PAPER in entry.detail["papers"]
    async with year.everything() as session:
        event = (await session.scalars(select(AssignmentEvent).where(AssignmentEvent.kind == "recounted"))).one()
        assert event.note.startswith("期限由2027年1月5日改为2027年1月6日")
    async with year.as_system(DECEMBER) as work:
        await tell_assignment(work, one.id, "recounted", event.id)
    async with year.everything() as session:
        told = (await session.scalars(select(Message).where(Message.event.startswith("assignment:recounted")))).all()
        assert {message.member_id for message in told} == {year.town[Role.SECTOR_DEPARTMENT].member_id}
        assert PAPER in told[0].body


async def test_a_day_that_a_person_chose_is_never_moved(year: Year) -> None:
    """Chosen when it was given, or granted as an extension: only the mark 暂定 falls away."""
    chosen = await given_out(year, due_on=date(2027, 1, 4))
    extended = await given_out(year, title="报告", workdays=4)
    async with year.as_(Role.SECTOR_DEPARTMENT, DECEMBER) as work:
        await assignments.receive(work, extended.id)
        await assignments.ask_extension(work, extended.id, to=date(2027, 1, 8), reason="等待检测")
    async with year.as_(Role.TOWN_LEADER, DECEMBER) as work:
        granted = await assignments.decide_extension(work, extended.id, granted=True)
    assert (granted.due_workdays, granted.due_provisional) == (None, True)
    await bring(year.sessions)
    assert await recounted(year) == 0
    for one, day in ((chosen, date(2027, 1, 4)), (extended, date(2027, 1, 8))):
        row = await now_of(year, one)
        assert (row.due_on, row.due_provisional) == (day, False)
        assert [entry.act for entry in await trail_of(year, one)] == ["assignment:due_confirmed"]


async def test_what_is_closed_stays_as_it_was(year: Year) -> None:
    """Cancelled work keeps its day and its mark."""
    one = await given_out(year, workdays=4)
    async with year.as_(Role.TOWN_OFFICE, DECEMBER) as work:
        await assignments.cancel(work, one.id, reason="不再需要")
    await bring(year.sessions)
    assert await recounted(year) == 0
    row = await now_of(year, one)
    assert (row.due_on, row.due_provisional) == (GUESSED, True)
    assert await trail_of(year, one) == []


async def test_a_deadline_that_ends_before_the_year_is_left_alone(year: Year) -> None:
    """Two working days end on 31 December; the third is in the new year."""
    one = await given_out(year, workdays=2)
    await bring(year.sessions)
    assert await recounted(year) == 0
    assert (await now_of(year, one)).due_on == date(2026, 12, 31)
    assert await trail_of(year, one) == []


async def test_every_active_town_gets_a_task_of_its_own(year: Year) -> None:
    """One row in each town's own outbox; nothing is written across towns by one transaction."""
    async with year.everything() as session:
        other = await a_town(session, "清溪示例镇")
    async with year.everything() as session:
        await an_administrator(session, Role.PLATFORM_OPERATOR)
    await tell_towns(Bench(year.sessions, system(PLATFORM_TENANT), frozenset(), uuid4()), uuid4())
    async with year.everything() as session:
        rows = await session.scalars(select(Outbox.tenant_id).where(Outbox.job == recount_deadlines.name))
        assert set(rows) == {year.town.id, other.id}


SPANS = st.tuples(st.dates(date(2025, 6, 1), date(2028, 3, 1)), st.integers(1, 250))
OFF = st.frozensets(st.dates(date(2027, 1, 2), date(2027, 12, 31)), max_size=20)


@given(SPANS, OFF)
def test_replacing_a_year_moves_only_deadlines_whose_span_touches_it(
    span: tuple[date, int], off: frozenset[date]
) -> None:
    """Whatever the notice for 2027 says: who neither counts through it nor ends in it keeps the same day."""
    before = shipped()
    notice = [
        CalendarDay(day, day.isoweekday() > 5, "示例", PAPER, Status.OFFICIAL) for day in {date(2027, 1, 1), *off}
    ]
    after: Calendar = before.replaced(notice)
    start, n = span
    old, new = in_workdays(before, start, n), in_workdays(after, start, n)
    touched = start < date(2027, 12, 31) and max(old.safe_on, new.safe_on) >= date(2027, 1, 1)
    if not touched:
        assert (old.safe_on, old.is_provisional) == (new.safe_on, new.is_provisional)
    if new.safe_on < date(2028, 1, 1):
        assert not new.is_provisional
    assert after.workdays(start + timedelta(days=1), new.safe_on) == n
