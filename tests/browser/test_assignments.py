"""Work on real screens: given out and done on an office PC, received on a phone, seen by the leader."""

from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest
from playwright.async_api import Page, expect

from services.kernel import clock
from services.kernel.work import open_work
from services.supervision import assignments
from services.supervision.registry import EnterpriseFilter
from services.tenancy.roles import Role
from tests.browser.conftest import PHONE, NewPage
from tests.browser.harness.checks import Complaints, axe
from tests.browser.served import Served
from tests.browser.test_design import SMALL_TARGETS
from tests.factories import Town, a_town
from tests.supervision.pictures import a_photo
from tests.supervision.year import a_published_task

pytestmark = pytest.mark.anyio


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    """A photo on the device."""
    file = tmp_path / "现场照片.jpg"
    file.write_bytes(a_photo())
    return file


async def a_town_at_work(served: Served) -> tuple[Town, str]:
    """A town with this year's plan, and the address where its task is given out."""
    async with served.everything() as session:
        town = await a_town(session)
        year = clock.legal_day(clock.now()).year
        node = await a_published_task(session, town, year, text="对粉尘涉爆企业逐家核查。", named_owners=["镇应急办"])
    return town, f"/plans/{node.plan_id}/nodes/{node.id}/assign"


async def given(served: Served, town: Town, here: str, **order: object) -> assignments.Assignment:
    """One assignment, due in three days."""
    office, today = town[Role.TOWN_OFFICE], clock.legal_day(clock.now())
    known = {"title": "排查粉尘涉爆企业", "due_on": today + timedelta(days=3), **order}
    async with open_work(served.database, office, office.rights) as work:
        made = await assignments.assign(work, UUID(here.split("/")[4]), assignments.Order(**known))
    return made.assignments[0]


async def fits(page: Page) -> None:
    """No serious finding, and nothing to scroll sideways."""
    assert await axe(page) == []
    assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")


async def test_the_office_sees_whom_it_chooses_before_it_sends(served: Served, page_of: NewPage) -> None:
    """The count follows the form by itself; a day off shows both days; sending asks once and says how many got it."""
    town, here = await a_town_at_work(served)
    page = await page_of(town[Role.TOWN_OFFICE])
    await page.goto(here)
    chosen = page.locator("#chosen")
    await expect(chosen).to_contain_text("不下发给企业")
    await page.get_by_label("同时下发给一批企业").check()
    await expect(chosen).to_contain_text("选中 2 家")
    await page.get_by_text("选企业的条件").click()
    await page.get_by_label("从业人员超过").fill("60")
    await page.get_by_label("规模", exact=True).select_option("小")
    await expect(chosen).to_contain_text("选中 0 家")
    await page.get_by_label("从业人员超过").fill("59")
    await page.get_by_label("规模", exact=True).select_option("")
    await expect(chosen).to_contain_text("选中 2 家")
    await page.get_by_label("日期", exact=True).fill("2027-10-02")
    await page.get_by_text("指定日期").click()
    await expect(chosen).to_contain_text("暂定")
    await fits(page)
    page.once("dialog", lambda dialog: dialog.accept())
    await page.get_by_role("button", name="下发", exact=True).click()
    await expect(page.locator(".notice")).to_contain_text("下发 3 家（个）")
    await expect(page.locator("table.ledger tbody tr")).to_have_count(3)
    await fits(page)


async def hand_over_by_keyboard(office: Page, town: Town, one: assignments.Assignment) -> None:
    """转办 to the person of the sector department, without a mouse."""
    await office.goto(f"/assignments/{one.id}")
    await office.get_by_text("转办", exact=True).first.focus()
    await office.keyboard.press("Enter")
    await office.keyboard.press("Tab")
    await expect(office.get_by_label("转给")).to_be_focused()
    await office.get_by_label("转给").select_option(label=f"{town.name}行业部门（行业部门）")
    await fits(office)
    await office.keyboard.press("Tab")
    await office.keyboard.type("由行业部门牵头")
    await office.keyboard.press("Tab")
    await office.keyboard.press("Enter")
    await expect(office.locator(".notice")).to_contain_text("已转办")
    await expect(office.locator(".timeline")).to_contain_text(f"{town.name}行业部门：由行业部门牵头")


async def test_a_department_does_its_work_on_a_pc(served: Served, page_of: NewPage, photo: Path) -> None:
    """Handed over by name; one press receives; progress with a photo, sent in, sent back with a reason, accepted."""
    town, here = await a_town_at_work(served)
    page, office = await page_of(town[Role.SECTOR_DEPARTMENT]), await page_of(town[Role.TOWN_OFFICE])
    one = await given(served, town, here, department_ids=(town.departments["office"],))
    await hand_over_by_keyboard(office, town, one)
    await page.goto("/")
    await page.get_by_role("button", name="签收").click()
    await expect(page.locator(".notice")).to_contain_text("已签收")
    await page.get_by_label("办理情况").fill("已核查 3 家")
    await page.get_by_label("完成比例").fill("40")
    await page.locator("input[type=file][multiple]").set_input_files(photo)
    await page.get_by_role("button", name="保存进展").click()
    await expect(page.locator(".notice")).to_contain_text("进展已保存")
    await expect(page.locator(".files img")).to_have_count(1)
    assert await page.locator(".files img").evaluate("image => image.decode().then(() => image.naturalWidth)") == 480
    await fits(page)
    await page.get_by_label("办理情况").fill("全部核查完毕")
    await page.get_by_role("button", name="办完了，报送审核").click()
    await expect(page.locator(".notice")).to_contain_text("已报送")

    await office.goto("/")
    await office.get_by_role("link", name="去审核：排查粉尘涉爆企业").click()
    await expect(office.locator(".said")).to_contain_text("全部核查完毕")
    await fits(office)
    await office.get_by_label("退回原因").fill("缺少台账")
    await office.get_by_role("button", name="退回补办").click()
    await expect(office.locator(".notice")).to_contain_text("已退回")

    await page.wait_for_load_state("networkidle")
    await page.goto("/")
    await page.get_by_role("link", name="修改后重报：排查粉尘涉爆企业").click()
    await expect(page.locator(".callout-late")).to_contain_text("缺少台账")
    await page.get_by_label("办理情况").fill("台账已补")
    await page.get_by_role("button", name="办完了，报送审核").click()
    await expect(page.locator(".notice")).to_contain_text("已报送")
    await office.wait_for_load_state("networkidle")
    await office.goto("/")
    await office.get_by_role("link", name="去审核：排查粉尘涉爆企业").click()
    await office.get_by_role("button", name="审核通过，办结").click()
    await expect(office.locator(".page-head")).to_contain_text("已完成")
    await page.wait_for_load_state("networkidle")
    await page.goto("/")
    await expect(page.locator("main")).to_contain_text("今天没有要办的事")


@pytest.mark.parametrize("theme", ["light", "dark"])
async def test_an_enterprise_receives_on_a_phone(
    served: Served, page_of: NewPage, complaints: Complaints, photo: Path, theme: str
) -> None:
    """What it was given is on its first page, and only that; every target is big enough for a finger; a photo goes up."""
    town, here = await a_town_at_work(served)
    await given(served, town, here, enterprises=EnterpriseFilter(q="甲"), evidence_wanted="现场照片")
    await given(served, town, here, title="邻厂的任务", enterprises=EnterpriseFilter(q="乙"))
    page = await page_of(town[Role.SAFETY_OFFICER], PHONE, theme)
    await page.goto("/")
    await expect(page.locator(".todo")).to_have_count(1)
    assert await page.evaluate(SMALL_TARGETS) == []
    await fits(page)
    await page.locator(".todo h3 a").click()
    await expect(page.get_by_role("button", name="签收任务")).to_be_in_viewport()
    await fits(page)
    await page.get_by_role("button", name="签收任务").click()
    await expect(page.locator(".notice")).to_contain_text("已签收")
    await page.get_by_label("办理情况").fill("已自查")
    await page.get_by_role("button", name="办完了，报送审核").click()
    await expect(page.locator("#files-error")).to_contain_text("现场照片")
    complaints.expect("422")
    assert await page.get_by_label("办理情况").input_value() == "已自查"
    await page.locator("input[capture]").set_input_files(photo)
    await page.get_by_role("button", name="办完了，报送审核").click()
    await expect(page.locator(".notice")).to_contain_text("已报送")
    assert await page.evaluate(SMALL_TARGETS) == []
    await page.wait_for_load_state("networkidle")
    await page.goto("/enterprises")
    await expect(page.locator("h1")).to_contain_text("甲砖瓦厂")
    await fits(page)


async def test_a_leader_sees_the_year_on_one_page(served: Served, page_of: NewPage) -> None:
    """Targets and assignments with n/m, the chart, what is late; one press urges."""
    town, here = await a_town_at_work(served)
    one = await given(served, town, here, department_ids=(town.departments["sector"],))
    async with served.everything() as session:
        (await session.merge(one)).due_on = clock.legal_day(clock.now()) - timedelta(days=2)
    page = await page_of(town[Role.TOWN_LEADER])
    await page.goto("/")
    await page.wait_for_selector("canvas")
    await expect(page.locator(".tiles")).to_contain_text("0/1")
    await expect(page.locator(".late-list")).to_contain_text("逾期 2 天")
    await fits(page)
    await page.locator(".late-list").get_by_role("button", name="催办").click()
    await expect(page.locator(".notice")).to_contain_text("已催办")
    await expect(page.locator(".timeline")).to_contain_text("催办")
