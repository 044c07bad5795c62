"""A plan also begins from last year's or from the district's template."""

from datetime import date

import pytest

from services.kernel.settings import Settings
from services.supervision import plans
from services.supervision.plans.starting import a_year_later, shifted
from services.tenancy.roles import Role
from tests.conftest import OneConnection
from tests.supervision.plans.desk import (
    a_draft,
    a_published_plan,
    a_signed_plan,
    at_work,
    figures_of,
    named,
    nodes_of,
    plan_of,
    town_of,
)
from tests.web import browser, running, words_of

pytestmark = pytest.mark.anyio


async def test_last_years_items_come_a_year_later_and_marked(settings: Settings, sessions: OneConnection) -> None:
    """Dates move on by a year, owners stay, every figure asks to be checked, and the paper beside them is covered."""
    town = await town_of(sessions)
    await a_published_plan(sessions, town)
    async with running(settings, sessions) as app, browser(app, town[Role.TOWN_OFFICE]) as office:
        assert "沿用 2026 年" in words_of(await office.get("/plans/new"))
        answer = await office.post("/plans/new/last-year", {"last_year": "2027"})
        assert answer.status_code == 303
        shown = words_of(await office.get(answer.headers["location"]))
    plan_id = answer.headers["location"].split("/")[2].split("?")[0]
    plan = await plan_of(sessions, town, plan_id)
    assert (plan.year, plan.state, plan.origin) == (2027, "draft", "last_year")
    assert plan.title == "2027年示例镇工贸行业安全生产工作要点"
    nodes = await nodes_of(sessions, town, plan_id)
    task = named(nodes, "整治粉尘涉爆企业")
    assert (task.due_on, task.text) == (date(2027, 6, 30), "对粉尘涉爆企业逐家核查，2027年6月底前完成。")
    assert task.department_ids == [town.departments["office"]]
    assert "时限沿用2026年，请核对" in (task.check_note or "")
    assert "数字沿用2026年，请核对" in (named(nodes, "标准化创建").check_note or "")
    figures = await figures_of(sessions, town, plan_id)
    assert (figures.targets, figures.tasks, figures.requirements) == (2, 3, 1)
    assert figures.covered == figures.characters
    assert "对粉尘涉爆企业逐家核查， 2026年6月底 前完成" in shown or "2026年6月底前完成" in shown


async def test_last_years_amendments_are_carried_over(sessions: OneConnection) -> None:
    """What an amendment changed or added comes along; what it withdrew does not; all of it can be split and merged."""
    town = await town_of(sessions)
    before = await a_published_plan(sessions, town)
    nodes = await nodes_of(sessions, town, before)
    async with at_work(sessions, town[Role.TOWN_OFFICE]) as work:
        seen = (await plans.get_plan(work, before)).version
        amendment = plans.Amendment(
            reason="调整",
            changes={named(nodes, "明确监管责任").id: plans.NodeChange(text="改后的第一句。改后的第二句。")},
            withdrawn=frozenset({named(nodes, "配强监管力量").id}),
            added=plans.NewTask(section_id=named(nodes, "压实责任").id, heading="建立联络员制度"),
        )
        await plans.amend(work, before, amendment, seen=seen)
        plan_id = (await plans.start_from_last_year(work, 2027)).id
    after = await nodes_of(sessions, town, plan_id)
    headings = [node.heading for node in after]
    assert "建立联络员制度" in headings
    assert "配强监管力量" not in headings
    changed = named(after, "明确监管责任")
    async with at_work(sessions, town[Role.TOWN_OFFICE]) as work:
        points = plans.split_points(await plans.paper_of(work, await plans.get_plan(work, plan_id)), changed)
        second = await plans.split_node(work, plan_id, changed.id, at=points[-1].at, seen=99)
        assert second.heading + second.text == "改后的第二句"
    figures = await figures_of(sessions, town, plan_id)
    assert figures.covered == figures.characters


@pytest.mark.parametrize("made", [a_draft, a_signed_plan])
async def test_only_a_published_plan_is_a_starting_point(
    settings: Settings, sessions: OneConnection, made: object
) -> None:
    """Drafts and signed plans of the year before do not count."""
    town = await town_of(sessions)
    await made(sessions, town)  # type: ignore[operator]
    async with running(settings, sessions) as app, browser(app, town[Role.TOWN_OFFICE]) as office:
        answer = await office.post("/plans/new/last-year", {"last_year": "2027"})
    assert answer.status_code == 422
    assert "上一年度没有已发布的工作要点" in words_of(answer)


async def test_the_template_speaks_in_the_towns_name(settings: Settings, sessions: OneConnection) -> None:
    """Three targets, sixteen tasks, three requirements, with no word of another town and its dates to be checked."""
    town = await town_of(sessions, "清溪镇")
    async with running(settings, sessions) as app, browser(app, town[Role.TOWN_OFFICE]) as office:
        answer = await office.post("/plans/new/template", {"template_year": "2026"})
        assert answer.status_code == 303
    plan_id = answer.headers["location"].split("/")[2].split("?")[0]
    figures = await figures_of(sessions, town, plan_id)
    assert (figures.targets, figures.tasks, figures.requirements) == (3, 16, 3)
    assert figures.covered == figures.characters
    nodes = await nodes_of(sessions, town, plan_id)
    assert not [node for node in nodes if "珍溪" in node.text + node.heading]
    assert all(node.check_note for node in nodes if node.numbers or node.due_on)
    assert (await plan_of(sessions, town, plan_id)).title == "2026年清溪镇工贸行业安全生产工作要点"


@pytest.mark.parametrize("year", ["", "1999", "2101", "year", "9" * 30])
async def test_a_template_needs_a_year(settings: Settings, sessions: OneConnection, year: str) -> None:
    """Anything else is said beside the field."""
    town = await town_of(sessions)
    async with running(settings, sessions) as app, browser(app, town[Role.TOWN_OFFICE]) as office:
        for path, field in (("template", "template_year"), ("last-year", "last_year")):
            answer = await office.post(f"/plans/new/{path}", {field: year})
            assert (answer.status_code, "年度应在" in words_of(answer)) == (422, True)


@pytest.mark.parametrize(
    ("day", "later"),
    [
        (date(2028, 2, 29), date(2029, 2, 28)),
        (date(2027, 2, 28), date(2028, 2, 28)),
        (date(2026, 12, 31), date(2027, 12, 31)),
    ],
)
def test_a_day_moves_on_by_a_year(day: date, later: date) -> None:
    """29 February has no match in a common year and becomes the last day of the month."""
    assert a_year_later(day) == later


@pytest.mark.parametrize(
    ("words", "later"),
    [
        ("2026年6月底前完成", "2027年6月底前完成"),
        ("2026年度", "2027年度"),
        ("12026年", "12026年"),
        ("2025年以来", "2025年以来"),
        ("示例府发〔2026〕3号", "示例府发〔2026〕3号"),
        (
            "《关于2026年的通知》（涪府发〔2026〕7号）和2026年要点",
            "《关于2026年的通知》（涪府发〔2026〕7号）和2027年要点",
        ),
        ("《2026年工作要点》", "《2027年工作要点》"),
    ],
)
def test_years_move_on_but_cited_papers_keep_theirs(words: str, later: str) -> None:
    """A document that is cited with its number is still last year's."""
    assert shifted(words, 2027) == later
