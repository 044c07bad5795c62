"""What a town gives out is received, reported on, handed in and accepted by somebody else."""

from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager
from datetime import date, datetime, timedelta
from uuid import UUID

import pytest
from sqlalchemy import select

from services.kernel.clock import new_id
from services.kernel.database import Scope
from services.kernel.outbox import Outbox
from services.kernel.refusals import BadInput, Forbidden, NotFound
from services.kernel.trail import AuditEntry
from services.kernel.work import Work, open_work
from services.supervision import assignments
from services.supervision.assignments.models import Assignment
from services.supervision.assignments.refusals import (
    AcceptedByAnother,
    EvidenceMissing,
    NobodyChosen,
    NothingAsked,
    NotPublished,
    NotTheOwner,
    WrongState,
)
from services.supervision.plans.models import Plan, PlanNode
from services.supervision.registry import EnterpriseFacts
from services.tenancy.roles import Role
from services.tenancy.signing_in.person import Person
from tests.conftest import OneConnection
from tests.factories import THEN, Town, a_person, a_town, an_enterprise

pytestmark = pytest.mark.anyio
NOW = THEN + timedelta(days=60)
DUE = date(2026, 6, 30)


class Year:
    """A town with a published plan of one task."""

    def __init__(self, sessions: OneConnection, town: Town, node_id: UUID) -> None:
        self.sessions, self.town, self.node_id = sessions, town, node_id

    def as_(self, person: Person | Role, now: datetime = NOW) -> AbstractAsyncContextManager[Work]:
        """A Work of one of the town's people."""
        person = self.town[person] if isinstance(person, Role) else person
        return open_work(self.sessions, person, person.rights, now)

    async def given(self, **order: object) -> Assignment:
        """One assignment to the sector department, or as ordered."""
        order = {"title": "排查粉尘涉爆企业", "due_on": DUE, "department_ids": (self.town.departments["sector"],), **order}
        async with self.as_(Role.TOWN_OFFICE) as work:
            return (await assignments.assign(work, self.node_id, assignments.Order(**order))).assignments[0]  # type: ignore[arg-type]

    async def handed_in(self) -> Assignment:
        """An assignment that the department has submitted."""
        given = await self.given()
        async with self.as_(Role.SECTOR_DEPARTMENT) as work:
            await assignments.receive(work, given.id)
            await assignments.submit(work, given.id, note="已全部排查")
        return given


@pytest.fixture
async def year(sessions: OneConnection) -> AsyncIterator[Year]:
    """A town in the middle of its year."""
    async with sessions.session(None, Scope()) as session:
        town = await a_town(session, "珍溪示例镇")
        plan = Plan(
            tenant_id=town.id, id=new_id(), year=2026, title="2026年工作要点", state="published", origin="template",
            made_by=town[Role.TOWN_OFFICE].member_id, signed_by=town[Role.TOWN_LEADER].member_id, signed_at=THEN, published_at=THEN, created_at=THEN,
        )  # fmt: skip
        session.add(plan)
        await session.flush()
        node = PlanNode(
            tenant_id=town.id, id=new_id(), plan_id=plan.id, position=1, kind="task", label="11.", heading="开展专项执法", text="",
            span_from=0, span_to=1, measures=[], numbers=[], documents=[], named_owners=[], department_ids=[],
        )  # fmt: skip
        session.add(node)
        await session.commit()
    yield Year(sessions, town, node.id)


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
        assert acts == [f"assignment:{kind}" for kind in ("assigned", "received", "progressed", "submitted", "accepted")]
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
        town = year.town
        from tests.factories import a_department

        other = await a_department(session, town, "农业服务中心")
        stranger = await a_person(session, town, Role.SECTOR_DEPARTMENT, name="农服示例", department_id=other)
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
        smelter = await an_enterprise(session, year.town, name="示例冶炼厂", sector="冶金", is_smelter=True, headcount=101)
        await an_enterprise(session, year.town, name="示例百人厂", headcount=100)
        await session.commit()
    over = EnterpriseFacts(headcount_over=100)
    given = await year.given(department_ids=(), enterprises=over)
    assert given.enterprise_id == smelter.id
    async with year.as_(Role.TOWN_OFFICE) as work:
        order = assignments.Order(title="排查粉尘涉爆企业", due_on=DUE, enterprises=EnterpriseFacts(smelter=True))
        again = await assignments.assign(work, year.node_id, order)
        assert (again.assignments, again.already) == ((), ("示例冶炼厂",))
        with pytest.raises(NobodyChosen):
            await assignments.assign(work, year.node_id, assignments.Order(title="空", due_on=DUE))


async def test_an_enterprise_sees_its_own_assignment_and_not_its_neighbours(year: Year) -> None:
    """The second enterprise of the same town gets 404 for the first one's assignment."""
    first, second = year.town.enterprises
    order = {"department_ids": (), "enterprises": EnterpriseFacts(sector="建材")}
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
    for order, field in (({"title": " "}, "title"), ({"due_on": date(2026, 1, 1)}, "due_on"), ({"title": "长" * 121}, "title")):
        with pytest.raises(BadInput) as refused:
            await year.given(**order)
        assert field in refused.value.fields
