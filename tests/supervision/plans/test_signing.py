"""The office sends, a leader signs what was on the screen, the office publishes."""

from uuid import UUID

import pytest
from sqlalchemy import select

from services.kernel.database import Scope
from services.kernel.outbox import Outbox
from services.kernel.refusals import Stale
from services.kernel.settings import Settings
from services.kernel.table import Login
from services.kernel.trail import AuditEntry
from services.kernel.work import Identity, open_work
from services.notifications.messages.models import Message
from services.supervision import plans
from services.supervision.plans import jobs
from services.tenancy.roles import Role
from tests.conftest import OneConnection
from tests.factories import Town, a_person
from tests.supervision.plans.desk import (
    a_draft,
    a_published_plan,
    a_signed_plan,
    at_work,
    named,
    nodes_of,
    plan_of,
    town_of,
)
from tests.supervision.plans.papers import small_paper
from tests.web import browser, running, words_of

pytestmark = pytest.mark.anyio


async def ready(sessions: OneConnection, town: Town, plan_id: UUID) -> int:
    """Fill the gaps, send the draft, and return the version that is then on the screen."""
    async with at_work(sessions, town[Role.TOWN_OFFICE]) as work:
        await plans.fill_gaps(work, plan_id, owners=True, due_on=None)
        return (await plans.send_for_signature(work, plan_id)).version


async def state(sessions: OneConnection, town: Town, plan_id: UUID) -> str:
    """Where the plan stands."""
    return (await plan_of(sessions, town, plan_id)).state


async def test_the_office_sends_the_leader_signs_and_the_office_publishes(
    settings: Settings, sessions: OneConnection
) -> None:
    """The whole way through the pages, each step by the one who may take it."""
    town = await town_of(sessions)
    plan_id = await a_draft(sessions, town)
    async with running(settings, sessions) as app, browser(app, town[Role.TOWN_OFFICE]) as office:
        await office.post(f"/plans/{plan_id}/fill", {"owners": "1", "due_on": "2026-12-31"})
        assert (await office.post(f"/plans/{plan_id}/send")).status_code == 303
        async with browser(app, town[Role.TOWN_LEADER]) as leader:
            sheet = await leader.get(f"/plans/{plan_id}/sign")
            assert "文字与上传的文件一致" in words_of(sheet)
            seen = (await plan_of(sessions, town, plan_id)).version
            assert f'name="seen" value="{seen}"' in sheet.text
            assert (await leader.post(f"/plans/{plan_id}/sign", {"seen": seen})).status_code == 303
            assert (await leader.post(f"/plans/{plan_id}/publish")).status_code == 403
        assert (await office.post(f"/plans/{plan_id}/publish")).status_code == 303
        shown = words_of(await office.get(f"/plans/{plan_id}"))
    assert f"签发人：{town[Role.TOWN_LEADER].person}" in shown
    assert "分解任务" in shown
    async with sessions.session(None, Scope()) as session:
        acts = (await session.scalars(select(AuditEntry.act).order_by(AuditEntry.id))).all()
    assert [act for act in acts if act.startswith("plan:")] == [
        "plan:started",
        "plan:gaps_filled",
        "plan:sent_for_signature",
        "plan:signed",
        "plan:published",
    ]


@pytest.mark.parametrize("role", [Role.TOWN_OFFICE, Role.SECTOR_DEPARTMENT])
async def test_only_a_leader_signs(settings: Settings, sessions: OneConnection, role: Role) -> None:
    """The office that wrote it cannot sign it, nor give it back."""
    town = await town_of(sessions)
    plan_id = await a_draft(sessions, town)
    seen = await ready(sessions, town, plan_id)
    async with running(settings, sessions) as app, browser(app, town[role]) as other:
        assert (await other.post(f"/plans/{plan_id}/sign", {"seen": seen})).status_code == 403
        assert (await other.post(f"/plans/{plan_id}/give-back", {"reason": "x"})).status_code == 403
        assert "确认签发" not in (await other.get(f"/plans/{plan_id}/sign")).text
    assert await state(sessions, town, plan_id) == "draft"


async def test_a_leader_does_not_sign_what_the_office_changed_meanwhile(
    settings: Settings, sessions: OneConnection
) -> None:
    """The sheet comes back with the newer version, and nothing is signed."""
    town = await town_of(sessions)
    plan_id = await a_draft(sessions, town)
    seen = await ready(sessions, town, plan_id)
    node = named(await nodes_of(sessions, town, plan_id), "配强监管力量")
    async with at_work(sessions, town[Role.TOWN_OFFICE]) as work:
        await plans.edit_node(work, plan_id, node.id, plans.NodeChange(heading="配强力量"), seen=seen)
    async with running(settings, sessions) as app, browser(app, town[Role.TOWN_LEADER]) as leader:
        answer = await leader.post(f"/plans/{plan_id}/sign", {"seen": seen})
        assert answer.status_code == 422
        assert "又改过" in words_of(answer)
        assert "配强力量" in words_of(answer)
        assert await state(sessions, town, plan_id) == "draft"
        assert (await leader.post(f"/plans/{plan_id}/sign", {"seen": seen + 1})).status_code == 303


async def test_nothing_is_signed_that_was_not_sent(sessions: OneConnection) -> None:
    """A draft on which the office still works is left alone."""
    town = await town_of(sessions)
    plan_id = await a_draft(sessions, town)
    async with at_work(sessions, town[Role.TOWN_OFFICE]) as work:
        await plans.fill_gaps(work, plan_id, owners=True, due_on=None)
    seen = (await plan_of(sessions, town, plan_id)).version
    with pytest.raises(plans.PlanNotSent):
        async with at_work(sessions, town[Role.TOWN_LEADER]) as work:
            await plans.sign(work, plan_id, seen=seen)


async def test_a_task_with_neither_owner_nor_day_holds_the_plan_back(
    settings: Settings, sessions: OneConnection
) -> None:
    """One of both is enough; the refusal names the tasks."""
    town = await town_of(sessions)
    plan_id = await a_draft(sessions, town)
    async with running(settings, sessions) as app, browser(app, town[Role.TOWN_OFFICE]) as office:
        refused = await office.post(f"/plans/{plan_id}/send")
        assert refused.status_code == 409
        assert "1 项任务既没有责任单位也没有时限：2.配强监管力量" in words_of(refused)
        assert (await plan_of(sessions, town, plan_id)).sent_at is None
        nodes = await nodes_of(sessions, town, plan_id)
        async with at_work(sessions, town[Role.TOWN_OFFICE]) as work:
            owner = plans.NodeChange(department_ids=(town.departments["office"],))
            await plans.edit_node(work, plan_id, named(nodes, "明确监管责任").id, owner, seen=99)
            whose = plans.NodeChange(enterprise_set="all")
            await plans.edit_node(work, plan_id, named(nodes, "配强监管力量").id, whose, seen=99)
        page = words_of(await office.get(f"/plans/{plan_id}"))
        assert "1 处没有责任单位：3.整治粉尘涉爆企业" in page
        assert "1 处没有完成时限：2.配强监管力量" in page
        assert (await office.post(f"/plans/{plan_id}/send")).status_code == 303


async def test_a_leader_gives_it_back_with_a_reason(settings: Settings, sessions: OneConnection) -> None:
    """Without a reason the sheet says so; with one the plan is a draft again and the office reads why."""
    town = await town_of(sessions)
    plan_id = await a_signed_plan(sessions, town)
    async with running(settings, sessions) as app, browser(app, town[Role.TOWN_LEADER]) as leader:
        empty = await leader.post(f"/plans/{plan_id}/give-back", {"reason": " \u200b"})
        assert (empty.status_code, "请写明原因" in words_of(empty)) == (422, True)
        assert await state(sessions, town, plan_id) == "signed"
        assert (await leader.post(f"/plans/{plan_id}/give-back", {"reason": "时限太晚"})).status_code == 303
        again = await leader.post(f"/plans/{plan_id}/give-back", {"reason": "时限太晚"})
        assert again.status_code == 409
    plan = await plan_of(sessions, town, plan_id)
    assert (plan.state, plan.signed_by, plan.signed_name, plan.sent_at) == ("draft", None, None, None)
    async with running(settings, sessions) as app, browser(app, town[Role.TOWN_OFFICE]) as office:
        assert "镇领导退回：时限太晚" in words_of(await office.get(f"/plans/{plan_id}"))


async def test_a_signed_plan_is_not_edited(settings: Settings, sessions: OneConnection) -> None:
    """Every edit of what is signed or published is refused and kept in the trail as refused."""
    town = await town_of(sessions)
    signed, published = await a_signed_plan(sessions, town), await a_published_plan(sessions, town, year=2027)
    async with running(settings, sessions) as app, browser(app, town[Role.TOWN_OFFICE]) as office:
        for plan_id in (signed, published):
            node = named(await nodes_of(sessions, town, plan_id), "明确监管责任")
            before = (await plan_of(sessions, town, plan_id)).version
            for path in (
                f"/nodes/{node.id}",
                f"/nodes/{node.id}/split",
                f"/nodes/{node.id}/merge",
                "/fill",
                "/send",
                "/discard",
            ):
                answer = await office.post(f"/plans/{plan_id}{path}", {"seen": "99", "heading": "改", "at": "700"})
                assert answer.status_code == 409, path
                assert "不能直接改" in words_of(answer)
            assert (await plan_of(sessions, town, plan_id)).version == before
            assert f"/nodes/{node.id}?part" not in (await office.get(f"/plans/{plan_id}?view=source")).text
    async with sessions.session(None, Scope()) as session:
        refused = (await session.scalars(select(AuditEntry.act).where(AuditEntry.refused))).all()
    assert refused == ["request:not-a-draft"] * 12


async def test_nobody_signs_a_plan_of_their_own_making(sessions: OneConnection) -> None:
    """Whoever drafted it in the office and was then made a leader lets another leader sign."""
    town = await town_of(sessions)
    plan_id = await a_draft(sessions, town)
    seen = await ready(sessions, town, plan_id)
    author, leader = town[Role.TOWN_OFFICE], town[Role.TOWN_LEADER]
    promoted = Identity(
        login=author.login, scope=author.scope, person=author.person, role="town_leader", member_id=author.member_id
    )
    with pytest.raises(plans.PlanNotReady, match="起草人"):
        async with open_work(sessions, promoted, leader.rights) as work:
            await plans.sign(work, plan_id, seen=seen)
    assert await state(sessions, town, plan_id) == "draft"


async def test_a_year_has_one_signed_plan(sessions: OneConnection) -> None:
    """A second draft for the same year is neither sent nor signed."""
    town = await town_of(sessions)
    first = await a_draft(sessions, town)
    async with at_work(sessions, town[Role.TOWN_OFFICE]) as work:
        second = (await plans.upload_notice(work, data=small_paper() + b"\n", filename="b.txt")).id
    seen = [await ready(sessions, town, plan_id) for plan_id in (first, second)]
    async with at_work(sessions, town[Role.TOWN_LEADER]) as work:
        await plans.sign(work, first, seen=seen[0])
    with pytest.raises(plans.PlanForYearExists):
        async with at_work(sessions, town[Role.TOWN_LEADER]) as work:
            await plans.sign(work, second, seen=seen[1])


async def test_only_a_signed_plan_is_published_and_only_a_published_one_concluded(sessions: OneConnection) -> None:
    """Each state is reached from the one before it, and a concluded plan stays as it is."""
    town = await town_of(sessions)
    plan_id = await a_draft(sessions, town)
    with pytest.raises(plans.PlanNotSigned):
        async with at_work(sessions, town[Role.TOWN_OFFICE]) as work:
            await plans.publish(work, plan_id)
    with pytest.raises(plans.PlanNotPublished):
        async with at_work(sessions, town[Role.TOWN_OFFICE]) as work:
            await plans.conclude(work, plan_id)
    published = await a_published_plan(sessions, town, year=2027)
    async with at_work(sessions, town[Role.TOWN_OFFICE]) as work:
        await plans.conclude(work, published)
    with pytest.raises(plans.PlanNotPublished):
        async with at_work(sessions, town[Role.TOWN_OFFICE]) as work:
            await plans.amend(work, published, plans.Amendment(reason="补充"), seen=99)


async def sent_jobs(sessions: OneConnection) -> list[Outbox]:
    """What waits in the outbox."""
    async with sessions.session(None, Scope()) as session:
        return list((await session.scalars(select(Outbox).order_by(Outbox.id))).all())


async def test_each_step_tells_whom_it_concerns_and_tells_them_once(sessions: OneConnection) -> None:
    """The leaders hear that it waits, the office that it is signed, the departments that it is in force."""
    town = await town_of(sessions)
    async with sessions.session(None, Scope()) as session:
        await a_person(session, town, Role.SECTOR_DEPARTMENT, name="示例经办人")
        await session.commit()
    await a_published_plan(sessions, town)
    worker = Identity(login=Login.WORKER, scope=Scope(tenant_id=town.id), person="系统", role="system")
    waiting = await sent_jobs(sessions)
    assert [row.job.split(":")[1] for row in waiting] == [
        "tell_leaders_of_draft",
        "tell_office_of_signature",
        "tell_departments_of_plan",
    ]
    for row in [*waiting, *waiting]:
        async with open_work(sessions, worker, frozenset({"plan:read"})) as work:
            await getattr(jobs, row.job.split(":")[1])(work, *(UUID(a) if isinstance(a, str) else a for a in row.args))
    async with sessions.session(None, Scope()) as session:
        told = (await session.execute(select(Message.subject, Message.link, Message.member_id))).all()
    leader, office = town[Role.TOWN_LEADER].member_id, town[Role.TOWN_OFFICE].member_id
    assert {(row.subject.split("：")[0], row.member_id) for row in told if row.member_id in {leader, office}} == {
        ("待签发", leader),
        ("已签发", office),
        ("已公布", leader),
    }
    assert len([row for row in told if row.subject.startswith("已公布")]) == 3
    assert len(told) == 5


async def test_a_return_is_told_to_the_office(sessions: OneConnection) -> None:
    """With the leader's own words."""
    town = await town_of(sessions)
    plan_id = await a_signed_plan(sessions, town)
    async with at_work(sessions, town[Role.TOWN_LEADER]) as work:
        await plans.give_back(work, plan_id, reason="时限太晚")
    worker = Identity(login=Login.WORKER, scope=Scope(tenant_id=town.id), person="系统", role="system")
    async with open_work(sessions, worker, frozenset({"plan:read"})) as work:
        await jobs.tell_office_of_return(work, plan_id, 1)
    async with sessions.session(None, Scope()) as session:
        message = (await session.scalars(select(Message))).one()
    assert message.member_id == town[Role.TOWN_OFFICE].member_id
    assert "时限太晚" in message.body


async def test_a_stale_signature_raises_stale(sessions: OneConnection) -> None:
    """Programs get the same answer."""
    town = await town_of(sessions)
    plan_id = await a_draft(sessions, town)
    seen = await ready(sessions, town, plan_id)
    for wrong in (seen - 1, seen + 1):
        with pytest.raises(Stale):
            async with at_work(sessions, town[Role.TOWN_LEADER]) as work:
                await plans.sign(work, plan_id, seen=wrong)
