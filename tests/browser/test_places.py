"""The door in a real browser: signing in, switching between two towns, and what an administrator never sees."""

import pytest
from playwright.async_api import expect
from sqlalchemy import select

from services.tenancy.roles import Role
from services.tenancy.signing_in.models import Membership
from tests.browser.conftest import PHONE, NewPage
from tests.browser.harness.checks import Complaints
from tests.browser.served import Served
from tests.factories import PASSWORD, THEN, a_district, a_person, a_town, an_administrator

pytestmark = pytest.mark.anyio


async def test_a_safety_officer_of_two_towns_signs_in_on_a_phone_and_switches(
    served: Served, new_page: NewPage, complaints: Complaints
) -> None:
    """One password, two towns: each shows its own enterprise, and the old session's cookie is worth nothing after the switch."""
    async with served.everything() as session:
        district = await a_district(session)
        first = await a_town(session, "甲示例镇", district_id=district)
        second = await a_town(session, "乙示例镇", district_id=district)
        officer = await a_person(session, first, Role.SAFETY_OFFICER, name="示例两镇安全员")
        there = await a_person(session, second, Role.SAFETY_OFFICER, name="示例两镇安全员（乙）")
        membership = (await session.scalars(select(Membership).where(Membership.id == there.membership_id))).one()
        membership.user_id = officer.user_id
        membership.enterprise_name = "乙镇示例甲砖瓦厂"
        membership.created_at = THEN.replace(year=2027)
    page = await new_page(PHONE, base_url=served.url)
    await page.goto("/")
    await expect(page).to_have_url(f"{served.url}/sign-in?next=/")
    await page.get_by_label("账号").fill("示例两镇安全员")
    await page.get_by_label("密码").fill("不对的口令 000")
    await page.get_by_role("button", name="登录").click()
    await expect(page.get_by_text("账号或密码不正确").first).to_be_visible()
    complaints.expect("422")
    await page.get_by_label("密码").fill(PASSWORD)
    await page.get_by_role("button", name="登录").click()
    await expect(page.locator("main h1")).to_be_visible()
    before = {cookie["name"]: cookie["value"] for cookie in await page.context.cookies()}
    await page.goto("/memberships")
    await expect(page.locator("main")).to_contain_text("乙示例镇")
    await page.locator("main").get_by_role("button").filter(has_text="进入").first.click()
    await expect(page).not_to_have_url(f"{served.url}/memberships")
    await expect(page.locator(".drawer-person")).to_contain_text("乙镇示例甲砖瓦厂")
    after = {cookie["name"]: cookie["value"] for cookie in await page.context.cookies()}
    assert before["anzhen_session"] != after["anzhen_session"]
    old = await new_page(PHONE, base_url=served.url)
    await old.context.add_cookies([{"name": "anzhen_session", "value": before["anzhen_session"], "url": served.url}])
    await old.goto("/")
    await expect(old).to_have_url(f"{served.url}/sign-in?next=/")


async def test_an_administrator_opens_no_page_of_the_towns_business(
    served: Served, page_of: NewPage, complaints: Complaints
) -> None:
    """Plans, assignments, enterprises, targets and members answer «no right» to each of the three."""
    async with served.everything() as session:
        await a_town(session)
        people = [
            await an_administrator(session, role)
            for role in (Role.PLATFORM_OPERATOR, Role.SECURITY_ADMINISTRATOR, Role.AUDIT_ADMINISTRATOR)
        ]
    for person in people:
        page = await page_of(person)
        for path in ("/plans", "/assignments", "/enterprises", "/targets", "/members", "/messages"):
            answer = await page.goto(path)
            assert answer is not None
            complaints.expect("403")
            assert answer.status == 403, (person.role, path)
            await expect(page.locator("main")).to_contain_text("没有")
        await page.context.close()
