"""Photographs of every sample page, both sizes and both themes: `python -m tests.browser.harness.look [folder] [page …]`."""

import asyncio
import sys
from pathlib import Path

from playwright.async_api import Browser, async_playwright

from tests.browser.harness.browser import chromium
from tests.browser.harness.checks import Complaints, axe, require_letters
from tests.browser.harness.samples import PAGES, SITE, serve
from tests.browser.harness.unpacking import CACHE

SIZES = {"pc": (1366, 768), "phone": (390, 844)}


def tell(*words: object) -> None:
    """A line for whoever looks."""
    sys.stdout.write(" ".join(map(str, words)) + "\n")


async def photograph(browser: Browser, name: str, size: str, theme: str, folder: Path) -> None:
    """One page, its findings printed."""
    width, height = SIZES[size]
    context = await browser.new_context(
        viewport={"width": width, "height": height},
        color_scheme=theme,
        locale="zh-CN",
        is_mobile=size == "phone",
        has_touch=size == "phone",
    )
    page, complaints = await context.new_page(), Complaints()
    complaints.watch(page)
    await serve(page)
    await page.goto(f"{SITE}/{name}")
    await page.wait_for_timeout(600 if name == "board" else 150)
    await page.screenshot(path=folder / f"{name}-{size}-{theme}.png")
    if overflow := await page.evaluate("document.documentElement.scrollWidth - innerWidth"):
        tell(name, size, f"wider than the screen by {overflow}px")
    for finding in [*await axe(page), *complaints.lines]:
        tell(name, size, theme, finding)
    await context.close()


async def main(folder: Path, names: list[str]) -> None:
    """Every page asked for."""
    found = chromium()
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(**found.launching())
        tell(found.origin, browser.version)
        await require_letters(await browser.new_page())
        for name in names:
            for size in SIZES:
                for theme in ("light", "dark"):
                    await photograph(browser, name, size, theme, folder)
        await browser.close()


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]) if sys.argv[1:] else CACHE / "looks", sys.argv[2:] or list(PAGES)))
