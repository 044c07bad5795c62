"""A ledger to carry away: a real workbook as the office prints it, whose cells are data and never programs."""

import re
import tempfile
from collections.abc import Iterable, Iterator, Sequence, Sized
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from os import PathLike
from typing import Any, BinaryIO, Literal
from xml.sax.saxutils import escape

import xlsxwriter  # type: ignore[import-untyped,unused-ignore]
from xlsxwriter.utility import xl_col_to_name  # type: ignore[import-untyped,unused-ignore]

from services.kernel.clock import legal_day
from services.kernel.refusals import Refusal

HEAD_ROW = 2
MAX_ROWS = 1_048_576 - (HEAD_ROW + 1)
CELL_UNITS = 32_767
DAY_ZERO = date(1899, 12, 30)
REMEMBERED = frozenset({str, date, type(None)})
"""Values whose equals look alike; 1 and True are equal too."""
MOST_REMEMBERED = 2000
CUT = "……（过长，其余未导出）"
EXACT_NUMBER = 10**15
FIRST_DAY = date(1900, 3, 1)
"""Earlier days are counted differently by different programs, so they are written as text."""
A4 = 9
FORMULA_STARTS = tuple("=+-@\t\r\n\uff1d\uff0b\uff0d\uff20")
UNPRINTABLE = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]"
)
DAY = 'yyyy"年"m"月"d"日"'

Kind = Literal["text", "number", "date", "percent"]


class LedgerTooLong(Refusal):
    """A ledger has more rows than a sheet can hold."""

    status = 422


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a ledger: its head, its width in characters, and what its cells are."""

    head: str
    width: float = 12
    kind: Kind = "text"


def write_ledger(
    target: str | PathLike[str] | BinaryIO,
    title: str,
    columns: Sequence[Column],
    rows: Iterable[Sequence[object]],
    *,
    filters: str,
    made_on: date,
    made_by: str,
) -> int:
    """Write the rows as .xlsx, one at a time, and say how many they were; nothing is written when that fails.

    A percentage is given as a fraction; text in a column of numbers or days (不适用) stays text. Raises LedgerTooLong.
    """
    with tempfile.TemporaryDirectory(prefix="anzhen-ledger-") as folder:
        book = xlsxwriter.Workbook(target, {"constant_memory": True, "tmpdir": folder, "strings_to_formulas": False})
        midnight = datetime(made_on.year, made_on.month, made_on.day, tzinfo=UTC)
        book.set_properties({"title": _text(title), "author": _text(made_by), "created": midnight})
        sheet = book.add_worksheet("台账")
        try:
            _set_up_page(sheet, columns)
            _write_heads(book, sheet, title, columns, f"筛选：{filters or '全部'}　制表：{_day(made_on)}　{made_by}")
            count = _write_rows(sheet, rows, columns, _formats(book))
        except BaseException:
            sheet.row_data_fh.close()
            raise
        sheet.autofilter(HEAD_ROW, 0, HEAD_ROW + count, len(columns) - 1)
        book.close()
    return count


def _set_up_page(sheet: Any, columns: Sequence[Column]) -> None:
    sheet.set_landscape()
    sheet.set_paper(A4)
    sheet.set_margins(left=0.4, right=0.4, top=0.6, bottom=0.6)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(HEAD_ROW)
    sheet.set_footer("&C第 &P 页，共 &N 页")
    sheet.freeze_panes(HEAD_ROW + 1, 0)
    for place, column in enumerate(columns):
        sheet.set_column(place, place, column.width)


def _write_heads(book: Any, sheet: Any, title: str, columns: Sequence[Column], made: str) -> None:
    large = book.add_format({"bold": True, "font_size": 16, "align": "center", "valign": "vcenter"})
    small = book.add_format({"font_size": 9, "font_color": "#555555"})
    head = book.add_format({"bold": True, "border": 1, "align": "center", "valign": "vcenter", "text_wrap": True})
    for row, (words, look) in enumerate(((title, large), (made, small))):
        if len(columns) > 1:
            sheet.merge_range(row, 0, row, len(columns) - 1, "", look)
        sheet.write_string(row, 0, _text(words), look)
    for place, column in enumerate(columns):
        sheet.write_string(HEAD_ROW, place, _text(column.head), head)


def _formats(book: Any) -> dict[Kind, Any]:
    shape = {"border": 1, "valign": "top"}
    return {
        "text": book.add_format(shape | {"text_wrap": True, "num_format": "@"}),
        "number": book.add_format(shape),
        "date": book.add_format(shape | {"num_format": DAY, "align": "left"}),
        "percent": book.add_format(shape | {"num_format": "0.0%"}),
    }


def within_sheet(rows: Iterable[Sequence[object]]) -> Iterator[Sequence[object]]:
    """The rows, as long as one sheet can hold them below its heads; raises LedgerTooLong before the first one too many."""
    too_long = LedgerTooLong("导出的行数超过了 Excel 一张表的上限（约 104 万行）：请缩小筛选范围后分几次导出")
    if isinstance(rows, Sized) and len(rows) > MAX_ROWS:
        raise too_long
    for count, row in enumerate(rows, 1):
        if count > MAX_ROWS:
            raise too_long
        yield row


def _write_rows(
    sheet: Any, rows: Iterable[Sequence[object]], columns: Sequence[Column], formats: dict[Kind, Any]
) -> int:
    """The rows as text into the sheet's own scratch file: a cell of its own kind by xlsxwriter costs five times as much."""
    sheet._write_single_row(HEAD_ROW + 1)  # noqa: SLF001 - the heads go down first
    cells, count = _Cells(sheet, columns, formats), 0
    for count, row in enumerate(within_sheet(rows), 1):  # noqa: B007 - the last number is the count
        sheet.row_data_fh.write(cells.row(HEAD_ROW + 1 + count, row))
    sheet.dim_rowmax = HEAD_ROW + count
    return count


class _Cells:
    """How the values of each column stand in a sheet; what was written once is remembered."""

    def __init__(self, sheet: Any, columns: Sequence[Column], formats: dict[Kind, Any]) -> None:
        self._sheet = sheet
        self._looks = {kind: look._get_xf_index() for kind, look in formats.items()}  # noqa: SLF001 - its number
        self._columns: list[tuple[str, Kind, dict[object, str]]] = [
            (xl_col_to_name(place), column.kind, {}) for place, column in enumerate(columns)
        ]

    def row(self, number: int, cells: Sequence[object]) -> str:
        """One row of the sheet; raises ValueError where it has more or fewer cells than there are columns."""
        parts = [f'<row r="{number}">']
        for (letters, kind, known), value in zip(self._columns, cells, strict=True):
            if type(value) in REMEMBERED:
                said = known.get(value)
                if said is None:
                    if len(known) >= MOST_REMEMBERED:
                        known.clear()
                    said = known[value] = self._cell(value, kind)
            elif type(value) is int and kind == "number" and -EXACT_NUMBER < value < EXACT_NUMBER:
                said = f' s="{self._looks[kind]}"><v>{value}</v></c>'
            else:
                said = self._cell(value, kind)
            parts.append(f'<c r="{letters}{number}"{said}')
        parts.append("</row>")
        return "".join(parts)

    def _cell(self, value: object, kind: Kind) -> str:
        if isinstance(value, datetime):
            value = legal_day(value)
        if value is None or value == "":
            return f' s="{self._looks[kind]}"/>'
        if kind == "date" and isinstance(value, date) and value >= FIRST_DAY:
            return f' s="{self._looks[kind]}"><v>{(value - DAY_ZERO).days}</v></c>'
        if kind in {"number", "percent"} and _is_exact(value):
            return f' s="{self._looks[kind]}"><v>{float(value):.16G}</v></c>'  # type: ignore[arg-type]
        text = _spelled(value)
        if text.isalnum() and len(text) < CELL_UNITS // 2:
            return f' s="{self._looks["text"]}" t="inlineStr"><is><t>{text}</t></is></c>'
        text = self._sheet._escape_control_characters(escape(_text(text)))  # noqa: SLF001 - _x000D_ and the like
        space = ' xml:space="preserve"' if text != text.strip() else ""
        return f' s="{self._looks["text"]}" t="inlineStr"><is><t{space}>{text}</t></is></c>'


def _is_exact(value: object) -> bool:
    """A workbook keeps fifteen digits, and has no infinity."""
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        return False
    if isinstance(value, Decimal) and value.is_nan():
        return False
    return -EXACT_NUMBER < value < EXACT_NUMBER


def _spelled(value: object) -> str:
    if isinstance(value, bool):
        return "是" if value else "否"
    return _day(value) if isinstance(value, date) else str(value)


def _day(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"


def _text(text: str) -> str:
    shown = UNPRINTABLE.sub("", text)
    # The apostrophe keeps the words from being a formula also after somebody saved the sheet as CSV.
    if len(shown) > 1 and (shown.startswith(FORMULA_STARTS) or shown.lstrip().startswith(FORMULA_STARTS)):
        shown = f"'{shown}"
    shown = re.sub(r"\r\n?", "\n", shown)
    # A cell counts in UTF-16, where rare characters take two places.
    units = shown.encode("utf-16-le")
    if len(units) > 2 * CELL_UNITS:
        shown = units[: 2 * (CELL_UNITS - len(CUT))].decode("utf-16-le", "ignore") + CUT
    return shown
