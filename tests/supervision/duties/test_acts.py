"""What people do about duties, who may, and who is told."""

from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from services.kernel.files import FileStore
from services.kernel.outbox import Outbox
from services.kernel.refusals import BadInput, Forbidden, NotFound
from services.kernel.trail import AuditEntry
from services.notifications.messages.models import Message
from services.supervision import duties
from services.supervision.duties import DecidedByAnother, DutyEvent, FactsSayOtherwise, WrongState
from services.supervision.duties.jobs import tell_duty, tell_urged
from services.supervision.duties.watching import watch_duties
from services.tenancy.members.models import Department, Member
from services.tenancy.roles import Role
from tests.supervision.duties.posts import a_post
from tests.supervision.pictures import a_photo
from tests.supervision.year import Year

pytestmark = pytest.mark.anyio

PAPER = ("I23", "2026")
STAFF = ("I04-3", "once")


@pytest.fixture
def files(tmp_path: Path) -> FileStore:
    """An empty store."""
    return FileStore.of(tmp_path)


async def hand_in(year: Year, files: FileStore, code: str, period: str) -> None:
    """The head of the first enterprise hands a photo in."""
    async with year.as_(Role.LEGAL_REPRESENTATIVE) as work:
        key = year.town.enterprises[0], code, period
        await duties.attach(work, files, *key, filename="证明.jpg", data=a_photo())
        await duties.submit(work, *key, note="请审核")


async def state(year: Year, code: str, period: str) -> str:
    """The state of a duty of the first enterprise."""
    async with year.as_(Role.TOWN_OFFICE) as work:
        return (await duties.one(work, year.town.enterprises[0], code, period)).state


async def test_every_act_leaves_event_audit_row_and_message(year: Year, files: FileStore) -> None:
    """One transaction: what happened, who did it, and who is to be told."""
    await hand_in(year, files, *PAPER)
    async with year.as_system() as work:
        kinds = await work.all(select(DutyEvent.kind).order_by(DutyEvent.at, DutyEvent.id))
        acts = await work.all(select(AuditEntry.act).where(AuditEntry.act.like("duty:%")))
        sent = await work.all(select(Outbox).where(Outbox.job.like("%tell_duty")))
        assert kinds == ["evidence_added", "submitted"]
        assert sorted(acts) == ["duty:evidence_added", "duty:submitted"]
        assert len(sent) == 1
        await tell_duty(work, *tell_duty.restored(sent[0].args))
    async with year.as_system() as work:
        told = await work.rows(select(Member.role, Message.subject).join(Member, Member.id == Message.member_id))
        assert [role for role, _ in told] == ["town_office"]
        assert "示例甲砖瓦厂报送的“配发合格劳动防护用品”" in told[0][1]


async def test_what_only_the_registry_can_meet_is_not_accepted_on_paper(year: Year, files: FileStore) -> None:
    """The paper is there, the officer is not registered: refused; once registered it is met by itself."""
    await hand_in(year, files, *STAFF)
    async with year.as_(Role.TOWN_OFFICE) as work:
        with pytest.raises(FactsSayOtherwise):
            await duties.accept(work, year.town.enterprises[0], *STAFF)
    await a_post(year, year.town.enterprises[0], "part_time_officer")
    assert await state(year, *STAFF) == "met"


async def test_nobody_decides_about_their_own(year: Year, files: FileStore) -> None:
    """The room refuses it, and the database would."""
    await hand_in(year, files, *PAPER)
    async with year.everything() as session:
        row = (await session.scalars(select(duties.Duty).where(duties.Duty.code == PAPER[0]))).one()
        row.submitted_by = year.town[Role.TOWN_OFFICE].member_id
    async with year.as_(Role.TOWN_OFFICE) as work:
        with pytest.raises(DecidedByAnother):
            await duties.accept(work, year.town.enterprises[0], *PAPER)
    with pytest.raises(IntegrityError, match="two_persons"):
        async with year.everything() as session:
            row = (await session.scalars(select(duties.Duty).where(duties.Duty.code == PAPER[0]))).one()
            row.decided_by = row.submitted_by


async def test_not_applicable_wants_a_reason_and_the_office(year: Year) -> None:
    """Only the legal representative asks; refused with a reason it is open again, granted it counts no more."""
    key = year.town.enterprises[0], *PAPER
    async with year.as_(Role.SAFETY_OFFICER) as work:
        with pytest.raises(Forbidden):
            await duties.ask_exemption(work, *key, reason="没有")
    async with year.as_(Role.LEGAL_REPRESENTATIVE) as work:
        with pytest.raises(BadInput):
            await duties.ask_exemption(work, *key, reason=" ")
        await duties.ask_exemption(work, *key, reason="没有需要防护的岗位")
        with pytest.raises(Forbidden):
            await duties.decide_exemption(work, *key, granted=True)
    async with year.as_(Role.TOWN_OFFICE) as work:
        with pytest.raises(BadInput):
            await duties.decide_exemption(work, *key, granted=False)
        await duties.decide_exemption(work, *key, granted=False, note="窑口必须配防护用品")
    assert await state(year, *PAPER) == "returned"
    async with year.as_(Role.LEGAL_REPRESENTATIVE) as work:
        before = duties.tally("", "", await duties.owed(work, key[0], work.today))
        await duties.ask_exemption(work, *key, reason="已停用窑口")
    async with year.as_(Role.TOWN_OFFICE) as work:
        await duties.decide_exemption(work, *key, granted=True)
        after = duties.tally("", "", await duties.owed(work, key[0], work.today))
    assert await state(year, *PAPER) == "not_applicable"
    assert after.applicable == before.applicable - 1


async def test_a_department_sees_its_sectors_and_decides_nothing(year: Year, files: FileStore) -> None:
    """Its sectors' duties are read and urged; those of other sectors are not there."""
    await hand_in(year, files, *PAPER)
    async with year.as_(Role.SECTOR_DEPARTMENT) as work:
        assert (await duties.one(work, year.town.enterprises[0], *PAPER)).state == "submitted"
        with pytest.raises(Forbidden):
            await duties.accept(work, year.town.enterprises[0], *PAPER)
    async with year.everything() as session:
        department = (await session.scalars(select(Department).where(Department.kind == "sector"))).one()
        department.sectors = ["纺织"]
    async with year.as_(Role.SECTOR_DEPARTMENT) as work:
        with pytest.raises(NotFound):
            await duties.one(work, year.town.enterprises[0], *PAPER)
        assert await duties.lines(work, duties.DutyFilter(), work.today) == []


async def test_a_batch_is_urged_with_one_message_to_each_enterprise(year: Year) -> None:
    """Two enterprises, three duties, two messages; what is met is not urged."""
    first, second = year.town.enterprises
    await a_post(year, second, "part_time_officer")
    keys = [(first, *STAFF), (first, *PAPER), (second, *PAPER), (second, *STAFF)]
    async with year.as_(Role.TOWN_OFFICE) as work:
        assert await duties.urge(work, keys, note="本周办好") == (3, 2)
    async with year.as_system() as work:
        for row in await work.all(select(Outbox).where(Outbox.job.like("%tell_urged"))):
            await tell_urged(work, *tell_urged.restored(row.args))
    async with year.as_system() as work:
        subjects = await work.all(select(Message.subject).order_by(Message.subject))
        # Nobody of the second enterprise can sign in: two people of the first hear once each.
        assert subjects == ["催办：2 项义务"] * 2
        assert await work.session.scalar(select(func.count()).where(DutyEvent.kind == "urged")) == 3


def morning(day: date) -> datetime:
    """Seven in Shanghai."""
    return datetime.combine(day, time(7), UTC) - timedelta(hours=8)


async def test_one_message_in_the_morning_names_all_that_is_due(year: Year) -> None:
    """A quarter's and a year's figures and what the facts have broken: one message to each person, however often it runs."""
    day = date(2026, 1, 31) + timedelta(days=59)
    for _ in range(2):
        async with year.as_system(morning(day)) as work:
            await watch_duties(work)
    async with year.as_system() as work:
        rows = await work.rows(
            select(Member.role, Message.body)
            .join(Member, Member.id == Message.member_id)
            .where(Message.event.like("duty:due%"))
        )
        assert sorted(role for role, _ in rows) == ["legal_representative", "safety_officer"]
        assert "配专职或兼职安全管理人员（未满足）" in rows[0][1]


@pytest.mark.parametrize(("days", "leaders", "office"), [(2, 0, 0), (3, 1, 0), (6, 1, 0), (7, 1, 1), (8, 1, 1)])
async def test_lateness_climbs_with_one_message_to_each_level(year: Year, days: int, leaders: int, office: int) -> None:
    """After three days the leader hears of all of them at once, after seven the office has them on the district's list."""
    noticed = date(2026, 3, 6)
    for day in (0, *range(1, days + 1)):
        async with year.as_system(morning(noticed + timedelta(days=day))) as work:
            await watch_duties(work)
    async with year.as_system() as work:
        query = select(Member.role, func.count()).join(Message, Message.member_id == Member.id)
        told = dict(await work.rows(query.where(Message.event.like("duty:escalated%")).group_by(Member.role)))
        assert (told.get("town_leader", 0), told.get("town_office", 0)) == (leaders, office)


async def test_what_waits_for_the_office_is_neither_late_nor_changed(year: Year, files: FileStore) -> None:
    """Handed in, it is the office's turn."""
    await hand_in(year, files, *PAPER)
    async with year.as_(Role.LEGAL_REPRESENTATIVE, datetime(2027, 1, 20, tzinfo=UTC)) as work:
        found = await duties.one(work, year.town.enterprises[0], *PAPER)
        assert not found.is_late
        with pytest.raises(WrongState):
            await duties.report(work, year.town.enterprises[0], *PAPER, note="x")
