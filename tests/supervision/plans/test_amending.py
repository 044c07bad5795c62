"""A published plan changes only by a numbered amendment that says why."""

from datetime import date
from typing import Any
from uuid import UUID, uuid4

import pytest
from asyncpg.exceptions import InsufficientPrivilegeError
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from services.kernel.database import Database
from services.kernel.refusals import Stale
from services.kernel.settings import Settings
from services.supervision import plans
from services.tenancy.roles import Role
from tests.conftest import OneConnection
from tests.factories import Town, a_town
from tests.supervision.plans.desk import a_published_plan, at_work, figures_of, named, nodes_of, plan_of, town_of
from tests.web import browser, running, words_of

pytestmark = pytest.mark.anyio


async def versions(sessions: OneConnection, town: Town, plan_id: UUID) -> list[plans.PlanVersion]:
    """The versions, the newest first."""
    async with at_work(sessions, town[Role.TOWN_OFFICE]) as work:
        return list(await plans.versions_of(work, plan_id))


def form_of(nodes: list[plans.PlanNode], **more: Any) -> dict[str, Any]:
    """The whole amendment form, as the page sends it when nothing is touched."""
    form: dict[str, Any] = {}
    for node in nodes:
        if node.kind not in plans.ANSWERED_FOR or node.withdrawn_in is not None:
            continue
        form |= {
            f"{node.id}.heading": node.heading,
            f"{node.id}.text": node.text.replace("\n", "\r\n"),
            f"{node.id}.answered": "1",
            f"{node.id}.department_ids": [str(one) for one in reversed(node.department_ids)],
            f"{node.id}.enterprise_set": node.enterprise_set or "",
            f"{node.id}.due_on": node.due_on.isoformat() if node.due_on else "",
            f"{node.id}.evidence_wanted": node.evidence_wanted or "",
        }
    return form | more


async def test_an_amendment_is_numbered_reasoned_and_shown(settings: Settings, sessions: OneConnection) -> None:
    """What was and what is stand side by side under the reason; untouched items are not mentioned."""
    town = await town_of(sessions)
    plan_id = await a_published_plan(sessions, town)
    nodes = await nodes_of(sessions, town, plan_id)
    node = named(nodes, "整治粉尘涉爆企业")
    seen = (await plan_of(sessions, town, plan_id)).version
    form = form_of(nodes, reason="区里提前了时限", seen=str(seen)) | {f"{node.id}.due_on": "2026-05-31"}
    async with running(settings, sessions) as app, browser(app, town[Role.TOWN_OFFICE]) as office:
        assert (await office.get(f"/plans/{plan_id}/amend")).status_code == 200
        answer = await office.post(f"/plans/{plan_id}/amend", form)
        assert answer.status_code == 303, words_of(answer)
        shown = words_of(await office.get(f"/plans/{plan_id}/versions"))
        first = words_of(await office.get(f"/plans/{plan_id}/versions/0"))
        now = words_of(await office.get(f"/plans/{plan_id}"))
        assert (await office.get(f"/plans/{plan_id}/versions/2")).status_code == 404
    assert "第 1 次修订" in shown
    assert "原因： 区里提前了时限" in shown
    assert "完成时限 2026年6月30日 2026年5月31日" in shown
    assert "2026年6月30日" in first
    assert "2026年5月31日" not in first
    assert "2026年5月31日" in now
    newest = (await versions(sessions, town, plan_id))[0]
    assert (newest.number, newest.reason, [change["node_id"] for change in newest.changes]) == (
        1,
        "区里提前了时限",
        [str(node.id)],
    )


async def test_several_items_change_in_one_amendment_and_the_next_has_the_next_number(sessions: OneConnection) -> None:
    """Numbers run on without a gap, and each version keeps the whole plan."""
    town = await town_of(sessions)
    plan_id = await a_published_plan(sessions, town)
    nodes = await nodes_of(sessions, town, plan_id)
    tasks = [node for node in nodes if node.kind == "task"]
    for number, chosen in ((1, tasks[:2]), (2, tasks[2:])):
        async with at_work(sessions, town[Role.TOWN_OFFICE]) as work:
            seen = (await plans.get_plan(work, plan_id)).version
            changes = {node.id: plans.NodeChange(evidence_wanted=f"第{number}版") for node in chosen}
            await plans.amend(work, plan_id, plans.Amendment(reason="补佐证", changes=changes), seen=seen)
    kept = await versions(sessions, town, plan_id)
    assert [(version.number, len(version.changes), len(version.nodes)) for version in kept] == [
        (2, 1, len(nodes)),
        (1, 2, len(nodes)),
        (0, 0, len(nodes)),
    ]


async def test_a_task_is_withdrawn_and_another_added(settings: Settings, sessions: OneConnection) -> None:
    """The withdrawn one stays readable, the new one stands at the end of its section, the paper is still covered."""
    town = await town_of(sessions)
    plan_id = await a_published_plan(sessions, town)
    nodes = await nodes_of(sessions, town, plan_id)
    gone, section = named(nodes, "配强监管力量"), named(nodes, "压实责任")
    seen = (await plan_of(sessions, town, plan_id)).version
    form = form_of(nodes, reason="机构调整", seen=str(seen), withdrawn=str(gone.id)) | {
        "added.section_id": str(section.id),
        "added.heading": "建立联络员制度",
        "added.text": "各办所明确1名联络员。",
        "added.answered": "1",
        "added.department_ids": str(town.departments["office"]),
        "added.due_on": "2026-09-30",
    }
    async with running(settings, sessions) as app, browser(app, town[Role.TOWN_OFFICE]) as office:
        answer = await office.post(f"/plans/{plan_id}/amend", form)
        assert answer.status_code == 303, words_of(answer)
        shown = words_of(await office.get(f"/plans/{plan_id}"))
        source = words_of(await office.get(f"/plans/{plan_id}?view=source"))
    assert "第 1 次修订撤销" in shown
    assert "建立联络员制度" in shown
    assert "修订时增补，原文没有这一条" in source
    after = await nodes_of(sessions, town, plan_id)
    order = [node.heading for node in after]
    assert order.index("建立联络员制度") == order.index("配强监管力量") + 1
    figures = await figures_of(sessions, town, plan_id)
    assert (figures.tasks, figures.covered) == (3, figures.characters)


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"reason": ""}, "请写明原因"),
        ({"reason": "因" * 1001}, "最多 1000 字"),
        ({}, "没有改动任何内容"),
        ({"due_on": "2025-12-31"}, "完成时限应在"),
        ({"due_on": "明天"}, "日期不对"),
        ({"heading": "", "text": ""}, "不能都空着"),
        ({"department_ids": str(uuid4())}, "不在本镇部门名单"),
        ({"added.heading": "新任务"}, "放在哪一节"),
        ({"added.heading": "新任务", "added.section_id": str(uuid4())}, "放在哪一节"),
        ({"seen": "1", "heading": "别的标题"}, "刚被别人改过"),
    ],
)
async def test_a_faulty_amendment_comes_back_whole_and_changes_nothing(
    settings: Settings, sessions: OneConnection, changed: dict[str, str], said: str
) -> None:
    """Not even the items before the faulty one are amended, and what was typed is still there."""
    town = await town_of(sessions)
    plan_id = await a_published_plan(sessions, town)
    nodes = await nodes_of(sessions, town, plan_id)
    target, task = named(nodes, "事故控制"), named(nodes, "整治粉尘涉爆企业")
    seen = (await plan_of(sessions, town, plan_id)).version
    own = {"reason", "seen", "added.heading", "added.section_id"}
    form = form_of(nodes, reason="为了试一试", seen=str(seen))
    form |= {name if name in own else f"{task.id}.{name}": value for name, value in changed.items()}
    if changed:
        form[f"{target.id}.evidence_wanted"] = "先改的一条"
    async with running(settings, sessions) as app, browser(app, town[Role.TOWN_OFFICE]) as office:
        answer = await office.post(f"/plans/{plan_id}/amend", form)
    assert answer.status_code == 422
    assert said in words_of(answer)
    assert not changed or "先改的一条" in answer.text
    plan = await plan_of(sessions, town, plan_id)
    assert (plan.version, plan.amendment) == (seen, 0)
    assert named(await nodes_of(sessions, town, plan_id), "事故控制").evidence_wanted is None
    assert len(await versions(sessions, town, plan_id)) == 1


@pytest.mark.parametrize("role", [Role.TOWN_LEADER, Role.SECTOR_DEPARTMENT])
async def test_only_the_office_amends(settings: Settings, sessions: OneConnection, role: Role) -> None:
    """Others read the versions."""
    town = await town_of(sessions)
    plan_id = await a_published_plan(sessions, town)
    async with running(settings, sessions) as app, browser(app, town[role]) as other:
        assert (await other.get(f"/plans/{plan_id}/versions")).status_code == 200
        assert (await other.get(f"/plans/{plan_id}/amend")).status_code == 403
        assert (await other.post(f"/plans/{plan_id}/amend", {"reason": "x"})).status_code == 403


async def test_two_amendments_at_once_are_one_after_the_other(sessions: OneConnection) -> None:
    """Who read the plan before the other's amendment is told."""
    town = await town_of(sessions)
    plan_id = await a_published_plan(sessions, town)
    nodes = await nodes_of(sessions, town, plan_id)
    seen = (await plan_of(sessions, town, plan_id)).version
    change = plans.Amendment(reason="甲", changes={nodes[-4].id: plans.NodeChange(heading="甲")})
    async with at_work(sessions, town[Role.TOWN_OFFICE]) as work:
        await plans.amend(work, plan_id, change, seen=seen)
    with pytest.raises(Stale):
        async with at_work(sessions, town[Role.TOWN_OFFICE]) as work:
            await plans.amend(work, plan_id, change, seen=seen)


@pytest.mark.parametrize(
    "statement", ["UPDATE plan_version SET reason = '改'", "DELETE FROM plan_version", "TRUNCATE plan_version"]
)
async def test_a_version_is_never_changed_again(database: Database, everything: AsyncEngine, statement: str) -> None:
    """The database itself refuses it to the town's login."""
    async with AsyncSession(everything, expire_on_commit=False) as session:
        town = await a_town(session)
        await session.commit()
    await a_published_plan(database, town)
    office = town[Role.TOWN_OFFICE]
    async with database.session(office.login, office.scope) as session:
        assert await session.scalar(text("SELECT count(*) FROM plan_version")) == 1
        with pytest.raises(ProgrammingError) as refused:
            await session.execute(text(statement))
        assert isinstance(refused.value.orig.__cause__, InsufficientPrivilegeError)


async def test_the_day_of_an_amendment_lies_within_the_plans_two_years(sessions: OneConnection) -> None:
    """From the first day of the year to the last of the next."""
    town = await town_of(sessions)
    plan_id = await a_published_plan(sessions, town)
    node = named(await nodes_of(sessions, town, plan_id), "整治粉尘涉爆企业")
    for day in (date(2026, 1, 1), date(2027, 12, 31)):
        async with at_work(sessions, town[Role.TOWN_OFFICE]) as work:
            seen = (await plans.get_plan(work, plan_id)).version
            changes = {node.id: plans.NodeChange(due_on=day)}
            await plans.amend(work, plan_id, plans.Amendment(reason="调整", changes=changes), seen=seen)
    assert named(await nodes_of(sessions, town, plan_id), "整治粉尘涉爆企业").due_on == date(2027, 12, 31)
