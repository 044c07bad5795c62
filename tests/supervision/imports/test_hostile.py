"""Whatever is uploaded, the office reads in Chinese what to do, and the worker lives."""

import zipfile
from collections.abc import Callable
from io import BytesIO

import pytest
import xlsxwriter
from litestar import Litestar
from sqlalchemy import select

from services.supervision.registry import BY_NAME, Enterprise
from services.tenancy.roles import Role
from tests.supervision.imports.office import HEADS, LINE, a_sheet, cells_of, lines, run_jobs, upload
from tests.supervision.year import Year
from tests.web import browser, words_of

pytestmark = pytest.mark.anyio
OFFICE = Role.TOWN_OFFICE
GOOD = a_sheet(lines(2))


def rezipped(data: bytes, name: str, change: Callable[[bytes], bytes], *, adds: bool = False) -> bytes:
    """A workbook one of whose parts is another."""
    target = BytesIO()
    with zipfile.ZipFile(BytesIO(data)) as old, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new:
        for entry in old.namelist():
            content = old.read(entry)
            new.writestr(entry, change(content) if entry == name else content)
        if adds:
            new.writestr(name, change(b""))
    return target.getvalue()


SHEET = "xl/worksheets/sheet1.xml"
AT_THE_DOOR = {
    "旧版": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "台账.xls", "旧版"),
    "csv": ("企业名称,地址\n某厂,某路\n".encode("gbk"), "台账.csv", "不能接收"),
    "csv as xlsx": (b"name,address\nx,y\n", "台账.xlsx", "不能接收"),
    "empty": (b"", "台账.xlsx", "空的"),
    "macros": (rezipped(GOOD, "xl/vbaProject.bin", lambda _: b"x", adds=True), "台账.xlsx", "宏"),
    "bomb": (rezipped(GOOD, SHEET, lambda _: b"<a>" + b" " * 40_000_000), "台账.xlsx", "展开后的大小异常"),
    "cut off": (GOOD[:-200], "台账.xlsx", "没有传完整或已损坏"),
    "word": (b"%PDF-1.7\n%%EOF", "台账.pdf", "请上传 .xlsx 表格"),
    "web page": (b"<html></html>", "台账.xlsx", "网页"),
}
BY_THE_WORKER = {
    "two cells at the corners": (
        rezipped(GOOD, SHEET, lambda xml: xml.replace(b"</sheetData>", b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>')),
        "表格的范围过大",
    ),
    "rows without places": (
        rezipped(GOOD, SHEET, lambda xml: xml.replace(b"</sheetData>", b'<row r="900000">' + b"<c><v>1</v></c>" * 3000 + b"</row></sheetData>")),
        "表格的范围过大",
    ),
    "no heads": (a_sheet([{"甲": 1, "乙": 2}], heads=("甲", "乙")), "没有找到表头"),
    "no names": (a_sheet(lines(2), heads=[head for head in HEADS if head != "name"]), "没有“企业名称”这一列"),
    "nothing": (a_sheet([], heads=()), "没有找到表头"),
    "no sheet data": (rezipped(GOOD, SHEET, lambda xml: xml.replace(b"sheetData", b"sheetDate")), "表格读不出来"),
    "torn": (rezipped(GOOD, SHEET, lambda xml: xml.replace(b'r="A2"', b'r="?2"')), "表格读不出来"),
}  # fmt: skip


@pytest.mark.parametrize("kind", AT_THE_DOOR)
async def test_what_is_no_ledger_is_turned_away_at_the_door(app: Litestar, year: Year, kind: str) -> None:
    """The form comes back with the reason beside the file."""
    data, name, reason = AT_THE_DOOR[kind]
    async with browser(app, year.town[OFFICE]) as page:
        answer = await upload(page, data, name=name)
        assert (answer.status_code, reason in words_of(answer)) == (422, True), words_of(answer)


async def test_the_day_and_the_file_must_be_given(app: Litestar, year: Year) -> None:
    """Tomorrow is refused, today is not; no file and no day are told beside their fields."""
    async with browser(app, year.town[OFFICE]) as page:
        assert "不能晚于今天" in words_of(await upload(page, GOOD, day="2026-03-07"))
        assert (await upload(page, GOOD, day="2026-03-06")).status_code == 303
        assert "请选择日期" in words_of(await upload(page, GOOD, day="明天"))
        assert "请选择一个 .xlsx 文件" in words_of(
            await page.post("/enterprises/imports", {"valid_from": "2026-03-06"})
        )


@pytest.mark.parametrize("kind", BY_THE_WORKER)
async def test_what_cannot_be_read_fails_with_a_sentence(app: Litestar, year: Year, kind: str) -> None:
    """The worker says what is wrong with it, and nothing can be saved."""
    data, reason = BY_THE_WORKER[kind]
    async with browser(app, year.town[OFFICE]) as page:
        path = (await upload(page, data)).headers["location"]
        await run_jobs(year)
        shown = words_of(await page.get(path))
        assert (reason in shown, "重新上传" in shown) == (True, True), shown
        assert (await page.post(f"{path}/save")).status_code == 409


async def test_odd_cells_are_read_or_told_and_never_run(app: Litestar, year: Year) -> None:
    """Full-width figures, days as numbers, blanks and line breaks are read; a formula comes back as words, a long cell with a reason."""
    target = BytesIO()
    odd = {
        "headcount_own": "６０",
        "standard_level": "三级",
        "standard_granted_on": 46000,
        "standard_expires_on": "2028年5月31日",
    }
    bad = {"name": '=HYPERLINK("http://x")', "address": "长" * 32_000, "headcount_own": "－5"}
    rows = [{**LINE, **odd, "name": " 导入示例\n全角厂 "}, {**LINE, **bad}]
    with xlsxwriter.Workbook(target, {"strings_to_formulas": False}) as book:
        sheet = book.add_worksheet()
        for place, head in enumerate(HEADS):
            sheet.write_string(
                4,
                place,
                {"name": "企业名称（全称）", "address": "地\n址"}.get(head, head)
                if head in {"name", "address"}
                else BY_NAME[head].head,
            )
            for number, row in enumerate(rows, 6):
                value = row.get(head, "")
                (sheet.write_number if isinstance(value, int) else sheet.write_string)(number, place, value)
    async with browser(app, year.town[OFFICE]) as page:
        path = (await upload(page, target.getvalue())).headers["location"]
        await run_jobs(year)
        shown = words_of(await page.get(path))
        assert ("新增企业 1 家" in shown, "地址：最多 200 个字，现在是 32000 个" in shown) == (True, True), shown
        returned = cells_of(await page.get(f"{path}/errors.xlsx"))[3]
        assert (returned[1], "自有人员（人）：" in returned[0]) == ('\'=HYPERLINK("http://x")', True)
        await page.post(f"{path}/save")
        await run_jobs(year)
    async with year.as_(OFFICE) as work:
        one = await work.one(select(Enterprise).where(Enterprise.name.like("导入示例%")))
        assert (one.name, one.headcount, str(one.standard_granted_on)) == ("导入示例 全角厂", 60, "2025-12-09")
