"""The record of an enterprise in real browsers: proposed on a phone, decided on a PC, changed without a script."""

import pytest
from playwright.async_api import Page, expect

from services.tenancy.roles import Role
from tests.browser.conftest import PC, PHONE, NewPage
from tests.browser.harness.checks import Complaints
from tests.browser.served import Served
from tests.browser.test_assignments import fits
from tests.factories import Town, a_town

pytestmark = pytest.mark.anyio


async def proposed_on_a_phone(page: Page, enterprise: str, complaints: Complaints) -> None:
    """One more worker; what is wrong stands beside its field and the rest stays."""
    await page.goto(f"/enterprises/{enterprise}")
    await fits(page)
    await page.get_by_role("link", name="申请变更").click()
    await page.get_by_label("自有人员（人）").fill("六十一")
    await page.get_by_label("变更原因").fill("新招 1 人")
    await page.get_by_role("button", name="提交申请").click()
    await expect(page.locator("#headcount_own-error")).to_contain_text("只写数字")
    complaints.expect("422")
    await fits(page)
    await page.get_by_label("自有人员（人）").fill("６１")
    await expect(page.get_by_label("变更原因")).to_have_value("新招 1 人")
    await page.get_by_role("button", name="提交申请").click()
    await expect(page.locator(".notice")).to_contain_text("申请已提交")
    await fits(page)


async def approved_on_a_pc(page: Page) -> None:
    """From the first page to the approval."""
    await page.goto("/")
    await page.get_by_role("link", name="去审核").first.click()
    await expect(page.locator("ins")).to_have_text("61 人")
    await fits(page)
    await page.get_by_role("button", name="同意，写入档案").click()
    await expect(page.locator(".notice")).to_contain_text("已同意")


async def changed_without_a_script(page: Page, enterprise: str) -> None:
    """The hundredth worker brings no duty, the next one does: told before it is saved; form, difference and past day are plain pages."""
    await page.goto(f"/enterprises/{enterprise}/change")
    await page.get_by_label("临时人员（人）").fill("39")
    await page.get_by_role("button", name="下一步：核对变化").click()
    await expect(page.locator("main")).to_contain_text("100 人")
    await expect(page.locator("main")).not_to_contain_text("将新增义务")
    await page.get_by_role("button", name="确认保存").click()
    await page.goto(f"/enterprises/{enterprise}/change")
    await page.get_by_label("临时人员（人）").fill("40")
    await page.get_by_role("button", name="下一步：核对变化").click()
    await expect(page.locator("main")).to_contain_text("101 人")
    await expect(page.locator("main")).to_contain_text(
        "再招 1 人，将新增义务：设安全管理机构或配专职安全管理人员，依据："
    )
    await page.get_by_role("button", name="返回修改").click()
    await expect(page.get_by_label("临时人员（人）")).to_have_value("40")
    await page.get_by_role("button", name="下一步：核对变化").click()
    await page.get_by_role("button", name="确认保存").click()
    await expect(page.locator("main")).to_contain_text("101 人")
    await page.get_by_label("查看哪一天的情况").fill("2026-02-01")
    await page.get_by_role("button", name="查看").click()
    await expect(page.locator("main")).to_contain_text("按 2026年2月1日 的情况")
    await expect(page.locator("main")).to_contain_text("60 人")


async def test_a_change_goes_from_the_phone_of_the_enterprise_into_the_record(
    served: Served, page_of: NewPage, new_page: NewPage, complaints: Complaints
) -> None:
    """Two looks, two roles, and once a browser that runs no script."""
    async with served.everything() as session:
        town: Town = await a_town(session)
    enterprise = str(town.enterprises[0])
    await proposed_on_a_phone(await page_of(town[Role.SAFETY_OFFICER], PHONE, "dark"), enterprise, complaints)
    office = await page_of(town[Role.TOWN_OFFICE], PC)
    await approved_on_a_pc(office)
    await office.goto(f"/enterprises/{enterprise}")
    await fits(office)
    plain = await new_page(PC, "light", base_url=served.url, java_script_enabled=False)
    await served.sign_in(plain, town[Role.TOWN_OFFICE])
    await changed_without_a_script(plain, enterprise)
