"""What a town gives out is received, reported on, handed in and accepted by somebody else."""

from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import select

from services.kernel.database import Scope
from services.kernel.outbox import Outbox
from services.kernel.refusals import BadInput, Forbidden, NotFound
from services.kernel.trail import AuditEntry
from services.notifications.messages.models import Message
from services.supervision import assignments
from services.supervision.assignments.jobs import tell_assignment
from services.supervision.assignments.refusals import (
    AcceptedByAnother,
    DecidedByAnother,
    EvidenceMissing,
    NobodyChosen,
    NothingAsked,
    NotPublished,
    NotTheOwner,
    WrongState,
)
from services.supervision.plans.models import Plan
from services.supervision.registry import EnterpriseFilter
from services.tenancy.roles import Role
from tests.factories import a_department, a_person, an_enterprise
from tests.supervision.year import DUE, Year, a_node

pytestmark = pytest.mark.anyio


async def test_a_department_receives_reports_and_hands_in_and_the_office_accepts(year: Year) -> None:
    """待签收 → 进行中 → 待审核 → 已完成, with one audit row and one outbox row for each act."""
    given = await year.given()
    assert given.state == "pending"
    async with year.as_(Role.SECTOR_DEPARTMENT) as work:
        await assignments.receive(work, given.id)
        await assignments.report(work, given.id, note="已查 10 家", percent=40)
        await assignments.submit(work, given.id, note="已全部排查")
    async with year.as_(Role.TOWN_OFFICE) as work:
        done = await assignments.accept(work, given.id)
        assert (done.state, done.percent) == ("completed", 100)
        acts = await work.all(select(AuditEntry.act).where(AuditEntry.about_id == given.id).order_by(AuditEntry.id))
        assert acts == [
            f"assignment:{kind}" for kind in ("assigned", "received", "progressed", "submitted", "accepted")
        ]
        assert await work.count(select(Outbox)) == 5
        assert [event.kind for event in await assignments.events(work, given.id)][-1] == "accepted"


async def test_nobody_accepts_what_they_handed_in_themselves(year: Year) -> None:
    """The supervisor who accepts is not the one who did it."""
    given = await year.given(department_ids=(year.town.departments["office"],))
    async with year.as_(Role.TOWN_OFFICE) as work:
        await assignments.receive(work, given.id)
        await assignments.submit(work, given.id, note="办好了")
        with pytest.raises(AcceptedByAnother):
            await assignments.accept(work, given.id)
        with pytest.raises(AcceptedByAnother):
            await assignments.send_back(work, given.id, reason="不行")
    async with year.sessions.session(None, Scope()) as session:
        colleague = await a_person(session, year.town, Role.TOWN_OFFICE, name="应急办示例同事")
        await session.commit()
    async with year.as_(colleague) as work:
        assert (await assignments.accept(work, given.id)).state == "completed"


async def test_work_that_is_sent_back_is_handed_in_again(year: Year) -> None:
    """退回 needs a reason, counts, and leads back to the owner."""
    given = await year.handed_in()
    async with year.as_(Role.TOWN_OFFICE) as work:
        with pytest.raises(BadInput):
            await assignments.send_back(work, given.id, reason="  ")
        returned = await assignments.send_back(work, given.id, reason="缺少照片")
        assert (returned.state, returned.returns) == ("returned", 1)
    async with year.as_(Role.SECTOR_DEPARTMENT) as work:
        assert (await assignments.submit(work, given.id, note="已补照片")).state == "submitted"


async def test_only_the_owner_works_on_an_assignment(year: Year) -> None:
    """Another department does not even see it; the office sees it and may not do it."""
    given = await year.given()
    async with year.as_(Role.TOWN_OFFICE) as work:
        with pytest.raises(NotTheOwner):
            await assignments.receive(work, given.id)
    async with year.sessions.session(None, Scope()) as session:
        other = await a_department(session, year.town, "农业服务中心")
        stranger = await a_person(session, year.town, Role.SECTOR_DEPARTMENT, name="农服示例", department_id=other)
        await session.commit()
    async with year.as_(stranger) as work:
        with pytest.raises(NotFound):
            await assignments.receive(work, given.id)
    async with year.as_(Role.TOWN_LEADER) as work:
        with pytest.raises(Forbidden):
            await assignments.receive(work, given.id)


async def test_an_act_needs_its_state(year: Year) -> None:
    """Nothing is reported before it is received, nothing is accepted before it is handed in, nothing is received twice."""
    given = await year.given()
    async with year.as_(Role.SECTOR_DEPARTMENT) as work:
        with pytest.raises(WrongState):
            await assignments.report(work, given.id, note="x", percent=1)
        await assignments.receive(work, given.id)
        with pytest.raises(WrongState):
            await assignments.receive(work, given.id)
    async with year.as_(Role.TOWN_OFFICE) as work:
        with pytest.raises(WrongState):
            await assignments.accept(work, given.id)
        with pytest.raises(NothingAsked):
            await assignments.decide_extension(work, given.id, granted=True)
        await assignments.cancel(work, given.id, reason="并入另一项")
        with pytest.raises(WrongState):
            await assignments.cancel(work, given.id, reason="再取消")


@pytest.mark.parametrize(("to", "allowed"), [(DUE, False), (DUE + timedelta(days=1), True)])
async def test_an_extension_is_later_than_the_day_that_stands(year: Year, to: date, *, allowed: bool) -> None:
    """The same day is no extension; the next day is."""
    given = await year.given()
    async with year.as_(Role.SECTOR_DEPARTMENT) as work:
        if not allowed:
            with pytest.raises(BadInput):
                await assignments.ask_extension(work, given.id, to=to, reason="企业停产")
            return
        await assignments.ask_extension(work, given.id, to=to, reason="企业停产")
    async with year.as_(Role.TOWN_LEADER) as work:
        assert (await assignments.decide_extension(work, given.id, granted=True)).due_on == to


async def test_a_refused_extension_leaves_the_day_as_it_was(year: Year) -> None:
    """未同意延期."""
    given = await year.given()
    async with year.as_(Role.SECTOR_DEPARTMENT) as work:
        await assignments.ask_extension(work, given.id, to=DUE + timedelta(days=9), reason="企业停产")
    async with year.as_(Role.TOWN_OFFICE) as work:
        assert (await assignments.decide_extension(work, given.id, granted=False, note="按期办结")).due_on == DUE


async def test_smelters_are_chosen_by_fact_and_nobody_twice(year: Year) -> None:
    """A set of enterprises is chosen by facts; giving it out again adds only who was not there before."""
    async with year.sessions.session(None, Scope()) as session:
        smelter = await an_enterprise(
            session, year.town, name="示例冶炼厂", sector="冶金", is_smelter=True, headcount=101
        )
        await an_enterprise(session, year.town, name="示例百人厂", headcount=100)
        await session.commit()
    over = EnterpriseFilter(headcount_over=100)
    given = await year.given(department_ids=(), enterprises=over)
    assert given.enterprise_id == smelter.id
    async with year.as_(Role.TOWN_OFFICE) as work:
        order = assignments.Order(title="排查粉尘涉爆企业", due_on=DUE, enterprises=EnterpriseFilter(smelter=True))
        again = await assignments.assign(work, year.node_id, order)
        assert (again.assignments, again.already) == ((), ("示例冶炼厂",))
        with pytest.raises(NobodyChosen):
            await assignments.assign(work, year.node_id, assignments.Order(title="空", due_on=DUE))


async def test_an_enterprise_sees_its_own_assignment_and_not_its_neighbours(year: Year) -> None:
    """The second enterprise of the same town gets 404 for the first one's assignment."""
    first, second = year.town.enterprises
    order = {"department_ids": (), "enterprises": EnterpriseFilter(sector="建材")}
    await year.given(**order)
    async with year.as_(Role.SAFETY_OFFICER) as work:
        mine = await work.all(assignments.narrowed(work, assignments.AssignmentFilter()))
        assert [row.enterprise_id for row in mine] == [first]
        await assignments.receive(work, mine[0].id)
    async with year.sessions.session(None, Scope()) as session:
        neighbour = await a_person(session, year.town, Role.SAFETY_OFFICER, name="乙厂安全员示例", enterprise_id=second)
        await session.commit()
    async with year.as_(neighbour) as work:
        with pytest.raises(NotFound):
            await assignments.report(work, mine[0].id, note="x", percent=1)


async def test_wanted_evidence_must_be_there(year: Year) -> None:
    """Where the plan wants evidence, nothing is handed in without a file."""
    given = await year.given(evidence_wanted="现场照片")
    async with year.as_(Role.SECTOR_DEPARTMENT) as work:
        await assignments.receive(work, given.id)
        with pytest.raises(EvidenceMissing):
            await assignments.submit(work, given.id, note="好了")


async def test_only_a_published_plan_is_broken_down(year: Year) -> None:
    """A draft gives nobody work."""
    async with year.sessions.session(None, Scope(tenant_id=year.town.id)) as session:
        plan = (await session.scalars(select(Plan).where(Plan.tenant_id == year.town.id))).one()
        plan.state, plan.signed_by, plan.signed_at, plan.published_at = "draft", None, None, None
        await session.commit()
    with pytest.raises(NotPublished):
        await year.given()


@pytest.mark.parametrize(("days", "late"), [(0, False), (1, True)])
async def test_a_day_ends_at_midnight_in_shanghai(year: Year, days: int, *, late: bool) -> None:
    """On the last day it is on time until 24:00, and late from 00:00 on."""
    given = await year.given()
    midnight = datetime.fromisoformat("2026-06-30T16:00:00+00:00")
    async with year.as_(Role.TOWN_OFFICE, midnight - timedelta(seconds=1) + timedelta(seconds=days)) as work:
        row = await assignments.one(work, given.id)
        assert row.is_late(work.today) is late
        found = await work.all(assignments.narrowed(work, assignments.AssignmentFilter(state="late")))
        assert bool(found) is late


async def test_a_transfer_makes_the_new_owner_receive_it(year: Year) -> None:
    """转办 goes back to 待签收 and to the new department only."""
    given = await year.given()
    async with year.as_(Role.SECTOR_DEPARTMENT) as work:
        await assignments.receive(work, given.id)
        moved = await assignments.transfer(
            work, given.id, department_id=year.town.departments["office"], reason="属综合监管"
        )
        assert (moved.state, moved.owner_name) == ("pending", "应急办")
        with pytest.raises(NotFound):
            await assignments.one(work, given.id)


async def test_bad_words_are_refused_beside_their_field(year: Year) -> None:
    """Title and day are checked before anything is written."""
    for order, field in (
        ({"title": " "}, "title"),
        ({"due_on": date(2026, 1, 1)}, "due_on"),
        ({"title": "长" * 121}, "title"),
    ):
        with pytest.raises(BadInput) as refused:
            await year.given(**order)
        assert field in refused.value.fields


async def test_nobody_grants_the_extension_of_their_own_department(year: Year) -> None:
    """The office asks for itself; its own colleague may not grant it, the leader may."""
    given = await year.given(department_ids=(year.town.departments["office"],))
    later = DUE + timedelta(days=5)
    async with year.as_(Role.TOWN_OFFICE) as work:
        await assignments.ask_extension(work, given.id, to=later, reason="等专家")
        with pytest.raises(DecidedByAnother):
            await assignments.decide_extension(work, given.id, granted=True)
    async with year.as_(Role.TOWN_LEADER) as work:
        assert (await assignments.decide_extension(work, given.id, granted=True)).due_on == later


async def test_an_assignment_stands_in_the_section_below_its_chapter(year: Year) -> None:
    """Chapter, section, task: the board's column is the section, and the basis names all three."""
    async with year.everything() as session:
        chapter = a_node(year.town, year.plan_id, "三、", "重点任务", kind="section", position=2)
        section = a_node(
            year.town, year.plan_id, "（五）", "突出重点", kind="section", position=3, parent_id=chapter.id
        )
        task = a_node(year.town, year.plan_id, "12.", "危化品使用", position=4, parent_id=section.id)
        session.add_all([chapter, section, task])
    async with year.as_(Role.TOWN_OFFICE) as work:
        order = assignments.Order(title="核查", due_on=DUE, department_ids=(year.town.departments["sector"],))
        given = (await assignments.assign(work, task.id, order)).assignments[0]
        assert given.section == "突出重点"
        assert given.basis.endswith("三、（五）12.")


async def test_the_office_is_told_of_what_is_late_with_others_and_with_enterprises(year: Year) -> None:
    """What is overdue with an enterprise or a department waits for the office; its own does not count as another's."""
    office, sector = year.town.departments["office"], year.town.departments["sector"]
    enterprises = EnterpriseFilter(q="甲")
    given = await year.all_given(department_ids=(office, sector), enterprises=enterprises)
    async with year.as_(Role.TOWN_OFFICE, datetime.fromisoformat("2026-07-01T01:00:00+00:00")) as work:
        found = await assignments.waiting(work)
        assert {one.owner_name for one in found.late} == {one.owner_name for one in given} - {"应急办"}
        assert [one.owner_name for one in found.own] == ["应急办"]
        assert await assignments.how_many(work) == 1
    async with year.as_(Role.SECTOR_DEPARTMENT) as work:
        found = await assignments.waiting(work)
        assert ([one.owner_name for one in found.own], found.late, found.to_accept) == (["经济发展办"], (), ())


async def test_a_request_for_an_extension_names_the_day_that_was_asked_for(year: Year) -> None:
    """The office reads the later day in its message, not the one that stands."""
    given = await year.given()
    async with year.as_(Role.SECTOR_DEPARTMENT) as work:
        await assignments.ask_extension(work, given.id, to=DUE + timedelta(days=15), reason="等专家")
        event = (await assignments.events(work, given.id))[-1]
        assert event.note == "申请延期至2026年7月15日：等专家"
    async with year.as_system() as work:
        await tell_assignment(work, given.id, "extension_asked", event.id)
        body = await work.one(select(Message.body).where(Message.event == f"assignment:extension_asked:{event.id}"))
        assert "延到2026年7月15日" in body
