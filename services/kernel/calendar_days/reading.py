"""The calendar as a file of exceptional days: what comes with the product, what an administrator brings, and the template."""

import csv
import io
import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from functools import cache
from pathlib import Path

from services.kernel.calendar_days.calendar import SATURDAY, Calendar, CalendarDay, Status
from services.kernel.refusals import BadInput

COLUMNS = ("date", "is_workday", "name", "source", "status")
SHIPPED = Path(__file__).parents[1] / "data" / "calendar_days.csv"
SLASHED = re.compile(r"(\d{4})/(\d{1,2})/(\d{1,2})")
"""How spreadsheet programs write a date when they save a file again."""
MOST_BYTES = 1_000_000
LONGEST = {"name": 30, "source": 80}
YEARS = range(2000, 2100)


class CalendarNotReadable(BadInput):
    """A calendar file that cannot be taken over; the sentence names the line and what to write there."""


@cache
def shipped() -> Calendar:
    """The calendar that comes with the product: official 2021-2026, provisional 2027-2030."""
    return Calendar.of(read(SHIPPED.read_text(encoding="utf-8")))


def decoded(data: bytes) -> str:
    """The text of a file in UTF-8, or in GB18030 as Chinese office programs save it; raises CalendarNotReadable."""
    if len(data) > MOST_BYTES:
        raise CalendarNotReadable("文件太大，放假安排的文件不会超过 1 MB，请核对是否选错了文件")
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise CalendarNotReadable("不是文本文件，请下载模板填写，并保存为 CSV 格式")


def read(text: str) -> list[CalendarDay]:
    """The exceptional days in a file of columns date,is_workday,name,source,status.

    Raises CalendarNotReadable, naming the line, for a wrong head, date or mark, a day given twice, no 1 January.
    """
    days = list(_lines(text))
    seen: set[date] = set()
    for number, day in days:
        if day.day in seen:
            raise CalendarNotReadable(f"第 {number} 行：{day.day} 重复，请只保留一行")
        seen.add(day.day)
    years = {day.year for day in seen if (day.month, day.day) == (1, 1)}
    if not years:
        raise CalendarNotReadable("缺少 1 月 1 日（元旦）这一行，无法确定是哪一年的安排，请补上")
    for number, day in days:
        # A notice may also swap days at the end of the year before, or the beginning of the year after.
        if not years & {day.day.year - 1, day.day.year, day.day.year + 1}:
            words = f"第 {number} 行：文件里没有 {day.day.year} 年 1 月 1 日，请核对这一行的年份，或补上那一行"
            raise CalendarNotReadable(words)
    return [day for _, day in days]


def written(days: Iterable[CalendarDay]) -> str:
    """The exceptional days of a year as such a file, so that it can be filled in again for the next."""
    target = io.StringIO()
    rows = csv.writer(target, lineterminator="\r\n")
    rows.writerow(COLUMNS)
    for day in days:
        is_new_year = (day.day.month, day.day.day) == (1, 1)
        if is_new_year or day.is_workday != (day.day.weekday() < SATURDAY) or day.name not in {"", "周末"}:
            rows.writerow((day.day.isoformat(), int(day.is_workday), day.name, day.source, day.status.value))
    return target.getvalue()


def _lines(text: str) -> Iterator[tuple[int, CalendarDay]]:
    """Every line with its number as an editor counts it; empty lines are left out."""
    rows = csv.DictReader(io.StringIO(text.removeprefix("\ufeff"), newline=""))
    try:
        if tuple(name.strip() for name in rows.fieldnames or ()) != COLUMNS:
            raise CalendarNotReadable(f"第 1 行应为列名：{','.join(COLUMNS)}")
        rows.fieldnames = COLUMNS
        for row in rows:
            if any((value or "") for name, value in row.items() if name is not None):
                yield rows.line_num, _day(rows.line_num, row)
    except csv.Error as error:
        raise CalendarNotReadable(f"第 {rows.line_num} 行无法识别，请检查引号和逗号") from error


def _day(number: int, row: Mapping[str, str | None]) -> CalendarDay:
    cell = {name: (row.get(name) or "").strip() for name in COLUMNS}
    try:
        day = date.fromisoformat(SLASHED.sub(_dashed, cell["date"]))
        worked = {"0": False, "1": True}[cell["is_workday"]]
        found = CalendarDay(day, worked, cell["name"], cell["source"], Status(cell["status"]))
    except (ValueError, KeyError) as error:
        hint = "日期写成 2027-01-01，is_workday 写 0 或 1，status 写 official 或 provisional"
        raise CalendarNotReadable(f"第 {number} 行无法识别：{hint}") from error
    if wrong := _wrong(found):
        raise CalendarNotReadable(f"第 {number} 行：{wrong}")
    return found


def _wrong(day: CalendarDay) -> str:
    if day.day.year not in YEARS:
        return f"年份 {day.day.year} 不对，请核对"
    if len(day.name) > LONGEST["name"] or len(day.source) > LONGEST["source"]:
        return f"名称最多 {LONGEST['name']} 字，文号最多 {LONGEST['source']} 字，请精简"
    if not (day.name + day.source).isprintable():
        return "名称或文号里有看不见的字符，请重新填写"
    if day.status is Status.OFFICIAL and not day.source:
        return "正式的安排要写明文号（source），例如 国办发明电〔2025〕7号"
    return ""


def _dashed(slashed: re.Match[str]) -> str:
    year, month, day = slashed.groups()
    return f"{year}-{month:0>2}-{day:0>2}"
