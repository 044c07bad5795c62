"""Duties on a phone: the head of a brickworks learns what is next and why, and the officer gets through the week."""

from pathlib import Path

import pytest
from playwright.async_api import Page, expect

from services.kernel.work import open_work
from services.supervision import duties
from services.tenancy.roles import Role
from tests.browser.conftest import PC, PHONE, NewPage
from tests.browser.harness.checks import axe
from tests.browser.served import Served
from tests.browser.test_design import SMALL_TARGETS
from tests.factories import a_town
from tests.supervision.pictures import a_photo

pytestmark = pytest.mark.anyio


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    """A photo on the device."""
    file = tmp_path / "现场照片.jpg"
    file.write_bytes(a_photo())
    return file


async def fits(page: Page) -> None:
    """No serious finding, nothing to scroll sideways, and on a phone nothing too small for a thumb."""
    assert await axe(page) == []
    assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    if page.viewport_size == {"width": PHONE[0], "height": PHONE[1]}:
        assert await page.evaluate(SMALL_TARGETS) == []


async def test_the_head_sees_why_uploads_is_sent_back_and_finishes(
    served: Served, page_of: NewPage, photo: Path
) -> None:
    """Next duty and reason at once; a photo handed in; returned with words; handed in again; accepted on an office PC."""
    async with served.everything() as session:
        town = await a_town(session)
    head = await page_of(town[Role.LEGAL_REPRESENTATIVE], PHONE, "dark")
    await head.goto("/")
    upcoming = head.get_by_role("region", name="配专职或兼职安全管理人员")
    await expect(upcoming).to_be_in_viewport()
    await expect(upcoming).to_contain_text("因为从业人员 60 人，没有超过 100 人")
    await expect(upcoming).to_contain_text("第二十四条第二款")
    await fits(head)
    await head.get_by_role("group").filter(has_text="以后到期").locator("summary").click()
    await head.get_by_role("link", name="配发合格劳动防护用品").click()
    await head.locator("input[capture]").set_input_files(photo)
    await head.get_by_role("button", name="办完了，报送审核").click()
    await expect(head.locator(".notice")).to_contain_text("已报送")
    href = head.url.split("/duties/")[1].split("?")[0]
    enterprise, code, period = href.split("/")
    office = await page_of(town[Role.TOWN_OFFICE], PC)
    await office.goto("/duties/waiting")
    await fits(office)
    await office.get_by_role("link", name="去审核：示例镇示例甲砖瓦厂").click()
    await office.get_by_label("退回原因").fill("照片看不清，请重新拍")
    await office.get_by_role("button", name="退回补充").click()
    await expect(office.locator(".notice")).to_contain_text("已退回")
    await head.goto("/")
    await head.get_by_role("link", name="配发合格劳动防护用品").click()
    await expect(head.locator("main")).to_contain_text("照片看不清，请重新拍")
    await fits(head)
    await head.locator("input[capture]").set_input_files(photo)
    await head.get_by_role("button", name="办完了，报送审核").click()
    await expect(head.locator(".notice")).to_contain_text("已报送")
    await office.goto(f"/duties/{href}")
    await office.get_by_role("button", name="审核通过").click()
    await expect(office.locator(".notice")).to_contain_text("审核通过")
    await fits(office)
    async with open_work(served.database, town[Role.TOWN_OFFICE], town[Role.TOWN_OFFICE].rights) as work:
        found = await duties.one(work, town.enterprises[0], code, period)
        assert (str(found.enterprise_id), found.state) == (enterprise, "done")


async def test_the_officer_gets_through_the_week_on_a_phone(served: Served, page_of: NewPage, photo: Path) -> None:
    """One press for the day; a problem with words and a photo for the week; the month is the head's; without JavaScript too."""
    async with served.everything() as session:
        town = await a_town(session)
    officer = await page_of(town[Role.SAFETY_OFFICER], PHONE)
    await officer.goto("/")
    await fits(officer)
    await officer.get_by_role("button", name="今天已查，无问题").click()
    await expect(officer.locator(".notice")).to_contain_text("排查结果已登记")
    await expect(officer.get_by_role("button", name="今天已查，无问题")).to_have_count(0)
    weekly = officer.locator("article", has_text="部门周排查")
    await weekly.get_by_text("有问题，或要拍照、写说明").click()
    await weekly.get_by_label("发现的问题和处理情况").fill("2 号窑口护栏松动，已停用并报修")
    await weekly.locator("input[type=file]").set_input_files(photo)
    await fits(officer)
    await weekly.get_by_role("button", name="有问题，登记").click()
    await expect(officer.locator("article", has_text="部门周排查")).to_contain_text("2 号窑口护栏松动")
    await expect(officer.locator("article", has_text="月排查")).to_contain_text("由厂长（经理）本人登记")
    await expect(officer.locator("article", has_text="月排查").get_by_role("button")).to_have_count(0)


async def test_the_office_asks_how_many_before_it_urges(served: Served, page_of: NewPage) -> None:
    """From the figures to the rows behind them, and the whole selection urged after one question with its count."""
    async with served.everything() as session:
        town = await a_town(session)
    office = await page_of(town[Role.TOWN_OFFICE], PC)
    await office.goto("/duties")
    await fits(office)
    await office.get_by_role("link", name="逾期、未满足").first.click()
    await expect(office.locator("tbody tr")).to_have_count(2)
    await fits(office)
    await office.get_by_role("button", name="催办筛选出的全部 2 项未完成").click()
    await expect(office.locator("main")).to_contain_text("将向 2 家企业催办 2 项义务")
    await fits(office)
    await office.get_by_role("button", name="确认催办 2 项").click()
    await expect(office.locator(".notice")).to_contain_text("已催办 2 家企业的 2 项义务")
