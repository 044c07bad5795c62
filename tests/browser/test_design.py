"""The design itself: seen on an office PC and on a phone, in light and dark, with and without scripts."""

import re
from collections.abc import Awaitable, Callable

import pytest
from playwright.async_api import Page, Route, expect

from tests.browser.conftest import PC, PHONE, NewPage
from tests.browser.harness.checks import Complaints, axe
from tests.browser.harness.samples import PAGES, SITE, rendered, serve

pytestmark = pytest.mark.anyio
SMALL_TARGETS = """() => [...document.querySelectorAll("a, button, input:not([type=hidden]), select, textarea, summary")]
    .filter(one => one.checkVisibility() && !one.closest("p:not(.actions, .todo-foot, .drawer-links), li:not(.tabs li, .quick li, .pager li, .local li), h3, th, td, .foot, .choice, .errors"))
    .map(one => [one.outerHTML.slice(0, 90), one.getBoundingClientRect()])
    .filter(([, box]) => box.height && (box.height < 43.5 || box.width < 43.5)).map(([html, box]) => `${html} ${box.width}x${box.height}`)"""


async def shown(page: Page, name: str) -> Page:
    """A sample page, open."""
    await serve(page)
    await page.goto(f"{SITE}/{name}")
    return page


def answering(status: int, body: str, seen: list[str] | None = None) -> Callable[[Route], Awaitable[None]]:
    """A server that answers every POST in one way, and pages as always."""

    async def answer(route: Route) -> None:
        if route.request.method != "POST":
            await route.fallback()
            return
        if seen is not None:
            seen.append(route.request.headers.get("x-csrf-token", ""))
        await route.fulfill(status=status, body=body, content_type="text/html; charset=utf-8")

    return answer


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("viewport", [PC, PHONE], ids=["pc", "phone"])
@pytest.mark.parametrize("name", PAGES)
async def test_a_page_is_accessible_and_fits_the_screen(
    new_page: NewPage, name: str, viewport: tuple[int, int], theme: str
) -> None:
    """No serious finding, no complaint of the content policy, nothing to scroll sideways."""
    page = await shown(await new_page(viewport, theme), name)
    if name == "board":
        await page.wait_for_selector("canvas")
    assert await axe(page) == []
    assert await page.evaluate("document.documentElement.scrollWidth") <= viewport[0]


@pytest.mark.parametrize("name", ["todo", "ledger", "form", "enterprise"])
async def test_fingers_find_every_target_on_a_phone(new_page: NewPage, name: str) -> None:
    """Links within text apart, nothing to press is smaller than 44 pixels."""
    page = await shown(await new_page(PHONE), name)
    assert await page.evaluate(SMALL_TARGETS) == []


async def test_the_dark_follows_the_device_and_then_the_choice(new_page: NewPage) -> None:
    """Without a cookie the device decides; a press decides for good."""
    page = await shown(await new_page(PC, "dark"), "todo")
    ground = "getComputedStyle(document.body).backgroundColor"
    assert await page.evaluate(ground) == "rgb(15, 21, 32)"
    await page.get_by_role("button", name="换成浅色").click()
    assert await page.evaluate(ground) == "rgb(244, 246, 250)"
    assert {cookie["name"]: cookie["value"] for cookie in await page.context.cookies(SITE)} == {"theme": "light"}


async def test_an_act_that_cannot_be_undone_takes_two_presses_without_scripts(new_page: NewPage) -> None:
    """The question opens and the second press sends it, scripts or not."""
    page = await new_page(PC, java_script_enabled=False)
    await serve(page)
    sent: list[str] = []
    await page.route(f"{SITE}/**", answering(200, "<title>好</title>已挂牌", sent))
    await page.goto(f"{SITE}/enterprise")
    assert not await page.get_by_role("button", name="确认挂牌").is_visible()
    await page.get_by_text("挂牌督办", exact=True).click()
    assert sent == []
    await page.get_by_role("button", name="确认挂牌").click()
    await page.wait_for_selector("text=已挂牌")
    assert len(sent) == 1


async def test_a_form_in_error_comes_back_with_what_was_typed(new_page: NewPage, complaints: Complaints) -> None:
    """422 replaces the form, keeps the address, and the errors get the focus."""
    page = await new_page()
    await serve(page)
    sent: list[str] = []
    await page.route(f"{SITE}/**", answering(422, rendered("form", None), sent))
    await page.goto(f"{SITE}/draw")
    await page.fill("#number", "1 2 3")
    await page.get_by_role("button", name="确认随机数").click()
    await page.wait_for_selector(".errors")
    assert sent == ["token"]
    assert page.url == f"{SITE}/draw"
    assert await page.evaluate("document.activeElement.className") == "errors"
    complaints.expect("422")


@pytest.mark.parametrize("status", [403, 409, 500])
async def test_a_failure_is_one_toast_and_loses_nothing(new_page: NewPage, complaints: Complaints, status: int) -> None:
    """The server's own words are shown; the page and what was typed stay."""
    page = await new_page()
    await serve(page)
    await page.route(f"{SITE}/**", answering(status, rendered("problem", None)))
    await page.goto(f"{SITE}/draw")
    await page.fill("#number", "1 2 3")
    for _ in range(2):
        await page.get_by_role("button", name="确认随机数").click()
        await page.wait_for_selector(".alert-toast >> text=没有找到这份文书")
        await page.wait_for_selector(".busy-line", state="detached")
        complaints.expect(str(status))
    assert await page.locator(".alert-toast").count() == 1
    assert await page.input_value("#number") == "1 2 3"


async def test_no_network_is_told_and_loses_nothing(new_page: NewPage, complaints: Complaints) -> None:
    """On site the line breaks; the officer presses again when it is back."""
    page = await new_page()
    await serve(page)
    await page.goto(f"{SITE}/draw")
    await page.context.set_offline(True)
    await page.route(f"{SITE}/**", lambda route: route.abort("internetdisconnected"))
    await page.fill("#number", "1 2 3")
    await page.get_by_role("button", name="确认随机数").click()
    await page.wait_for_selector(".alert-toast >> text=网络不通")
    assert await page.input_value("#number") == "1 2 3"
    while complaints.lines:
        complaints.expect(re.split(r"[ :]", complaints.lines[0])[0])


async def test_a_draft_is_kept_until_the_server_took_it(new_page: NewPage) -> None:
    """Closing the page by mistake loses nothing; sending it forgets the draft."""
    page = await new_page()
    await serve(page)

    async def without_errors(route: Route) -> None:
        body = re.sub(r'<div class="errors".*?</div>', "", rendered("form", None), flags=re.DOTALL)
        await route.fulfill(body=body, content_type="text/html; charset=utf-8")

    await page.route(f"{SITE}/form", without_errors)
    await page.goto(f"{SITE}/form")
    await page.fill("#note", "积尘 3.2 毫米")
    await page.wait_for_function("Object.keys(localStorage).length === 1")
    await page.reload()
    assert await page.input_value("#note") == "积尘 3.2 毫米"
    assert await page.get_by_text("未提交的内容").is_visible()
    await page.fill("#place", "喷涂车间")
    await page.fill("#fine", "0")
    await page.select_option("#basis", "1")
    await page.get_by_role("button", name="保存并下发").click()
    await page.wait_for_function("Object.keys(localStorage).length === 0")


async def test_a_batch_act_appears_with_what_was_picked(new_page: NewPage) -> None:
    """Nothing picked, no bar; all of the page in one press; a dangerous act asks first."""
    page = await shown(await new_page(), "ledger")
    bar, sent = page.locator("form.batch"), []
    assert not await bar.is_visible()
    await page.get_by_label("全选本页").check()
    assert await bar.locator("[data-picked]").inner_text() == "18"
    page.on("dialog", lambda dialog: dialog.dismiss())
    page.on("request", lambda request: sent.append(request.method))
    await bar.get_by_role("button", name="销号").click()
    assert sent == []


async def test_a_link_swaps_the_page_without_loading_it_again(new_page: NewPage) -> None:
    """The address, the title and the page change; the styles and scripts stay."""
    page = await shown(await new_page(), "todo")
    await page.evaluate("window.stayed = true")
    await page.evaluate("document.querySelector('.todo h3 a').setAttribute('href', '/board')")
    await page.locator(".todo h3 a").first.click()
    await page.wait_for_selector("canvas")
    assert page.url == f"{SITE}/board"
    assert await page.title() == "区级驾驶舱 · 安镇"
    assert await page.evaluate("window.stayed")
    assert await page.evaluate("document.activeElement.id") == "content"
    await page.go_back()
    await expect(page).to_have_title("待办 · 安镇")


async def test_a_chosen_filter_applies_at_once_and_keeps_the_keyboard(new_page: NewPage) -> None:
    """The filter goes into the address, what was filtered before stays, and the next key press lands in the same field."""
    page = await shown(await new_page(), "ledger?state=open&sort=-due_on")
    await page.get_by_label("等级").focus()
    await page.get_by_label("等级").select_option("major")
    await page.wait_for_url("**level=major**")
    assert "sort=-due_on" in page.url
    await expect(page.get_by_label("等级")).to_be_focused()


async def test_charts_are_tables_without_scripts(new_page: NewPage) -> None:
    """Whoever cannot see the chart reads its figures."""
    page = await new_page(PC, java_script_enabled=False)
    await shown(page, "board")
    assert await page.get_by_role("cell", name="147", exact=True).is_visible()
    assert await page.locator(".chart-area").first.is_hidden()


async def test_a_ledger_prints_as_a_table_in_black_on_white(new_page: NewPage) -> None:
    """Even from a phone in the dark: no menu, no buttons, the whole table with its head."""
    page = await shown(await new_page(PHONE, "dark"), "ledger")
    await page.emulate_media(media="print", color_scheme="dark")
    for hidden in (".side", ".tabs", ".top", ".filters", ".actions"):
        assert await page.locator(hidden).first.is_hidden(), hidden
    style = "element => [getComputedStyle(element).display, getComputedStyle(element).color]"
    assert await page.locator(".ledger thead").evaluate(style) == ["table-header-group", "rgb(0, 0, 0)"]
    assert await page.locator(".ledger tbody td").nth(1).evaluate(style) == ["table-cell", "rgb(0, 0, 0)"]
