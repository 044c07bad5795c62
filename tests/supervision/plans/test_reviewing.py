"""The review page saves what a person puts right, and no character is ever lost."""

import asyncio
import itertools
import random
import uuid
from datetime import date
from typing import Any

import pytest
from httpx import Response
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from services.kernel.database import Database
from services.kernel.refusals import BadInput, Stale
from services.kernel.settings import Settings
from services.supervision import plans
from services.supervision.plans.words import clean
from services.tenancy.roles import Role
from tests.conftest import OneConnection
from tests.factories import Town, a_town
from tests.supervision.plans.desk import (
    a_draft,
    a_published_plan,
    at_work,
    figures_of,
    named,
    nodes_of,
    plan_of,
    town_of,
)
from tests.supervision.plans.papers import paper
from tests.web import Browser, browser, running, words_of

pytestmark = pytest.mark.anyio


async def send(office: Browser, plan_id: uuid.UUID, node: plans.PlanNode, act: str = "", **form: Any) -> Response:
    """Send one of the row's forms, as a browser without scripts does."""
    data = {"seen": "99"} | form
    return await office.post(f"/plans/{plan_id}/nodes/{node.id}{act}", data)


def as_typed(node: plans.PlanNode, **changed: Any) -> dict[str, Any]:
    """The edit form of a node as it stands, with some fields changed."""
    form = {
        "heading": node.heading,
        "text": node.text,
        "answered": "1",
        "department_ids": [str(one) for one in node.department_ids],
        "enterprise_set": node.enterprise_set or "",
        "due_on": node.due_on.isoformat() if node.due_on else "",
        "evidence_wanted": node.evidence_wanted or "",
    }
    return form | changed


async def assert_whole(sessions: OneConnection, town: Town, plan_id: uuid.UUID) -> plans.Figures:
    """The stored spans lie one after the other from the first to the last character."""
    figures = await figures_of(sessions, town, plan_id)
    nodes = await nodes_of(sessions, town, plan_id)
    assert [node.position for node in nodes] == list(range(len(nodes)))
    assert [node.span_from for node in nodes] == [0, *(node.span_to for node in nodes[:-1])]
    assert nodes[-1].span_to == figures.characters == figures.covered
    return figures


async def test_a_corrected_node_keeps_everything_that_was_typed(settings: Settings, sessions: OneConnection) -> None:
    """Words, owners, enterprises, day and evidence are saved, and the bar counts them."""
    town = await town_of(sessions)
    plan_id = await a_draft(sessions, town)
    node = named(await nodes_of(sessions, town, plan_id), "明确监管责任")
    office_id, sector_id = town.departments["office"], town.departments["sector"]
    typed = as_typed(
        node,
        heading="明确 监管责任（修改）",
        department_ids=[str(office_id), str(sector_id)],
        enterprise_set="key",
        due_on="2026-06-30",
        evidence_wanted="责任清单\r\n会议纪要",
    )
    async with running(settings, sessions) as app, browser(app, town[Role.TOWN_OFFICE]) as office:
        answer = await send(office, plan_id, node, **typed)
        assert answer.status_code == 303
        shown = words_of(await office.get(f"/plans/{plan_id}"))
    saved = named(await nodes_of(sessions, town, plan_id), "明确 监管责任（修改）")
    assert (saved.department_ids, saved.enterprise_set) == ([office_id, sector_id], "key")
    assert (saved.due_on, saved.evidence_wanted) == (date(2026, 6, 30), "责任清单\n会议纪要")
    assert saved.edited == ["heading"]
    assert "3 项任务中已定责任单位 1 /3" in shown
    assert "人工改过" in shown


async def test_saving_without_a_change_changes_nothing(settings: Settings, sessions: OneConnection) -> None:
    """A press of «保存» on an untouched form leaves the version as it is."""
    town = await town_of(sessions)
    plan_id = await a_draft(sessions, town)
    node = named(await nodes_of(sessions, town, plan_id), "整治粉尘涉爆企业")
    async with running(settings, sessions) as app, browser(app, town[Role.TOWN_OFFICE]) as office:
        assert (await send(office, plan_id, node, **as_typed(node))).status_code == 303
    assert (await plan_of(sessions, town, plan_id)).version == 1


@pytest.mark.parametrize("chosen", [0, 1, 2])
async def test_a_split_at_any_sentence_keeps_every_character(
    settings: Settings, sessions: OneConnection, chosen: int
) -> None:
    """The page offers the ends of sentences; both halves have words and the second takes over the owners."""
    town = await town_of(sessions)
    plan_id = await a_draft(sessions, town)
    node = named(await nodes_of(sessions, town, plan_id), "明确监管责任")
    async with at_work(sessions, town[Role.TOWN_OFFICE]) as work:
        await plans.fill_gaps(work, plan_id, owners=True, due_on=date(2026, 12, 31))
        points = plans.split_points(await plans.paper_of(work, await plans.get_plan(work, plan_id)), node)
    assert len(points) == 3
    async with running(settings, sessions) as app, browser(app, town[Role.TOWN_OFFICE]) as office:
        opened = await office.get(f"/plans/{plan_id}?node={node.id}")
        assert f'value="{points[chosen].at}"' in opened.text
        assert (await send(office, plan_id, node, "/split", at=str(points[chosen].at))).status_code == 303
    figures = await assert_whole(sessions, town, plan_id)
    assert (figures.tasks, figures.owned, figures.dated) == (4, 4, 4)


async def test_merging_brings_the_halves_together_again(settings: Settings, sessions: OneConnection) -> None:
    """After a split and a merge the node reads as before, with both sets of owners."""
    town = await town_of(sessions)
    plan_id = await a_draft(sessions, town)
    node = named(await nodes_of(sessions, town, plan_id), "明确监管责任")
    async with running(settings, sessions) as app, browser(app, town[Role.TOWN_OFFICE]) as office:
        async with at_work(sessions, town[Role.TOWN_OFFICE]) as work:
            point = plans.split_points(await plans.paper_of(work, await plans.get_plan(work, plan_id)), node)[1]
            second = await plans.split_node(work, plan_id, node.id, at=point.at, seen=99)
            change = plans.NodeChange(department_ids=(town.departments["sector"],))
            await plans.edit_node(work, plan_id, second.id, change, seen=99)
        assert (await send(office, plan_id, node, "/merge", into="next")).status_code == 303
    figures = await assert_whole(sessions, town, plan_id)
    merged = named(await nodes_of(sessions, town, plan_id), "明确监管责任")
    assert (figures.tasks, merged.text) == (3, node.text)
    assert merged.department_ids == [town.departments["sector"]]


async def test_a_merge_keeps_words_that_were_corrected_by_hand(sessions: OneConnection) -> None:
    """What a person wrote is not replaced by the paper's words."""
    town = await town_of(sessions)
    plan_id = await a_draft(sessions, town)
    nodes = await nodes_of(sessions, town, plan_id)
    first, second = named(nodes, "明确监管责任"), named(nodes, "配强监管力量")
    async with at_work(sessions, town[Role.TOWN_OFFICE]) as work:
        await plans.edit_node(work, plan_id, second.id, plans.NodeChange(text="改过的字。"), seen=99)
        await plans.merge_node(work, plan_id, second.id, into="previous", seen=99)
    merged = named(await nodes_of(sessions, town, plan_id), "明确监管责任")
    assert merged.text == f"{first.text}\n改过的字。"


async def test_a_split_keeps_words_that_were_corrected_by_hand_as_a_note(sessions: OneConnection) -> None:
    """Both halves are read from the paper again, and the corrected words stand beside them to be looked at."""
    town = await town_of(sessions)
    plan_id = await a_draft(sessions, town)
    node = named(await nodes_of(sessions, town, plan_id), "明确监管责任")
    async with at_work(sessions, town[Role.TOWN_OFFICE]) as work:
        await plans.edit_node(work, plan_id, node.id, plans.NodeChange(text="改过的字。"), seen=99)
        point = plans.split_points(await plans.paper_of(work, await plans.get_plan(work, plan_id)), node)[1]
        await plans.split_node(work, plan_id, node.id, at=point.at, seen=99)
    first = named(await nodes_of(sessions, town, plan_id), "明确监管责任")
    assert "改过的字。" in (first.check_note or "")
    assert first.text == "镇应急办会同各行业部门编制责任清单。"


async def test_a_node_moves_under_another_section_and_becomes_another_kind(
    settings: Settings, sessions: OneConnection
) -> None:
    """A task turned into a requirement at the top of the paper is counted as one, and nothing is lost."""
    town = await town_of(sessions)
    plan_id = await a_draft(sessions, town)
    node = named(await nodes_of(sessions, town, plan_id), "整治粉尘涉爆企业")
    async with running(settings, sessions) as app, browser(app, town[Role.TOWN_OFFICE]) as office:
        answer = await send(office, plan_id, node, "/move", kind="requirement", parent_id="")
    assert answer.status_code == 303
    figures = await assert_whole(sessions, town, plan_id)
    moved = named(await nodes_of(sessions, town, plan_id), "整治粉尘涉爆企业")
    assert (figures.tasks, figures.requirements, moved.kind, moved.parent_id) == (2, 2, "requirement", None)


@pytest.mark.parametrize(
    ("act", "form", "said"),
    [
        ("/split", {}, "请先选择从哪一句后面拆开"),
        ("/split", {"at": "0"}, "前后都要有文字"),
        ("/split", {"at": "99999999"}, "前后都要有文字"),
        ("/split", {"at": "٣"}, "前后都要有文字"),
        ("/move", {"kind": "chapter"}, "请从列出的类别里选一种"),
        ("/move", {"kind": ["task", "task"], "parent_id": "not-an-id"}, ""),
        ("", {"heading": "", "text": ""}, "不能都空着"),
        ("", {"heading": "标" * 201, "text": "正文"}, "最多 200 字"),
        ("", {"heading": "标题", "text": "字" * 20_001}, "最多 20000 字"),
        ("", {"heading": "标题", "answered": "1", "due_on": "2026-02-30"}, "日期不对"),
        ("", {"heading": "标题", "answered": "1", "due_on": "2025-12-31"}, "完成时限应在"),
        ("", {"heading": "标题", "answered": "1", "due_on": "2028-01-01"}, "完成时限应在"),
        ("", {"heading": "标题", "answered": "1", "enterprise_set": "everyone"}, "企业范围"),
        ("", {"heading": "标题", "answered": "1", "department_ids": str(uuid.uuid4())}, "不在本镇部门名单"),
        ("", {"heading": "标题", "answered": "1", "evidence_wanted": "证" * 1001}, "最多 1000 字"),
    ],
)
async def test_bad_input_is_said_beside_the_row_and_changes_nothing(
    settings: Settings, sessions: OneConnection, act: str, form: dict[str, Any], said: str
) -> None:
    """The page comes back with the reason; the plan keeps its version."""
    town = await town_of(sessions)
    plan_id = await a_draft(sessions, town)
    node = named(await nodes_of(sessions, town, plan_id), "明确监管责任")
    async with running(settings, sessions) as app, browser(app, town[Role.TOWN_OFFICE]) as office:
        answer = await send(office, plan_id, node, act, **form)
    if not said:
        assert answer.status_code in {303, 422}
        return
    assert answer.status_code == 422
    assert said in words_of(answer)
    assert (await plan_of(sessions, town, plan_id)).version == 1


async def test_what_was_typed_comes_back_with_the_error(settings: Settings, sessions: OneConnection) -> None:
    """Every field of a refused form is there again, the ticked departments too."""
    town = await town_of(sessions)
    plan_id = await a_draft(sessions, town)
    node = named(await nodes_of(sessions, town, plan_id), "明确监管责任")
    typed = as_typed(
        node,
        heading="新的标题",
        evidence_wanted="新的佐证",
        due_on="2020-01-01",
        department_ids=str(town.departments["sector"]),
    )
    async with running(settings, sessions) as app, browser(app, town[Role.TOWN_OFFICE]) as office:
        answer = await send(office, plan_id, node, **typed)
    assert answer.status_code == 422
    for words in ("新的标题", "新的佐证", "2020-01-01", f'value="{town.departments["sector"]}" checked'):
        assert words in answer.text


async def test_who_comes_second_is_told_and_loses_nothing(settings: Settings, sessions: OneConnection) -> None:
    """A stale save shows both versions; saved again, the second person's words stand."""
    town = await town_of(sessions)
    plan_id = await a_draft(sessions, town)
    node = named(await nodes_of(sessions, town, plan_id), "明确监管责任")
    async with running(settings, sessions) as app, browser(app, town[Role.TOWN_OFFICE]) as office:
        await send(office, plan_id, node, **as_typed(node, heading="先改的标题"), seen="1")
        late = await send(office, plan_id, node, **as_typed(node, heading="后改的标题"), seen="1")
        assert late.status_code == 422
        assert "刚被" in words_of(late)
        assert "后改的标题" in late.text
        assert "先改的标题" in late.text
        assert 'name="seen" value="2"' in late.text
        assert (await send(office, plan_id, node, **as_typed(node, heading="后改的标题"), seen="2")).status_code == 303
    assert named(await nodes_of(sessions, town, plan_id), "后改的标题")


async def test_two_people_work_on_different_nodes_without_disturbing_each_other(sessions: OneConnection) -> None:
    """Only a node that was itself changed is stale."""
    town = await town_of(sessions)
    plan_id = await a_draft(sessions, town)
    nodes = await nodes_of(sessions, town, plan_id)
    first, second = named(nodes, "明确监管责任"), named(nodes, "整治粉尘涉爆企业")
    async with at_work(sessions, town[Role.TOWN_OFFICE]) as work:
        await plans.edit_node(work, plan_id, first.id, plans.NodeChange(heading="甲"), seen=1)
        await plans.edit_node(work, plan_id, second.id, plans.NodeChange(heading="乙"), seen=1)
        with pytest.raises(Stale):
            await plans.split_node(work, plan_id, first.id, at=first.span_from + 3, seen=1)


async def test_two_at_once_are_put_one_after_the_other(database: Database, everything: AsyncEngine) -> None:
    """With real logins two simultaneous saves of one node end with one saved and one told."""
    async with AsyncSession(everything, expire_on_commit=False) as session:
        town = await a_town(session)
        await session.commit()
    plan_id = await a_draft(database, town)
    node = named(await nodes_of(database, town, plan_id), "明确监管责任")

    async def save(heading: str) -> str:
        try:
            async with at_work(database, town[Role.TOWN_OFFICE]) as work:
                await plans.edit_node(work, plan_id, node.id, plans.NodeChange(heading=heading), seen=1)
                await asyncio.sleep(0.05)
        except Stale:
            return "told"
        return heading

    told = await asyncio.gather(save("甲"), save("乙"))
    assert max(told, key=len) == "told"
    assert named(await nodes_of(database, town, plan_id), min(told, key=len))


async def test_gaps_are_filled_from_the_suggestions_and_nothing_that_was_set(sessions: OneConnection) -> None:
    """A task with an owner and a day keeps both."""
    town = await town_of(sessions)
    plan_id = await a_draft(sessions, town)
    node = named(await nodes_of(sessions, town, plan_id), "整治粉尘涉爆企业")
    async with at_work(sessions, town[Role.TOWN_OFFICE]) as work:
        change = plans.NodeChange(department_ids=(town.departments["sector"],))
        await plans.edit_node(work, plan_id, node.id, change, seen=99)
        assert await plans.fill_gaps(work, plan_id, owners=True, due_on=date(2026, 12, 31)) == 2
    nodes = await nodes_of(sessions, town, plan_id)
    kept, filled = named(nodes, "整治粉尘涉爆企业"), named(nodes, "明确监管责任")
    assert (kept.department_ids, kept.due_on) == ([town.departments["sector"]], date(2026, 6, 30))
    assert filled.department_ids == [town.departments["office"], town.departments["sector"]]
    assert filled.due_on == date(2026, 12, 31)


@pytest.mark.parametrize("role", [Role.TOWN_LEADER, Role.SECTOR_DEPARTMENT])
async def test_who_only_reads_cannot_edit(settings: Settings, sessions: OneConnection, role: Role) -> None:
    """A leader and a sector department see the draft without a form, and every edit is refused."""
    town = await town_of(sessions)
    plan_id = await a_draft(sessions, town)
    node = named(await nodes_of(sessions, town, plan_id), "明确监管责任")
    async with running(settings, sessions) as app, browser(app, town[role]) as reader:
        page = await reader.get(f"/plans/{plan_id}?node={node.id}")
        assert page.status_code == 200
        assert f"/nodes/{node.id}" not in page.text
        for act in ("", "/split", "/merge", "/move"):
            assert (await send(reader, plan_id, node, act, **as_typed(node))).status_code == 403
    assert (await plan_of(sessions, town, plan_id)).version == 1


@pytest.mark.parametrize("role", [Role.LEGAL_REPRESENTATIVE, Role.SAFETY_OFFICER])
async def test_an_enterprise_has_no_plan(settings: Settings, sessions: OneConnection, role: Role) -> None:
    """Neither the list nor a plan opens."""
    town = await town_of(sessions)
    plan_id = await a_published_plan(sessions, town)
    async with running(settings, sessions) as app, browser(app, town[role]) as enterprise:
        for path in ("/plans", f"/plans/{plan_id}", f"/plans/{plan_id}/versions", f"/api/v1/plans/{plan_id}"):
            assert (await enterprise.get(path)).status_code == 403


async def test_another_towns_plan_is_not_there(settings: Settings, sessions: OneConnection) -> None:
    """Reading and editing a neighbour's plan answer as if there were none."""
    town, neighbour = await town_of(sessions), await town_of(sessions, "邻镇")
    plan_id = await a_draft(sessions, town)
    node = named(await nodes_of(sessions, town, plan_id), "明确监管责任")
    async with running(settings, sessions) as app, browser(app, neighbour[Role.TOWN_OFFICE]) as stranger:
        for path in ("", "/sign", "/versions", "/versions/0", "/amend", f"/nodes/{node.id}?part=1"):
            assert (await stranger.get(f"/plans/{plan_id}{path}")).status_code == 404
        for path in ("/send", "/publish", "/discard", "/fill", f"/nodes/{node.id}", f"/nodes/{node.id}/split"):
            answer = await stranger.post(f"/plans/{plan_id}{path}", as_typed(node) | {"seen": "1", "at": "9"})
            assert answer.status_code == 404, path
        assert "示例镇" not in (await stranger.get("/plans")).text
    assert (await plan_of(sessions, town, plan_id)).version == 1


async def test_a_neighbours_department_answers_for_nothing_here(sessions: OneConnection) -> None:
    """A department's id from another town is not on this town's list."""
    town, neighbour = await town_of(sessions), await town_of(sessions, "邻镇")
    plan_id = await a_draft(sessions, town)
    node = named(await nodes_of(sessions, town, plan_id), "明确监管责任")
    change = plans.NodeChange(department_ids=(neighbour.departments["office"],))
    with pytest.raises(BadInput) as refused:
        async with at_work(sessions, town[Role.TOWN_OFFICE]) as work:
            await plans.edit_node(work, plan_id, node.id, change, seen=99)
    assert "department_ids" in refused.value.fields


async def test_a_gap_between_spans_is_shown_and_lowers_the_coverage(
    settings: Settings, sessions: OneConnection
) -> None:
    """Coverage is counted from what is stored: characters that no node claims are missing from it and printed on the page."""
    town = await town_of(sessions)
    plan_id = await a_draft(sessions, town)
    async with at_work(sessions, town[Role.TOWN_OFFICE]) as work:
        node = named(list(await plans.nodes_of(work, plan_id)), "配强监管力量")
        node.span_to -= 9
        await work.flush()
    figures = await figures_of(sessions, town, plan_id)
    assert figures.characters - figures.covered == 9
    async with running(settings, sessions) as app, browser(app, town[Role.TOWN_OFFICE]) as office:
        shown = words_of(await office.get(f"/plans/{plan_id}"))
    assert "没有归入任何条目" in shown
    assert f"{figures.covered} /{figures.characters}" in shown


async def test_words_that_belong_nowhere_are_shown_in_their_own_colour(
    settings: Settings, sessions: OneConnection
) -> None:
    """A node taken out of every section stands under «未归类»."""
    town = await town_of(sessions)
    plan_id = await a_draft(sessions, town)
    async with at_work(sessions, town[Role.TOWN_OFFICE]) as work:
        node = named(list(await plans.nodes_of(work, plan_id)), "配强监管力量")
        node.kind, node.role, node.parent_id = "text", "paragraph", None
        await work.flush()
    assert (await figures_of(sessions, town, plan_id)).unplaced == 1
    async with running(settings, sessions) as app, browser(app, town[Role.TOWN_OFFICE]) as office:
        loose = await office.get(f"/plans/{plan_id}?show=loose")
    assert loose.text.count("plan-row ") == 1
    assert "unplaced" in loose.text


async def test_a_part_of_the_page_is_enough_for_one_row(settings: Settings, sessions: OneConnection) -> None:
    """With a script only the row and the bar come back; the next item opens where that was asked for."""
    town = await town_of(sessions)
    plan_id = await a_draft(sessions, town)
    nodes = await nodes_of(sessions, town, plan_id)
    node, following = named(nodes, "明确监管责任"), named(nodes, "配强监管力量")
    async with running(settings, sessions) as app, browser(app, town[Role.TOWN_OFFICE]) as office:
        part = await office.post(
            f"/plans/{plan_id}/nodes/{node.id}?part=1", as_typed(node, heading="改") | {"seen": "1", "then": "next"}
        )
        gone = await office.get(f"/plans/{plan_id}/nodes/{uuid.uuid4()}?part=1")
    assert part.status_code == 200
    assert "<html" not in part.text
    assert f'id="n-{node.id}"' in part.text
    assert f'action="/plans/{plan_id}/nodes/{following.id}"' in part.text
    assert gone.status_code == 404


@hypothesis_settings(max_examples=200, suppress_health_check=[HealthCheck.too_slow])
@given(st.text(st.characters(codec=None), max_size=60))
def test_what_is_typed_can_always_be_kept(words: str) -> None:
    """No control character, lone surrogate or turner of the writing direction is left, and cleaning again changes nothing."""
    kept = clean(words)
    kept.encode()
    assert not set(kept) & {"\x00", "\u202e", "\r"}
    assert clean(kept) == kept


@pytest.mark.parametrize("seed", range(4))
async def test_no_series_of_acts_loses_a_character(sessions: OneConnection, seed: int) -> None:
    """Forty random splits, merges and moves on the notice leave its spans a partition."""
    dice = random.Random(seed)
    town = await town_of(sessions)
    plan_id = await a_draft(sessions, town, data=paper(), year=2021)
    async with at_work(sessions, town[Role.TOWN_OFFICE]) as work:
        source = await plans.paper_of(work, await plans.get_plan(work, plan_id))
        done = 0
        for _ in range(40):
            nodes = list(await plans.nodes_of(work, plan_id))
            node = dice.choice(nodes)
            try:
                match dice.randrange(3):
                    case 0:
                        at = dice.randint(node.span_from, node.span_to)
                        await plans.split_node(work, plan_id, node.id, at=at, seen=999)
                    case 1:
                        into = dice.choice(["previous", "next"])
                        await plans.merge_node(work, plan_id, node.id, into=into, seen=999)
                    case _:
                        parent = dice.choice([None, *plans.parents_for(nodes, node.id)])
                        kind = dice.choice(plans.KINDS)
                        parent_id = parent.id if parent else None
                        await plans.reassign_node(work, plan_id, node.id, kind=kind, parent_id=parent_id, seen=999)
                done += 1
            except plans.NodeCannotBeChanged:
                continue
            spans = [(one.span_from, one.span_to) for one in await plans.nodes_of(work, plan_id)]
            assert spans[0][0] == 0
            assert all(left[1] == right[0] for left, right in itertools.pairwise(spans))
            assert spans[-1][1] == len(source.text)
    assert done > 10
    await assert_whole(sessions, town, plan_id)
