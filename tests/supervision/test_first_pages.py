"""The first page of each role, the enterprise's own page, targets and the district's table."""

from datetime import timedelta
from io import BytesIO
from typing import Any
from urllib.parse import unquote

import pytest
from litestar import Litestar
from openpyxl import load_workbook

from services.kernel import clock
from services.supervision import assignments
from services.supervision.plans.models import Plan
from services.supervision.registry import EnterpriseFilter
from services.tenancy.roles import Role
from tests.factories import THEN, a_person, a_town, an_administrator, an_enterprise, an_overseer
from tests.supervision.year import NOW, Year
from tests.web import browser, words_of

pytestmark = pytest.mark.anyio
TODAY = NOW.date()
OWNER, OFFICE, LEADER = Role.SECTOR_DEPARTMENT, Role.TOWN_OFFICE, Role.TOWN_LEADER


async def seen(app: Litestar, person: Any, path: str = "/") -> str:
    """The words of a page as a person sees it."""
    async with browser(app, person) as page:
        answer = await page.get(path)
        assert answer.status_code == 200, answer.text
        return words_of(answer)


async def test_what_is_late_or_due_today_stands_first(app: Litestar, year: Year) -> None:
    """Two of three are for today, one of them overdue; the first press receives."""
    for title, days in (("下月的", 30), ("今天的", 0)):
        await year.given(title=title, due_on=TODAY + timedelta(days=days))
    overdue = await year.given(title="昨天的", due_on=TODAY)
    async with year.everything() as session:
        overdue.due_on = TODAY - timedelta(days=1)
        await session.merge(overdue)
    words = await seen(app, year.town[OWNER])
    assert ("今天要办 2 件" in words, "逾期 1 件" in words) == (True, True)
    assert words.index("昨天的") < words.index("今天的") < words.index("下月的")
    async with browser(app, year.town[OWNER]) as page:
        answer = await page.post(f"/assignments/{overdue.id}/receive")
        assert answer.status_code == 303
    assert "填报进展" in await seen(app, year.town[OWNER])


async def test_the_menu_counts_what_waits(app: Litestar, year: Year) -> None:
    """Every page shows beside 待办 how much waits; nothing when nothing does."""
    async with browser(app, year.town[OWNER]) as page:
        assert 'class="count"' not in (await page.get("/enterprises")).text
        await year.given()
        assert '<span class="count">1</span>' in (await page.get("/enterprises")).text


async def test_the_office_finds_what_others_wait_for(app: Litestar, year: Year) -> None:
    """To accept, to decide, to urge, and the plan to go on with: each a card with its act."""
    await year.handed_in()
    asking = await year.given(title="要延期的")
    async with year.as_(OWNER) as work:
        await assignments.ask_extension(work, asking.id, to=asking.due_on + timedelta(days=3), reason="等专家")
    async with year.everything() as session:
        late = await session.merge(await year.given(title="逾期的", due_on=TODAY))
        late.due_on = TODAY - timedelta(days=2)
        session.add(a_draft(year, "2027年工作要点"))
    words = await seen(app, year.town[OFFICE])
    for expected in ("去审核", "去审批", "申请延至", "催办", "逾期 2 天", "继续校核", "2027年工作要点"):
        assert expected in words, expected
    leader = await seen(app, year.town[LEADER])
    for expected in ("驾驶舱", "各板块任务", "去审核", "去审批", "逾期的"):
        assert expected in leader, expected
    assert "继续校核" not in leader


def a_draft(year: Year, title: str, **facts: Any) -> Plan:
    """Next year's plan, begun by the office."""
    office = year.town[OFFICE].member_id
    row = {"year": 2027, "title": title, "origin": "template", "made_by": office, "created_at": THEN, **facts}
    return Plan(tenant_id=year.town.id, id=clock.new_id(), **row)


async def test_a_leader_signs_what_was_sent(app: Litestar, year: Year) -> None:
    """A draft that was laid before the leaders is a card for them and no longer for the office."""
    async with year.everything() as session:
        session.add(a_draft(year, "送签的要点", sent_at=THEN))
    assert "去签发" in await seen(app, year.town[LEADER])
    assert "送签的要点" not in await seen(app, year.town[OFFICE])


async def test_more_overdue_work_than_fits_leads_to_the_list(app: Litestar, year: Year) -> None:
    """Seven late with others: six cards and a link to all of them."""
    async with year.everything() as session:
        for number in range(5):
            await an_enterprise(session, year.town, name=f"示例{number}厂")
    given = await year.all_given(department_ids=(), due_on=TODAY, enterprises=EnterpriseFilter())
    async with year.everything() as session:
        for one in given:
            (await session.merge(one)).due_on = TODAY - timedelta(days=1)
    words = await seen(app, year.town[OFFICE])
    assert ("7 件，先列 6 件" in words, words.count("逾期 1 天")) == (True, 6)


async def test_an_enterprise_sees_itself_and_nobody_else(app: Litestar, year: Year) -> None:
    """企业 opens its own page; the ledger and its neighbour's page are not there."""
    await year.all_given(department_ids=(), enterprises=EnterpriseFilter())
    person, (own, other) = year.town[Role.SAFETY_OFFICER], year.town.enterprises
    async with browser(app, person) as page:
        answer = await page.get("/enterprises")
        assert (answer.status_code, answer.headers["location"]) == (303, f"/enterprises/{own}")
        shown = words_of(await page.get(f"/enterprises/{own}"))
        assert ("本企业的任务" in shown, "已办结 0/1" in shown, "下发任务" in shown) == (True, True, True)
        assert (await page.get(f"/enterprises/{other}")).status_code == 404
        assert (await page.get("/enterprises/export.xlsx")).status_code == 403
        assert "示例乙砖瓦厂" not in words_of(await page.get("/assignments"))
        assert "签收" in words_of(await page.get("/"))


async def test_the_ledger_of_enterprises_leaves_as_it_is_filtered(app: Litestar, year: Year) -> None:
    """The export has the filtered rows and says in its head what was chosen."""
    async with year.everything() as session:
        await an_enterprise(
            session, year.town, name="示例冶炼厂", sector="冶金", is_smelter=True, tags=["dust", "steel"]
        )
    async with browser(app, year.town[OFFICE]) as page:
        answer = await page.get("/enterprises/export.xlsx?smelter=1&sector=冶金")
        rows = list(load_workbook(BytesIO(answer.content)).active.iter_rows(values_only=True))
        assert "冶金行业、金属冶炼" in rows[1][0]
        assert [row[1] for row in rows[3:]] == ["示例冶炼厂"]
        assert "粉尘涉爆、钢铁" in rows[3]
        assert "企业基本情况台账20260306.xlsx" in unquote(answer.headers["content-disposition"])
        shown = words_of(await page.get("/enterprises?smelter=1"))
        assert ("共 1 家企业" in shown, "砖瓦厂" in shown) == (True, False)
        assert (await page.get("/enterprises?headcount_over=x&page=9&sort=;--&tag=none")).status_code == 200


async def test_a_figure_leads_to_the_rows_behind_it(app: Litestar, year: Year) -> None:
    """The page of the targets says n/m, and the ledger behind the link has m minus n."""
    async with year.everything() as session:
        for number in range(3):
            await an_enterprise(session, year.town, name=f"规上示例{number}厂", is_above_scale=True)
    async with browser(app, year.town[OFFICE]) as page:
        answer = await page.get("/targets")
        shown = words_of(answer)
        for expected in ("0/3", "还差 2 家", "未达到", "不适用", "数据截至 2026年3月6日", "达到 1 项"):
            assert expected in shown, expected
        link = "/enterprises?above_scale=1&amp;industrial=1&amp;standard=missing"
        assert link in answer.text
        assert "共 3 家企业" in words_of(await page.get(link.replace("&amp;", "&")))


async def test_an_accident_is_recorded_by_the_office_and_read_by_the_leader(app: Litestar, year: Year) -> None:
    """The level is computed; a later death is added; a fault comes back with what was typed; others may not."""
    form = {"occurred_on": "2026-02-20", "place": "示例车间", "summary": "示例经过", "deaths": "2", "loss": "12.5"}
    async with browser(app, year.town[OFFICE]) as page:
        wrong = await page.post("/targets/accidents", form | {"loss": "很多", "deaths": "两人"})
        assert (wrong.status_code, "示例经过" in wrong.text, "请填人数" in words_of(wrong)) == (422, True, True)
        assert (await page.post("/targets/accidents", form)).status_code == 303
        answer = await page.get("/targets/accidents?year=2026")
        shown = words_of(answer)
        assert ("一般事故" in shown, "12.5 万元" in shown) == (True, True)
        here = answer.text.split('action="/targets/accidents/')[1].split("/death")[0]
        early = await page.post(f"/targets/accidents/{here}/death", {"died_on": "2026-02-19"})
        assert (early.status_code, "不能早于事故发生日" in words_of(early)) == (422, True)
        assert (await page.post(f"/targets/accidents/{here}/death", {"died_on": "2026-03-01"})).status_code == 303
        assert "较大事故" in words_of(await page.get("/targets/accidents"))
    async with browser(app, year.town[LEADER]) as page:
        assert "较大事故" in words_of(await page.get("/targets/accidents"))
        assert (await page.post("/targets/accidents", form)).status_code == 403
    async with browser(app, year.town[OWNER]) as page:
        assert (await page.get("/targets/accidents")).status_code == 403


async def test_the_district_compares_its_towns(app: Litestar, year: Year) -> None:
    """The table names every town with n/m and can be turned round; the first page sums them up."""
    await year.given(due_on=TODAY)
    async with year.everything() as session:
        await a_town(session, "第二示例镇", district_id=year.town.district_id)
        overseer = await an_overseer(session, year.town.district_id, ())
    table = await seen(app, overseer, "/towns?sort=-done")
    assert table.index(year.town.name) < table.index("第二示例镇")
    for expected in ("已发布", "未发布", "0 /1", "不适用", "数据截至"):
        assert expected in table, expected
    assert "区级驾驶舱" in await seen(app, overseer)
    assert "第二示例镇" in await seen(app, overseer, "/towns?sort=nonsense")
    async with browser(app, year.town[LEADER]) as page:
        assert (await page.get("/towns")).status_code == 403


@pytest.mark.parametrize(
    ("role", "shown", "hidden"),
    [
        (Role.PLATFORM_OPERATOR, "后台任务", "登录记录"),
        (Role.SECURITY_ADMINISTRATOR, "首批账号", "后台任务"),
        (Role.AUDIT_ADMINISTRATOR, "登录记录", "首批账号"),
    ],
)
async def test_an_administrator_sees_what_they_administer(
    app: Litestar, year: Year, role: Role, shown: str, hidden: str
) -> None:
    """Three persons, three pages, no business figure on any."""
    async with year.everything() as session:
        person = await an_administrator(session, role)
    words = await seen(app, person)
    assert (shown in words, hidden in words, "任务办结" in words) == (True, False, False)


async def test_a_department_sees_its_sectors_and_its_own_work(app: Litestar, year: Year) -> None:
    """Textiles belong to another department: neither the ledger nor the enterprise's page shows them."""
    async with year.everything() as session:
        textile = await an_enterprise(session, year.town, name="示例纺织厂", sector="纺织")
        colleague = await a_person(session, year.town, OWNER, name="经发示例同事")
    assert "示例纺织厂" not in await seen(app, colleague, "/enterprises")
    assert "砖瓦厂" in await seen(app, colleague, "/enterprises")
    async with browser(app, colleague) as page:
        assert (await page.get(f"/enterprises/{textile.id}")).status_code == 404
    assert "按本部门分管的行业统计" in await seen(app, colleague, "/targets")
