"""The operator brings next year's arrangement in a browser: template, mistake, preview, confirmation, twelve months."""

import os
from pathlib import Path

import pytest
from playwright.async_api import Page, expect

from services.tenancy.roles import Role
from tests.browser.conftest import PHONE, NewPage
from tests.browser.harness.checks import Complaints, axe
from tests.browser.served import Served
from tests.factories import an_administrator
from tests.supervision.calendar.notices import a_notice

pytestmark = pytest.mark.anyio


def a_file(text: str) -> dict[str, object]:
    """A file as a browser sends it, in the encoding of Chinese office programs."""
    return {"name": "2027.csv", "mimeType": "text/csv", "buffer": text.encode("gb18030")}


async def looked_at(page: Page, name: str) -> None:
    """Nothing to find for accessibility, nothing wider than the screen; kept as a picture where a folder is named."""
    assert await axe(page) == []
    assert await page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    if folder := os.environ.get("ANZHEN_PICTURES"):
        await page.screenshot(path=Path(folder) / f"calendar-{name}.png", full_page=True)


async def test_the_operator_brings_a_year(served: Served, page_of: NewPage, complaints: Complaints) -> None:
    """A mistake names its line; what changes is shown before it holds; afterwards the year is official, also on a phone in the dark."""
    async with served.everything() as session:
        operator = await an_administrator(session, Role.PLATFORM_OPERATOR)
    page = await page_of(operator)
    await page.goto("/calendar")
    row = page.locator("tr", has_text="2027 年")
    await expect(row).to_contain_text("暂定")
    await expect(page.locator("tr", has_text="2025 年")).to_contain_text("248")
    await looked_at(page, "years")
    await page.get_by_role("link", name="导入放假安排").click()
    await page.set_input_files("#file", a_file(a_notice("2027-13-01,0,错,示例,official")))
    await page.get_by_role("button", name="上传并核对").click()
    await expect(page.locator("#file-error")).to_contain_text("行无法识别")
    complaints.expect("422")
    await looked_at(page, "new")
    await page.set_input_files("#file", a_file(a_notice()))
    await page.get_by_role("button", name="上传并核对").click()
    await expect(page.locator("h1")).to_have_text("核对变动")
    await expect(page.locator("tr", has_text="2027年1月9日")).to_contain_text("上班（元旦调休上班）")
    await looked_at(page, "preview")
    await page.get_by_role("button", name="确认启用").click()
    await expect(page.get_by_role("status").first).to_contain_text("已启用")
    await expect(row).to_contain_text("正式")
    phone = await page_of(operator, PHONE, "dark")
    await phone.goto("/calendar/2027")
    await expect(phone.locator(".cal-month")).to_have_count(12)
    await expect(phone.locator(".cal-swapped", has_text="班").first).to_be_visible()
    await looked_at(phone, "year-phone-dark")
    await page.goto("/calendar/2027")
    await looked_at(page, "year")
    if folder := os.environ.get("ANZHEN_PICTURES"):
        await page.pdf(path=Path(folder) / "calendar.pdf", format="A4")
