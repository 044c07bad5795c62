"""Every morning the town reminds who must act, and reports what is late one step further up."""

from datetime import UTC, datetime, time, timedelta

import pytest
from sqlalchemy import select

from services.kernel.schedules import SCHEDULES
from services.kernel.trail import AuditEntry
from services.notifications.messages.models import Message
from services.supervision import assignments
from services.supervision.assignments.jobs import watch_deadlines
from services.supervision.assignments.models import Assignment, AssignmentEvent
from services.supervision.registry import EnterpriseFilter
from services.tenancy.members.models import Member
from services.tenancy.roles import Role
from tests.factories import a_person
from tests.supervision.year import DUE, Year

pytestmark = pytest.mark.anyio


def morning(days: int) -> datetime:
    """Half past seven in Shanghai, so many days after the deadline."""
    return datetime.combine(DUE + timedelta(days=days), time(7, 30), UTC) - timedelta(hours=8)


async def watch(year: Year, days: int) -> None:
    """The job as it runs on that morning."""
    async with year.as_system(morning(days)) as work:
        await watch_deadlines(work)


async def told(year: Year, words: str) -> list[tuple[str, str]]:
    """Who was told of something, and in which words."""
    async with year.as_system() as work:
        query = select(Member.role, Message.subject).join(Member, Member.id == Message.member_id)
        rows = await work.rows(
            query.where(Message.event.startswith(f"assignment:{words}:")).order_by(Message.created_at)
        )
        return [(role, subject) for role, subject in rows]


@pytest.mark.parametrize(
    ("days", "words"),
    [
        (-31, None), (-30, "30 天后到期"), (-29, None), (-8, None), (-7, "7 天后到期"), (-4, None), (-3, "3 天后到期"),
        (-2, None), (-1, "1 天后到期"), (0, "今天到期"), (1, "逾期 1 天"), (2, "逾期 2 天"), (3, "逾期 3 天"), (4, None),
        (9, None), (10, "逾期 10 天"), (11, None), (17, "逾期 17 天"),
    ],
)  # fmt: skip
async def test_an_owner_is_reminded_in_the_rhythm_of_the_rules(year: Year, days: int, words: str | None) -> None:
    """30, 7, 3 and 1 days before, on the day, three days after, then weekly; on the days between nobody is disturbed."""
    await year.given()
    await watch(year, days)
    assert await told(year, "due") == ([("sector_department", f"{words}：排查粉尘涉爆企业")] if words else [])


async def test_a_reminder_goes_out_once_a_day(year: Year) -> None:
    """The job may run twice; the person hears once."""
    await year.given()
    await watch(year, 0)
    await watch(year, 0)
    assert len(await told(year, "due")) == 1


@pytest.mark.parametrize(("days", "level"), [(0, 0), (1, 1), (2, 1), (3, 2), (6, 2), (7, 3), (30, 3)])
async def test_lateness_climbs_one_step_at_a_time(year: Year, days: int, level: int) -> None:
    """The owner's head after one day, the leader after three, the district's list after seven; missed steps are made up."""
    given = await year.given()
    await watch(year, days)
    async with year.as_(Role.TOWN_OFFICE) as work:
        assert (await assignments.one(work, given.id)).escalation == level
        acts = await work.all(select(AuditEntry.act).where(AuditEntry.act == "assignment:escalated"))
        assert len(acts) == level
        listed = await work.all(assignments.narrowed(work, assignments.AssignmentFilter(state="escalated")))
        assert len(listed) == (level == 3)


async def test_each_step_is_told_to_whom_it_concerns_and_only_once(year: Year) -> None:
    """Day by day: the head of the department, then the leader, then the office for the district's list."""
    async with year.everything() as session:
        head = await a_person(session, year.town, Role.SECTOR_DEPARTMENT, name="示例部门负责人")
        (await session.get(Member, (year.town.id, head.member_id))).is_head = True
    await year.given()
    for days in range(9):
        await watch(year, days)
    subject = "逾期 {} 天：排查粉尘涉爆企业"
    assert await told(year, "escalated") == [
        ("sector_department", subject.format(1)),
        ("town_leader", subject.format(3)),
        ("town_office", subject.format(7)),
    ]
    async with year.as_system() as work:
        by_name = select(Member.name).join(Message, Message.member_id == Member.id)
        assert await work.all(
            by_name.where(Message.subject == subject.format(1), Message.event.contains("escalated"))
        ) == ["示例部门负责人"]
        notes = await work.all(
            select(AssignmentEvent.note).where(AssignmentEvent.kind == "escalated").order_by(AssignmentEvent.at)
        )
        assert notes == ["逾期 1 天，报责任单位负责人", "逾期 3 天，报镇分管领导", "逾期 7 天，列入区级督办清单"]


async def test_work_that_was_handed_in_is_neither_reminded_nor_reported(year: Year) -> None:
    """Whoever submitted in time is not late while the office takes its time."""
    given = await year.handed_in()
    await watch(year, 8)
    async with year.as_(Role.TOWN_OFFICE) as work:
        assert (await work.get(Assignment, given.id)).escalation == 0
    assert await told(year, "due") == []


async def test_a_granted_extension_starts_the_count_anew(year: Year) -> None:
    """A new deadline takes the assignment off the district's list."""
    given = await year.given()
    await watch(year, 7)
    async with year.as_(Role.SECTOR_DEPARTMENT, morning(7)) as work:
        await assignments.ask_extension(work, given.id, to=DUE + timedelta(days=20), reason="等专家")
    async with year.as_(Role.TOWN_LEADER, morning(7)) as work:
        assert (await assignments.decide_extension(work, given.id, granted=True)).escalation == 0
    await watch(year, 21)
    async with year.as_(Role.TOWN_OFFICE) as work:
        assert (await assignments.one(work, given.id)).escalation == 1


async def test_an_enterprise_hears_of_its_own_lateness(year: Year) -> None:
    """The first step goes to the people of the enterprise."""
    await year.given(department_ids=(), enterprises=EnterpriseFilter(q="甲"))
    await watch(year, 1)
    assert {role for role, _ in await told(year, "escalated")} == {"legal_representative", "safety_officer"}


def test_the_morning_is_half_past_seven_in_shanghai() -> None:
    """The schedule names the time and the kind of tenant."""
    found = [one for one in SCHEDULES if one.job.function is watch_deadlines.function]
    assert [(one.at, one.kinds) for one in found] == [(time(7, 30), frozenset({"township"}))]
