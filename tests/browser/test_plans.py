"""The office imports its notice, puts it right, the leader signs, and the town reads it: seen in a real browser."""

import re

import pytest
from playwright.async_api import Page, expect

from services.kernel.work import open_work
from services.supervision import plans
from services.tenancy.roles import Role
from tests.browser.conftest import PC, PHONE, NewPage
from tests.browser.harness.checks import Complaints, axe
from tests.browser.served import Served
from tests.factories import Town, a_department, a_town
from tests.supervision.plans.papers import old_word, paper

pytestmark = pytest.mark.anyio


@pytest.fixture
async def town(served: Served) -> Town:
    """A town with a few departments."""
    async with served.everything() as session:
        town = await a_town(session, "珍溪镇")
        for name in ("经信办", "市场监管所", "规划建设办"):
            await a_department(session, town, name)
    return town


async def assert_fits(page: Page) -> None:
    """Nothing serious for those who see or hear otherwise, and nothing to scroll sideways."""
    assert await axe(page) == []
    assert await page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0


async def upload(page: Page, name: str, data: bytes) -> None:
    """Choose a file and press the button."""
    await page.goto("/plans/new")
    await page.set_input_files("#file", {"name": name, "mimeType": "text/plain", "buffer": data})
    await page.get_by_role("button", name="上传并读取").click()


async def test_from_the_notice_to_the_published_plan(town: Town, page_of: NewPage) -> None:
    """Import, correct, split, merge, fill, send, sign, publish; the coverage stays whole and the figures follow."""
    page = await page_of(town[Role.TOWN_OFFICE], PC)
    await page.goto("/plans")
    await page.get_by_role("link", name="新建年度要点").first.click()
    await expect(page.locator("h1")).to_have_text("新建年度要点")
    await assert_fits(page)
    await upload(page, "29号.txt", paper())
    bar = page.locator("#plan-bar")
    await expect(bar).to_contain_text("16 项任务中已定责任单位")
    whole = re.search(r"([\d,]+)/([\d,]+)\s*100\.0%", await bar.inner_text())
    assert whole
    assert whole[1] == whole[2]
    await assert_fits(page)
    await correct_the_first_task(page)
    await split_and_merge_the_next(page, whole[0].split()[0])
    await fill_and_send(page)
    await sign(await page_of(town[Role.TOWN_LEADER], PC))
    await page.goto("/plans")
    await page.get_by_role("link", name="查看").click()
    await page.locator("summary", has_text="发布").click()
    await page.get_by_role("button", name="确认发布").click()
    await expect(page.locator(".paper-title")).to_contain_text("工贸行业安全生产工作要点")
    await expect(page.get_by_role("link", name="分解任务")).to_have_count(16)
    await assert_fits(page)


async def correct_the_first_task(page: Page) -> None:
    """Words, owner and day, then on to the next item."""
    task = page.locator(".plan-row.kind-task").first
    await task.get_by_role("link", name="校核").click()
    await task.get_by_label("标题").fill("改过的标题")
    await task.locator(".choice.suggested input").first.check()
    await task.get_by_label("完成时限").fill("2021-06-30")
    await task.get_by_role("button", name="保存，校核下一项").click()
    await expect(page.locator(".plan-row.kind-task").first.locator("h3")).to_contain_text("改过的标题")
    await expect(page.locator("#plan-bar .meter-words").first).to_contain_text("1/16")
    await expect(page.locator(".plan-row.open")).to_have_count(1)


async def split_and_merge_the_next(page: Page, whole: str) -> None:
    """One item more and one item less; the bar still tells every character."""
    opened = page.locator(".plan-row.open")
    await opened.locator("summary").click()
    await opened.locator(".split-point input").last.check()
    await opened.get_by_role("button", name="拆成两条").click()
    await expect(page.locator(".notice")).to_contain_text("已拆成两条")
    await expect(page.locator(".plan-row.kind-task")).to_have_count(17)
    await expect(page.locator("#plan-bar")).to_contain_text(whole)
    await expect(opened).to_be_in_viewport()
    await opened.locator("summary").click()
    await page.get_by_role("button", name="并入上一条").click()
    await expect(page.locator(".plan-row.kind-task")).to_have_count(16)
    await expect(page.locator("#plan-bar")).to_contain_text(whole)


async def fill_and_send(page: Page) -> None:
    """Suggested owners and one day for the rest, then to the leaders."""
    await page.get_by_text("一次补齐").click()
    await page.get_by_role("button", name="补齐", exact=True).click()
    await expect(page.locator("#plan-bar .meter-words").first).to_contain_text("16/16")
    await page.get_by_text("送领导签发").click()
    await page.get_by_role("button", name="送签", exact=True).click()
    await expect(page.locator(".callout")).to_contain_text("等待镇领导签发")


async def sign(leader: Page) -> None:
    """The leader reads the sheet and signs."""
    await leader.goto("/plans")
    await leader.get_by_role("link", name="去签发").click()
    await expect(leader.locator("#content")).to_contain_text("改过的标题")
    await assert_fits(leader)
    await leader.locator("summary", has_text="签发").click()
    await leader.get_by_role("button", name="确认签发").click()
    await expect(leader.locator(".notice")).to_contain_text("已签发")


async def test_a_refused_file_is_told_beside_the_field(town: Town, page_of: NewPage, complaints: Complaints) -> None:
    """The sentence stands under the field, and the page is still the form."""
    page = await page_of(town[Role.TOWN_OFFICE], PC)
    await upload(page, "要点.doc", old_word())
    await expect(page.locator("#file-error")).to_contain_text("另存为")
    complaints.expect("422")
    await assert_fits(page)


async def test_the_review_works_without_scripts(served: Served, town: Town, new_page: NewPage) -> None:
    """Every form is an ordinary one: open, save, split."""
    page = await new_page(PC, base_url=served.url, java_script_enabled=False)
    await served.sign_in(page, town[Role.TOWN_OFFICE])
    await upload(page, "29号.txt", paper())
    await page.locator(".plan-row.kind-task").first.get_by_role("link", name="校核").click()
    await page.locator(".plan-row.open").get_by_label("标题").fill("没有脚本也能改")
    await page.get_by_role("button", name="保存", exact=True).click()
    await expect(page.locator(".plan-row.kind-task").first).to_contain_text("没有脚本也能改")
    await page.locator(".plan-row.kind-task").first.get_by_role("link", name="校核").click()
    await page.locator(".plan-row.open summary").click()
    await page.locator(".split-point input").last.check()
    await page.get_by_role("button", name="拆成两条").click()
    await expect(page.locator(".plan-row.kind-task")).to_have_count(17)


async def test_a_late_save_keeps_what_was_typed(
    served: Served, town: Town, page_of: NewPage, complaints: Complaints
) -> None:
    """Somebody else was quicker: both versions are on the screen, and the second press saves."""
    office = town[Role.TOWN_OFFICE]
    page = await page_of(office, PC)
    await upload(page, "29号.txt", paper())
    task = page.locator(".plan-row.kind-task").first
    await task.get_by_role("link", name="校核").click()
    await task.get_by_label("标题").fill("我写的标题")
    async with open_work(served.database, office, office.rights) as work:
        plan = (await plans.list_plans(work))[0]
        node = next(node for node in await plans.nodes_of(work, plan.id) if node.kind == "task")
        await plans.edit_node(work, plan.id, node.id, plans.NodeChange(heading="别人写的标题"), seen=1)
    await task.get_by_role("button", name="保存", exact=True).click()
    await expect(task.locator(".callout")).to_contain_text("别人写的标题")
    await expect(task.get_by_label("标题")).to_have_value("我写的标题")
    await task.get_by_role("button", name="保存", exact=True).click()
    await expect(task.locator("h3")).to_contain_text("我写的标题")
    complaints.expect("422")


@pytest.mark.parametrize("theme", ["light", "dark"])
async def test_the_plan_is_read_and_reviewed_on_a_phone(
    served: Served, town: Town, page_of: NewPage, theme: str
) -> None:
    """List, draft, an open row and the ways to begin fit the small screen in both themes."""
    office = town[Role.TOWN_OFFICE]
    async with open_work(served.database, office, office.rights) as work:
        await plans.start_from_template(work, 2026)
    page = await page_of(office, PHONE, theme)
    for path in ("/plans/new", "/plans"):
        await page.goto(path)
        await assert_fits(page)
    await page.get_by_role("link", name="继续校核").click()
    await expect(page.locator("#plan-bar")).to_be_visible()
    await assert_fits(page)
    task = page.locator(".plan-row.kind-task").first
    await task.get_by_role("link", name="校核").tap()
    await expect(task.get_by_label("标题")).to_be_visible()
    await assert_fits(page)
