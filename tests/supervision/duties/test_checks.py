"""Checks by day, week and month: in time, afterwards, or never; and who may enter which."""

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select

from services.kernel.clock import SHANGHAI
from services.kernel.trail import AuditEntry
from services.supervision import duties, registry
from services.supervision.duties import Duty, OnlyThePrincipal, WrongState
from services.supervision.duties.watching import watch_duties
from services.tenancy.roles import Role
from tests.supervision.year import Year

pytestmark = pytest.mark.anyio

SUNDAY = date(2026, 3, 8)
WEEK = "2026-W10"
MARCH, APRIL = (date(2026, 3, 1), date(2026, 3, 31)), date(2026, 4, 1)


def local(day: date, hour: int = 12, minute: int = 0) -> datetime:
    """An instant in Shanghai."""
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=SHANGHAI).astimezone(UTC)


async def check(
    year: Year, code: str, period: str, when: datetime, by: Role = Role.SAFETY_OFFICER, *, rest: bool = False
) -> None:
    """Somebody of the first enterprise enters that all is well, or that nothing was produced."""
    async with year.as_(by, when) as work:
        await duties.check(work, year.town.enterprises[0], code, period, problem=False, rest=rest)


async def kept(year: Year, code: str, first: date, last: date, today: date) -> duties.Kept:
    """The figures of one kind of check."""
    async with year.as_(Role.TOWN_OFFICE, local(today)) as work:
        return (await duties.kept(work, year.town.enterprises[0], [code], first, last))[0]


@pytest.mark.parametrize(
    ("when", "on_time", "late"),
    [(local(SUNDAY, 23, 59), 1, 0), (local(SUNDAY + timedelta(days=1), 0, 0), 0, 1)],
)
async def test_the_week_ends_on_sunday_at_midnight(year: Year, when: datetime, on_time: int, late: int) -> None:
    """A090: one minute before midnight is in time, midnight is 补报."""
    await check(year, "T05-3", WEEK, when)
    found = await kept(year, "T05-3", SUNDAY - timedelta(days=6), SUNDAY, SUNDAY + timedelta(days=2))
    assert (found.on_time, found.late, len(found.missed)) == (on_time, late, 0)
    async with year.as_system() as work:
        entry = await work.one(select(AuditEntry).where(AuditEntry.act == "duty:submitted"))
        assert entry.detail["late"] is bool(late)
        assert entry.detail["note"].startswith("补报" if late else "无问题")


async def test_the_monthly_check_is_the_principals(year: Year) -> None:
    """A092: a safety officer's is refused, the legal representative's counts."""
    when = local(date(2026, 3, 6))
    with pytest.raises(OnlyThePrincipal):
        await check(year, "T05-4", "2026-03", when)
    await check(year, "T05-4", "2026-03", when, Role.LEGAL_REPRESENTATIVE)
    assert (await kept(year, "T05-4", *MARCH, APRIL)).on_time == 1


async def test_the_rate_counts_days_of_production(year: Year) -> None:
    """A093: 22 days of production, 20 entered in time, one afterwards, one never: 90.9 %."""
    first = date(2026, 3, 1)
    days = [first + timedelta(days=n) for n in range(31)]
    resting = days[:9]
    for day in resting:
        await check(year, "T05-2", day.isoformat(), local(day), rest=True)
    for day in days[9:29]:
        await check(year, "T05-2", day.isoformat(), local(day, 18))
    await check(year, "T05-2", days[29].isoformat(), local(days[30], 8))
    found = await kept(year, "T05-2", *MARCH, APRIL)
    assert found.words == "20/22，90.9%，补报 1 次，漏查 1 次"
    assert [one.period for one in found.missed] == ["2026-03-31"]


async def test_a_day_that_is_not_over_is_not_missed(year: Year) -> None:
    """On its evening the check of the day may still come, the next morning it was missed."""
    day = date(2026, 3, 6)
    assert len((await kept(year, "T05-2", day, day, day)).missed) == 0
    assert len((await kept(year, "T05-2", day, day, day + timedelta(days=1))).missed) == 1


async def test_stopped_production_suspends_the_checks(year: Year) -> None:
    """From the day on which 停产 is registered nothing is expected, and nothing is owed."""
    enterprise = year.town.enterprises[0]
    async with year.as_(Role.TOWN_OFFICE) as work:
        await registry.change(
            work, enterprise, {"production_state": "停产"}, valid_from=date(2026, 3, 11), source="office", note="",
            version=None,
        )  # fmt: skip
        owed = {one.duty.code for one in await duties.owed(work, enterprise, date(2026, 3, 11))}
    assert not {"T05-2", "T05-3", "T05-4"} & owed
    assert (await kept(year, "T05-2", *MARCH, APRIL)).expected == 10


async def test_a_missed_check_has_a_row_the_morning_after(year: Year) -> None:
    """Missed periods stay visible, each once, also when the morning's round runs twice."""
    for _ in range(2):
        async with year.as_system(local(date(2026, 3, 7), 7)) as work:
            await watch_duties(work)
    async with year.as_system() as work:
        rows = await work.all(select(Duty).where(Duty.code == "T05-2", Duty.enterprise_id == year.town.enterprises[0]))
        assert sorted((row.period, row.state) for row in rows) == [(f"2026-03-0{n}", "not_started") for n in (4, 5, 6)]


async def test_a_check_is_entered_once_and_not_handed_in(year: Year) -> None:
    """What is entered stays; papers are not handed in for it."""
    when = local(date(2026, 3, 6))
    await check(year, "T05-2", "2026-03-06", when)
    with pytest.raises(WrongState):
        await check(year, "T05-2", "2026-03-06", when)
    async with year.as_(Role.SAFETY_OFFICER, when) as work:
        with pytest.raises(WrongState):
            await duties.submit(work, year.town.enterprises[0], "T05-3", WEEK)
