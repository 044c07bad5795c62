"""The office gets its registry in with nothing but Excel and this page."""

from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook, load_workbook
from playwright.async_api import Page, expect
from sqlalchemy import select

from services.kernel import sweeping
from services.kernel.bench import Bench, system
from services.kernel.clock import new_id
from services.kernel.jobs import REGISTRY
from services.kernel.outbox import Outbox
from services.tenancy.roles import Role
from tests.browser.conftest import PHONE, NewPage
from tests.browser.harness.checks import axe
from tests.browser.served import Served
from tests.factories import Town, a_town
from tests.supervision.imports.office import a_sheet, lines

pytestmark = pytest.mark.anyio


async def work_on(served: Served, town: Town) -> None:
    """A worker does the imports that wait."""
    async with served.everything() as session:
        waiting = (
            await session.scalars(select(Outbox).where(Outbox.queue == "imports", Outbox.state == "pending"))
        ).all()
        for row in waiting:
            row.state = "done"
    for row in waiting:
        job = REGISTRY[row.job]
        await job.function(Bench(served.database, system(town.id), job.rights, new_id()), *job.restored(row.args))


async def test_the_office_imports_mends_and_finds_its_registry(
    served: Served, page_of: NewPage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Upload, the page follows the work by itself, preview, save, error file, and the phone shows the same."""
    monkeypatch.setattr(sweeping, "_chosen", {})
    sweeping.use(served.settings)
    async with served.everything() as session:
        town = await a_town(session)
    rows = lines(60)
    rows[7]["headcount_own"], rows[30]["village_code"] = "六十来个", "没有这个村"
    file = tmp_path / "珍溪示例台账.xlsx"
    file.write_bytes(a_sheet(rows, titles=1))
    page = await page_of(town[Role.TOWN_OFFICE])
    await page.goto("/enterprises")
    await page.get_by_role("link", name="导入台账").click()
    await expect(page.get_by_role("heading", name="第一步")).to_be_visible()
    await looks_right(page)
    async with page.expect_download() as template:
        await page.get_by_role("link", name="下载模板").click()
    assert (await book_of(template)).sheetnames[0] == "企业台账"
    await page.get_by_label("填好的台账").set_input_files(file)
    await page.get_by_role("button", name="上传并核对").click()
    await expect(page.locator("#import")).to_contain_text("正在打开文件")
    await work_on(served, town)
    await expect(page.get_by_role("button", name="保存 58 家，有误的 2 行不保存")).to_be_visible()
    await looks_right(page)
    phone = await page_of(town[Role.TOWN_OFFICE], PHONE, "dark")
    await phone.goto(page.url)
    await looks_right(phone)
    async with page.expect_download() as errors:
        await page.get_by_role("link", name="下载有误的 2 行").click()
    bad = list((await book_of(errors)).active.iter_rows(min_row=4, values_only=True))
    assert ["六十来个" in bad[0], "没有这个村" in bad[1], len(bad)] == [True, True, 2]
    await page.get_by_role("button", name="保存 58 家").click()
    await expect(page.locator("#import")).to_contain_text("共 58 行")
    await work_on(served, town)
    await expect(page.get_by_text("已保存：新增 58 家")).to_be_visible()
    await page.goto("/enterprises?q=导入示例58号")
    await expect(page.get_by_role("link", name="导入示例58号厂")).to_be_visible()


async def book_of(download: Any) -> Workbook:
    """The workbook that the browser saved."""
    return load_workbook(BytesIO(Path(await (await download.value).path()).read_bytes()))


async def looks_right(page: Page) -> None:
    """Nothing is wider than the screen, and nobody is shut out."""
    assert await page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    assert await axe(page) == []
