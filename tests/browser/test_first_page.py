"""Each role's first page, as that role sees it."""

import pytest
from playwright.async_api import expect

from services.tenancy.roles import ENTERPRISE_ROLES, PLATFORM_ROLES, Role
from tests.browser.conftest import PC, PHONE, NewPage
from tests.browser.harness.checks import axe
from tests.browser.served import Served
from tests.factories import a_town, an_administrator, an_overseer

pytestmark = pytest.mark.anyio


async def test_the_first_page_greets_each_role(served: Served, page_of: NewPage) -> None:
    """It opens in both themes without a complaint on the console or a serious finding for people who see or hear otherwise."""
    async with served.everything() as session:
        town = await a_town(session)
        people = dict(town.people)
        people[Role.DISTRICT_OVERSEER] = await an_overseer(session, town.district_id, (town.id,))
        for role in sorted(PLATFORM_ROLES):
            people[role] = await an_administrator(session, role)
    findings = []
    for role, person in people.items():
        for theme in ("light", "dark"):
            page = await page_of(person, PHONE if role in ENTERPRISE_ROLES else PC, theme)
            await page.goto("/")
            await expect(page.locator("main h1")).to_be_visible()
            findings += [(role.value, theme, finding) for finding in await axe(page)]
            await page.context.close()
    assert findings == []
