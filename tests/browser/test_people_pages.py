"""The door and the staff office as people see them: a newcomer from the office's form to the first page."""

import re
from dataclasses import replace

import pytest
from playwright.async_api import Page, expect

from services.tenancy.roles import PLATFORM_ROLES, Role
from tests.browser.conftest import PC, PHONE, NewPage
from tests.browser.harness.checks import axe
from tests.browser.served import Served
from tests.factories import PASSWORD, Town, a_town, an_administrator
from tests.tenancy.doors import code_at

pytestmark = pytest.mark.anyio
LOOKS = [(PC, "light"), (PC, "dark"), (PHONE, "light"), (PHONE, "dark")]
NEW_PASSWORD = "浔阳江头夜送客 枫叶荻花"


async def fits(page: Page, name: str) -> list[object]:
    """What is wrong with a page: findings for people who see or hear otherwise, and what sticks out."""
    await expect(page.locator("h1").first).to_be_visible()
    wide = await page.evaluate("document.documentElement.scrollWidth - innerWidth")
    return [(name, finding) for finding in await axe(page)] + ([(name, f"{wide}px too wide")] if wide > 0 else [])


async def the_town(served: Served) -> Town:
    """A town that is there."""
    async with served.everything() as session:
        return await a_town(session)


@pytest.mark.parametrize(("size", "theme"), LOOKS)
async def test_a_newcomer_comes_in(
    served: Served, page_of: NewPage, new_page: NewPage, size: tuple[int, int], theme: str
) -> None:
    """Form, activation slip, activation, second factor and recovery codes: each step by mouse and keyboard alone."""
    town = await the_town(served)
    served.app.state.settings = replace(served.settings, demo=False)
    office = await page_of(town[Role.TOWN_OFFICE], size, theme)
    await office.goto("/members/new")
    await office.get_by_label("姓名").fill("示例新人")
    await office.get_by_label("账号").fill("shili.xinren")
    await office.get_by_label("岗位").select_option("town_office")
    await office.get_by_label("部门", exact=False).first.select_option(str(town.departments["office"]))
    await office.get_by_label("手机号").fill("138 1234 5678")
    findings = await fits(office, "new")
    await office.get_by_role("button", name="添加并生成激活码").click()
    await expect(office.get_by_text("安镇账号激活单")).to_be_visible()
    assert await office.evaluate("scrollY") == 0, "a page that was put in begins at its top at once"
    findings += await fits(office, "slip")
    code = re.search(r"[a-z2-7]{4}(-[a-z2-7]{4}){3}", await office.content())
    assert code

    door = await new_page(size, theme, base_url=served.url)
    await door.goto("/sign-in")
    findings += await fits(door, "sign-in")
    await door.get_by_role("link", name="激活账号").click()
    await expect(door.get_by_role("heading", name="激活账号")).to_be_visible()
    await door.get_by_label("账号").fill("shili.xinren")
    await door.get_by_label("激活码").fill(code[0])
    await door.get_by_label("新密码", exact=False).first.fill(NEW_PASSWORD)
    await door.get_by_label("再输一次新密码").fill(NEW_PASSWORD)
    findings += await fits(door, "activate")
    await door.get_by_role("button", name="激活并登录").click()
    await expect(door.get_by_role("heading", name="设置第二重验证")).to_be_visible()
    assert await door.locator(".qr img").evaluate("image => image.naturalWidth") > 100
    findings += await fits(door, "set-up")
    secret = (await door.locator(".secret").inner_text()).replace(" ", "")
    await door.get_by_label("验证码").fill(code_at(secret))
    await door.get_by_role("button", name="完成设置").click()
    await expect(door.locator(".codes li")).to_have_count(10)
    findings += await fits(door, "recovery-codes")
    await door.get_by_role("link", name="已保存好，继续").click()
    await expect(door.locator(".page-head h1")).to_be_visible()
    await door.wait_for_load_state("networkidle")
    await door.goto("/profile")
    await expect(door.get_by_text("还有 10 个没有用过")).to_be_visible()
    assert findings == []


@pytest.mark.parametrize(("size", "theme"), LOOKS)
async def test_the_staff_office_and_the_administrators_can_work(
    served: Served, page_of: NewPage, size: tuple[int, int], theme: str
) -> None:
    """Ledger, person, departments, profile, accounts, towns and the door's events fit every screen."""
    town = await the_town(served)
    async with served.everything() as session:
        admins = {role: await an_administrator(session, role) for role in sorted(PLATFORM_ROLES)}
    office, security = town[Role.TOWN_OFFICE], admins[Role.SECURITY_ADMINISTRATOR]
    seen = [
        (office, "/members"),
        (office, f"/members/{town[Role.SECTOR_DEPARTMENT].member_id}"),
        (office, "/members/departments"),
        (office, f"/members/departments/{town.departments['sector']}"),
        (office, "/profile"),
        (office, "/profile/password"),
        (security, "/accounts"),
        (security, f"/accounts/{office.user_id}"),
        (security, "/accounts/new"),
        (admins[Role.PLATFORM_OPERATOR], "/townships"),
        (admins[Role.PLATFORM_OPERATOR], "/townships/new"),
        (admins[Role.PLATFORM_OPERATOR], f"/townships/{town.id}"),
        (admins[Role.AUDIT_ADMINISTRATOR], "/audit/sign-ins"),
    ]
    findings: list[object] = []
    for person, path in seen:
        page = await page_of(person, size, theme)
        await page.goto(path)
        findings += await fits(page, path.split("/")[1] + path[-8:])
        await page.context.close()
    assert findings == []


async def test_signing_in_works_without_scripts(served: Served, new_page: NewPage) -> None:
    """The door is an ordinary form."""
    town = await the_town(served)
    page = await new_page(PC, base_url=served.url, java_script_enabled=False)
    await page.goto("/members")
    await page.get_by_label("账号").fill(town[Role.SECTOR_DEPARTMENT].person)
    await page.get_by_label("密码").fill(PASSWORD)
    await page.get_by_role("button", name="登录").click()
    await expect(page.get_by_role("heading", name="人员台账")).to_be_visible()
