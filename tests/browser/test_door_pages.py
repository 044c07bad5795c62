"""Invitations and forgotten passwords as people see them: from the office's form over a phone to the first page."""

import re
from pathlib import Path

import pytest
from playwright.async_api import Page, expect

from services.tenancy.roles import Role
from tests.browser.conftest import PC, PHONE, NewPage
from tests.browser.served import Served
from tests.browser.test_people_pages import fits
from tests.factories import Town, a_town
from tests.tenancy.providers import with_provider
from tests.tenancy.test_invitations import a_sheet

pytestmark = pytest.mark.anyio
CODE = re.compile(r"[a-z2-7]{4}(-[a-z2-7]{4}){3}")
OWN = "浔阳江头夜送客 枫叶荻花"


@pytest.mark.parametrize(("size", "theme"), [(PC, "light"), (PHONE, "dark")])
async def test_a_person_of_an_enterprise_comes_in(
    served: Served, page_of: NewPage, new_page: NewPage, tmp_path: Path, size: tuple[int, int], theme: str
) -> None:
    """Invitation, slip, phone, first page; forgotten password and its card; list, batch and hand-over."""
    async with served.everything() as session:
        town = await a_town(session)
    served.app.state.settings = with_provider(served.settings, "http://127.0.0.1:9")
    office = await page_of(town[Role.TOWN_OFFICE], size, theme)
    code, findings = await _invite(office, town)
    door = await new_page(size, theme, base_url=served.url)
    findings += await _accept(door, code)
    findings += await _forget(door, office)
    findings += await _many(office, tmp_path / "名单.xlsx")
    await office.goto(f"/invitations/hand-over/{town[Role.SAFETY_OFFICER].member_id}")
    findings += await fits(office, "hand-over")
    await office.goto("/invitations")
    findings += await fits(office, "ledger")
    head = await page_of(town[Role.LEGAL_REPRESENTATIVE], size, theme)
    await head.goto("/invitations")
    findings += await fits(head, "own people")
    await head.goto("/profile")
    findings += await fits(head, "profile")
    assert findings == []


async def _invite(office: Page, town: Town) -> tuple[str, list[object]]:
    await office.goto("/invitations/new")
    await office.get_by_label("企业", exact=False).first.select_option(str(town.enterprises[1]))
    await office.get_by_label("姓名").fill("示例王安全")
    findings = await fits(office, "new")
    await office.get_by_role("button", name="生成邀请单").click()
    await expect(office.get_by_role("heading", name="安镇账号邀请单")).to_be_visible()
    assert await office.locator(".qr img").evaluate("image => image.naturalWidth") > 100
    code = CODE.search(await office.content())
    assert code
    return code[0], findings + await fits(office, "slip")


async def _accept(door: Page, code: str) -> list[object]:
    await door.goto("/sign-in")
    findings = await fits(door, "sign-in")
    await door.get_by_role("link", name="填写邀请码").click()
    await door.get_by_label("邀请码").fill(code)
    findings += await fits(door, "code")
    await door.get_by_role("button", name="打开邀请").click()
    await expect(door.get_by_role("heading", name="邀请您使用安镇")).to_be_visible()
    assert code not in door.url
    await door.get_by_label("账号").fill("wang.anquan")
    await door.get_by_label("密码", exact=False).first.fill(OWN)
    await door.get_by_label("再输一次密码").fill(OWN)
    findings += await fits(door, "invitation")
    await door.get_by_role("button", name="接受邀请并登录").click()
    await expect(door.get_by_text("已接受邀请，欢迎使用")).to_be_visible()
    await door.context.clear_cookies()
    return findings


async def _forget(door: Page, office: Page) -> list[object]:
    await door.goto("/forgotten")
    await door.get_by_label("账号").fill("wang.anquan")
    await door.get_by_label("给应急办的留言").fill("下午可接电话")
    findings = await fits(door, "forgotten")
    await door.get_by_role("button", name="申请重新发激活码").click()
    await expect(door.get_by_text("申请已收到")).to_be_visible()
    findings += await fits(door, "asked")
    await office.goto("/")
    await office.get_by_role("link", name="去核实").click()
    await expect(office.get_by_text("下午可接电话")).to_be_visible()
    return findings + await fits(office, "requests")


async def _many(office: Page, file: Path) -> list[object]:
    firm = "示例镇示例乙砖瓦厂"
    file.write_bytes(
        a_sheet((1, firm, "示例李四", "法定代表人", 13800138001), (2, "没有的厂", "示例钱二", "安全员", ""))
    )
    await office.goto("/invitations/batch")
    findings = await fits(office, "batch")
    await office.goto("/invitations/import")
    findings += await fits(office, "import")
    await office.get_by_label("名单").set_input_files(file)
    await office.get_by_role("button", name="上传并核对").click()
    await expect(office.get_by_role("heading", name="核对名单")).to_be_visible()
    return findings + await fits(office, "preview")
