"""A browser for the run, a page for a test; a page that complains on its console fails its test."""

import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest
from playwright.async_api import Browser, Page, async_playwright
from sqlalchemy import URL

from services.tenancy.signing_in.person import Person
from tests.browser.harness.browser import chromium
from tests.browser.harness.checks import Complaints, require_letters
from tests.browser.served import Served, serve

PC = (1366, 768)
PHONE = (390, 844)
NewPage = Callable[..., Awaitable[Page]]


@pytest.fixture(scope="session")
async def browser(anyio_backend: object) -> AsyncIterator[Browser]:
    """The one browser, named on the terminal and proven to draw Chinese before any test uses it."""
    found = chromium()
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(**found.launching())
        sys.__stderr__.write(f"\nbrowser: {found.origin} {browser.version} ({found.path})\n")
        page = await browser.new_page()
        await require_letters(page)
        await page.close()
        yield browser
        await browser.close()


@pytest.fixture
def complaints() -> Complaints:
    """Everything that this test's pages complained about."""
    return Complaints()


@pytest.fixture
async def new_page(browser: Browser, complaints: Complaints) -> AsyncIterator[NewPage]:
    """Pages of contexts of their own: viewport, theme, then any argument of `Browser.new_context`."""
    contexts = []

    async def opened(viewport: tuple[int, int] = PC, theme: str = "light", **more: object) -> Page:
        width, height = viewport
        context = await browser.new_context(
            viewport={"width": width, "height": height},
            color_scheme=theme,
            locale="zh-CN",
            timezone_id="Asia/Shanghai",
            has_touch=viewport == PHONE,
            is_mobile=viewport == PHONE,
            **more,
        )
        contexts.append(context)
        page = await context.new_page()
        complaints.watch(page)
        return page

    yield opened
    for context in contexts:
        await context.close()
    assert not complaints.lines, "\n".join(complaints.lines)


@pytest.fixture
async def served(own_database: URL, tmp_path: Path) -> AsyncIterator[Served]:
    """The real application over an empty database with the real logins."""
    async with serve(own_database, tmp_path) as served:
        yield served


@pytest.fixture
def page_of(served: Served, new_page: NewPage) -> NewPage:
    """A page in which a person is signed in: `await page_of(person, PHONE, "dark")`."""

    async def opened(person: Person, viewport: tuple[int, int] = PC, theme: str = "light") -> Page:
        page = await new_page(viewport, theme, base_url=served.url)
        await served.sign_in(page, person)
        return page

    return opened
