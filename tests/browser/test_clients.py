"""The office opens the town's data to another system, as it is seen on an office PC and in the dark on a phone."""

import os
from pathlib import Path

import pytest
from playwright.async_api import Page, expect

from services.tenancy.roles import Role
from tests.browser.conftest import PC, PHONE, NewPage
from tests.browser.served import Served
from tests.browser.test_people_pages import fits
from tests.factories import a_town, an_administrator

pytestmark = pytest.mark.anyio


async def shot(page: Page, name: str, width: int) -> None:
    """A picture where somebody asks for one."""
    if folder := os.environ.get("ANZHEN_LOOKS"):
        await page.screenshot(path=Path(folder) / f"clients-{name}-{width}.png", full_page=True)


@pytest.mark.parametrize(("size", "theme"), [(PC, "light"), (PHONE, "dark")])
async def test_a_system_is_let_in_and_shut_out(
    served: Served, page_of: NewPage, size: tuple[int, int], theme: str
) -> None:
    """Form, slip with the secret, ledger, change, shutting out; and the security administrator's ledger of all towns."""
    async with served.everything() as session:
        town = await a_town(session)
        security = await an_administrator(session, Role.SECURITY_ADMINISTRATOR)
    office = await page_of(town[Role.TOWN_OFFICE], size, theme)
    await office.goto("/members/clients")
    await shot(office, "empty", size[0])
    await office.get_by_role("link", name="新建授权").first.click()
    await office.get_by_label("系统名称").fill("智慧应急平台")
    await office.get_by_label("用途和对方联系人").fill("同步企业档案和责任清单，示例信息科联系人")
    for label in ("企业档案：读取", "企业责任清单：读取", "任务及其附件：读取"):
        await office.get_by_label(label).check()
    await office.get_by_label("允许的来源地址").fill("10.1.2.0/24")
    await office.evaluate("scrollTo(0, 0)")
    findings = await fits(office, "new")
    await shot(office, "new", size[0])
    await office.get_by_role("button", name="建立并生成密钥").click()
    await expect(office.get_by_text("接口对接单")).to_be_visible()
    findings += await fits(office, "slip")
    await shot(office, "slip", size[0])
    await office.get_by_role("link", name="完成").click()
    await expect(office.get_by_text("还没有用过")).to_be_visible()
    findings += await fits(office, "ledger")
    await shot(office, "ledger", size[0])
    await office.get_by_role("link", name="智慧应急平台").click()
    await expect(office.get_by_text("更换密钥")).to_be_visible()
    findings += await fits(office, "one")
    await shot(office, "one", size[0])
    desk = await page_of(security, size, theme)
    await desk.goto("/accounts/clients")
    findings += await fits(desk, "everywhere")
    await shot(desk, "everywhere", size[0])
    await desk.get_by_role("link", name="智慧应急平台").click()
    await desk.locator("summary", has_text="停用").click()
    await expect(desk.get_by_role("button", name="确认停用")).to_be_in_viewport(ratio=1)
    findings += await fits(desk, "anywhere")
    await shot(desk, "anywhere", size[0])
    await office.locator("summary", has_text="停用").click()
    await shot(office, "asked", size[0])
    await office.get_by_role("button", name="确认停用").click()
    await expect(office.get_by_text("该系统立即不能再访问")).to_be_visible()
    await shot(office, "ended", size[0])
    await desk.goto("/schema")
    findings += await fits(desk, "schema")
    await shot(desk, "schema", size[0])
    assert findings == []
