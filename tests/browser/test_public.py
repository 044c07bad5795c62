"""A citizen without an account finds a town and reads its plan, on a desk and on a phone, also without scripts."""

import pytest
from playwright.async_api import Page, expect

from services.supervision import plans
from services.tenancy.roles import Role
from tests.browser.conftest import PC, PHONE, NewPage
from tests.browser.harness.checks import axe
from tests.browser.served import Served
from tests.factories import Town, a_town
from tests.supervision.plans.desk import a_published_plan, at_work, nodes_of

pytestmark = pytest.mark.anyio


async def assert_fits(page: Page) -> None:
    """Nothing serious for those who see or hear otherwise, and nothing to scroll sideways."""
    assert await axe(page) == []
    assert await page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0


async def a_town_with_an_amended_plan(served: Served) -> Town:
    """A town that has published its plan and withdrawn a task of it."""
    async with served.everything() as session:
        town = await a_town(session, "珍溪镇")
    plan_id = await a_published_plan(served.database, town)
    task = next(node for node in await nodes_of(served.database, town, plan_id) if node.kind == "task")
    async with at_work(served.database, town[Role.TOWN_OFFICE]) as work:
        seen = (await plans.get_plan(work, plan_id)).version
        amendment = plans.Amendment(reason="区里统一实施", withdrawn=frozenset({task.id}))
        await plans.amend(work, plan_id, amendment, seen=seen)
    return town


async def test_a_citizen_finds_the_towns_plan_from_the_sign_in_page(served: Served, new_page: NewPage) -> None:
    """From the door to the list, to the town, to its sections; and what is not there leads back to the list."""
    await a_town_with_an_amended_plan(served)
    for viewport, theme, scripts in ((PC, "light", True), (PHONE, "dark", False)):
        page = await new_page(viewport, theme, base_url=served.url, java_script_enabled=scripts)
        await page.goto("/sign-in")
        await page.get_by_role("link", name="公众查看").click()
        await page.get_by_role("link", name="珍溪镇").click()
        await expect(page.locator("h1")).to_have_text("珍溪镇安全生产公开")
        await expect(page.locator(".paper")).to_contain_text("责任单位")
        await expect(page.locator(".paper-item.withdrawn")).to_contain_text("第 1 次修订撤销")
        await expect(page.locator("main")).to_contain_text("区里统一实施")
        if scripts:
            await assert_fits(page)
        await page.get_by_role("link", name="镇街名单").click()
        await expect(page.locator("h1")).to_have_text("镇街安全生产公开")
