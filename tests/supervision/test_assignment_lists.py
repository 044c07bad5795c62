"""Lists, the board and the giving out of work: what is filtered is what is shown, exported and sent."""

from io import BytesIO
from typing import Any

import pytest
from litestar import Litestar
from openpyxl import load_workbook
from sqlalchemy import func, select

from services.kernel.trail import AuditEntry
from services.supervision import assignments
from services.supervision.assignments.models import Assignment
from services.supervision.registry import EnterpriseFilter
from services.tenancy.roles import Role
from tests.factories import a_district, an_enterprise, an_overseer
from tests.supervision.year import NOW, Year, a_node
from tests.web import browser, words_of

pytestmark = pytest.mark.anyio
OWNER, OFFICE, LEADER = Role.SECTOR_DEPARTMENT, Role.TOWN_OFFICE, Role.TOWN_LEADER


async def test_the_export_holds_exactly_what_is_filtered(app: Litestar, year: Year) -> None:
    """The workbook has the rows of the list with the same filter, all of them and no other, in the same order."""
    async with year.everything() as session:
        for number in range(55):
            await an_enterprise(session, year.town, name=f"示例{number:02}厂", sector="纺织")
    await year.all_given(department_ids=(), enterprises=EnterpriseFilter(sector="纺织"))
    await year.given(title="=部门的任务")
    async with browser(app, year.town[OFFICE]) as page:
        everything = await rows_of(page, "")
        assert len(everything) == 56
        assert "'=部门的任务" in {row[1] for row in everything}
        mine = await rows_of(page, "?owner=enterprise&sort=-owner")
        assert [row[5] for row in mine] == [f"示例{number:02}厂" for number in reversed(range(55))]
        assert await rows_of(page, "?state=late") == []
        one = await rows_of(page, "?q=示例07")
        assert [(row[5], row[8]) for row in one] == [("示例07厂", "待签收")]
        assert words_of(await page.get("/assignments?q=示例07")).count("示例07厂") >= 1
        assert "共 55 项任务" in words_of(await page.get("/assignments?owner=enterprise"))
        assert "示例00厂" not in words_of(await page.get("/assignments?owner=enterprise&sort=-owner"))
        assert "示例00厂" in words_of(await page.get("/assignments?owner=enterprise&sort=-owner&page=2"))


async def rows_of(page: Any, query: str) -> list[tuple[Any, ...]]:
    """The rows of the exported workbook below its heads."""
    answer = await page.get(f"/assignments/export.xlsx{query}")
    assert answer.status_code == 200
    sheet = load_workbook(BytesIO(answer.content)).active
    return [row for row in sheet.iter_rows(min_row=4, values_only=True) if row[0] is not None]


async def test_strange_filters_are_ignored_and_never_fail(app: Litestar, year: Year) -> None:
    """Addresses are typed by hand and sent around; nothing in them breaks the page."""
    await year.given()
    async with browser(app, year.town[OFFICE]) as page:
        for query in (
            "page=0",
            "page=-1",
            "page=99999999999",
            "plan=x",
            "state=%00",
            "sort=drop",
            "town=1",
            "q=%25_\\",
        ):
            assert (await page.get(f"/assignments?{query}")).status_code == 200, query


async def test_several_are_urged_at_once_and_the_list_keeps_its_filter(app: Litestar, year: Year) -> None:
    """Of three picked, the submitted one is left out; the answer says how many were urged."""
    open_ones = [await year.given(title=f"任务{number}") for number in range(2)]
    submitted = await year.handed_in()
    async with browser(app, year.town[OFFICE]) as page:
        page.client.headers["referer"] = "http://anzhen.test/assignments?owner=department&urged=9"
        answer = await page.post("/assignments/urge", {"ids": [str(one.id) for one in (*open_ones, submitted)]})
        assert answer.headers["location"] == "/assignments?owner=department&urged=2"
        assert "已催办 2 项" in words_of(await page.get(answer.headers["location"]))
        assert (await page.post("/assignments/urge", {})).status_code == 422


async def test_work_is_given_out_by_facts_with_a_look_before(app: Litestar, year: Year) -> None:
    """Suggested departments are ticked, the chosen enterprises are listed before sending, and nobody gets it twice."""
    async with year.everything() as session:
        await an_enterprise(session, year.town, name="示例冶炼厂", sector="冶金", is_smelter=True, headcount=101)
        office = year.town.departments["office"]
        node = a_node(
            year.town, year.plan_id, "14.", "投保安责险", position=5, enterprise_set="smelter", department_ids=[office]
        )
        session.add(node)
    here = f"/plans/{year.plan_id}/nodes/{node.id}/assign"
    async with browser(app, year.town[OFFICE]) as page:
        form = await page.get(here)
        assert f'value="{office}" checked' in form.text
        assert "选中 1 家" in words_of(form)
        data = {
            "title": "核查保单", "by": "workdays", "workdays": "5", "department_ids": str(office),
            "to_enterprises": "true", "headcount_over": "59",
        }  # fmt: skip
        look = words_of(await page.post(here, data | {"step": "preview"}))
        assert ("选中 3 家" in look, "示例冶炼厂" in look, "2026年3月13日" in look) == (True, True, True)
        part = words_of(await page.get(f"{here}/chosen", params=data | {"headcount_over": "100"}))
        assert ("选中 1 家" in part, "<html" in part) == (True, False)
        first = await page.post(here, data | {"headcount_over": "100", "step": "send"})
        assert first.headers["location"] == f"/assignments?node={node.id}&given=2&already=0"
        second = await page.post(here, data | {"step": "send"})
        assert "下发 2 家（个），2 家（个）已有同一任务，未重复下发" in words_of(
            await page.get(second.headers["location"])
        )
    async with year.as_(OFFICE) as work:
        found = await work.all(select(Assignment.owner_name).where(Assignment.node_id == node.id))
        assert len(found) == len(set(found)) == 4


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"title": ""}, "请写明要做的事"),
        ({"due_on": "2026-03-05"}, "期限不能早于今天"),
        ({"due_on": "下周"}, "请选择日期"),
        ({"by": "workdays", "workdays": "0"}, "1 到 250"),
        ({"by": "workdays", "workdays": "几"}, "请填写几个工作日"),
        ({"department_ids": ""}, "请至少选择一个"),
    ],
)
async def test_an_order_with_a_fault_comes_back_whole(
    app: Litestar, year: Year, wrong: dict[str, str], words: str
) -> None:
    """The sentence beside the field, everything typed still there, and nothing given out."""
    sector = str(year.town.departments["sector"])
    data = {
        "title": "排查",
        "text": "逐家逐项",
        "by": "date",
        "due_on": "2026-10-01",
        "department_ids": sector,
        "step": "send",
    }
    async with browser(app, year.town[OFFICE]) as page:
        answer = await page.post(f"/plans/{year.plan_id}/nodes/{year.node_id}/assign", data | wrong)
        assert answer.status_code == 422
        assert words in words_of(answer)
        assert "逐家逐项" in answer.text
    async with year.as_(OFFICE) as work:
        assert await work.count(select(Assignment)) == 0


async def test_a_day_off_is_shown_with_its_latest_day(app: Litestar, year: Year) -> None:
    """The form and the page of the assignment show both days."""
    given = await year.given(due_on=NOW.date().replace(month=10, day=1))
    async with browser(app, year.town[OWNER]) as page:
        assert "遇休假日，法定最迟 2026年10月8日" in words_of(await page.get(f"/assignments/{given.id}"))


async def test_the_board_counts_by_section_owner_and_enterprise(app: Litestar, year: Year) -> None:
    """n/m of each card, its late ones in words, and a link to exactly those rows."""
    done = await year.handed_in()
    async with year.as_(OFFICE) as work:
        await assignments.accept(work, done.id)
    await year.given(title="另一项", due_on=NOW.date())
    await year.all_given(department_ids=(), enterprises=EnterpriseFilter(q="甲"))
    async with browser(app, year.town[LEADER]) as page:
        shown = words_of(await page.get("/assignments/board"))
        assert ("1 /3" in shown, "33.3%" in shown, "开展专项执法" in shown) == (True, True, True)
        assert "1 /2" in words_of(await page.get("/assignments/board?by=owner"))
        by_enterprise = await page.get("/assignments/board?by=enterprise")
        assert "示例甲砖瓦厂" in words_of(by_enterprise)
        assert "经济发展办" not in words_of(by_enterprise)


async def test_the_district_reads_its_towns_and_leaves_a_note(app: Litestar, year: Year) -> None:
    """The list names the town, the look is in the district's trail, and another district sees nothing."""
    given = await year.given()
    async with year.everything() as session:
        overseer = await an_overseer(session, year.town.district_id, (year.town.id,))
        other = await an_overseer(session, await a_district(session, "邻区"), ())
    async with browser(app, overseer) as page:
        assert year.town.name in words_of(await page.get(f"/assignments?town={year.town.id}"))
        assert (await page.get(f"/assignments/{given.id}")).status_code == 200
        assert (await page.post(f"/assignments/{given.id}/cancel", {"cancel_reason": "x"})).status_code == 403
    async with browser(app, other) as page:
        assert (await page.get(f"/assignments/{given.id}")).status_code == 404
    async with year.everything() as session:
        query = select(func.count()).where(AuditEntry.act == "town:looked_into", AuditEntry.about_id == year.town.id)
        assert await session.scalar(query.where(AuditEntry.tenant_id == year.town.district_id)) == 2
