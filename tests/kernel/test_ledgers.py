"""A ledger leaves the house as a workbook that opens, prints and holds nothing but data."""

import re
import tempfile
import zipfile
from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from io import BytesIO
from pathlib import Path
from typing import Any, Self

import openpyxl  # type: ignore[import-untyped,unused-ignore]
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl.utils.escape import unescape  # type: ignore[import-untyped,unused-ignore]

from services.kernel.documents import Column, LedgerTooLong, write_ledger
from services.kernel.documents.ledger import within_sheet

DAY = date(2026, 11, 23)
COLUMNS = [
    Column("企业名称", 30),
    Column("起数", 8, "number"),
    Column("整改率", 10, "percent"),
    Column("期限", 16, "date"),
]
HEADS = 3


def a_book(rows: list[list[object]], columns: list[Column] = COLUMNS, **words: str) -> bytes:
    buffer = BytesIO()
    told = {"title": "隐患台账", "filters": "未销号", "made_by": "张三"} | words
    count = write_ledger(
        buffer, told["title"], columns, iter(rows), filters=told["filters"], made_on=DAY, made_by=told["made_by"]
    )
    assert count == len(rows)
    return buffer.getvalue()


def the_sheet(data: bytes) -> Any:
    return openpyxl.load_workbook(BytesIO(data)).active


def one_cell(value: object, kind: Any = "text") -> Any:
    return the_sheet(a_book([[value]], [Column("列", 10, kind)])).cell(HEADS + 1, 1)


def test_a_ledger_says_what_it_is_and_holds_true_values() -> None:
    """Title, filter, date and maker above the heads; numbers, rates and days are values and not words."""
    sheet = the_sheet(a_book([["珍溪机械厂", 3, Decimal("0.625"), date(2026, 12, 1)], ["某厂", 0, "不适用", None]]))
    assert sheet["A1"].value == "隐患台账"
    assert sheet["A2"].value == "筛选：未销号　制表：2026年11月23日　张三"
    assert [cell.value for cell in sheet[HEADS]] == ["企业名称", "起数", "整改率", "期限"]
    assert [cell.value for cell in sheet[4]] == ["珍溪机械厂", 3, 0.625, datetime(2026, 12, 1)]  # noqa: DTZ001
    assert [cell.value for cell in sheet[5]] == ["某厂", 0, "不适用", None]
    assert sheet["C4"].number_format == "0.0%"
    assert sheet["D4"].number_format == 'yyyy"年"m"月"d"日"'


def test_a_ledger_prints_on_a4_with_its_head_on_every_page() -> None:
    """Landscape, one page wide, numbered pages; on the screen the head stays."""
    sheet = the_sheet(a_book([["甲", 1, 1, DAY]]))
    assert (sheet.page_setup.orientation, sheet.page_setup.paperSize) == ("landscape", 9)
    assert sheet.sheet_properties.pageSetUpPr.fitToPage
    # One page wide is the default and not written down; as many pages long as it takes is.
    assert (sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight) == (None, 0)
    assert sheet.print_title_rows == "$3:$3"
    assert sheet.oddFooter.center.text == "第 &P 页，共 &N 页"
    assert sheet.freeze_panes == "A4"
    assert sheet.auto_filter.ref == "A3:D4"
    assert sheet.column_dimensions["A"].width == pytest.approx(30, abs=1)


def test_an_empty_ledger_and_a_ledger_of_one_column_are_ledgers() -> None:
    """Nothing found is an answer, too."""
    assert the_sheet(a_book([], filters=""))["A2"].value.startswith("筛选：全部")
    assert the_sheet(a_book([["甲"]], [Column("企业")]))["A1"].value == "隐患台账"


def test_the_same_ledger_is_the_same_file() -> None:
    """Its bytes tell nothing of the clock, so that two exports can be compared."""
    rows: list[list[object]] = [["甲", 1, 0.5, DAY]]
    assert a_book(rows) == a_book(rows)
    made = openpyxl.load_workbook(BytesIO(a_book(rows))).properties
    assert (made.created, made.creator, made.title) == (datetime(2026, 11, 23), "张三", "隐患台账")  # noqa: DTZ001


@pytest.mark.parametrize(
    "start", ["=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠", "  =", "\u3000@", "\u202e="]
)
def test_words_that_could_be_a_formula_are_marked_as_words(start: str) -> None:
    """An apostrophe stands before them, in cells, heads and title alike."""
    words = f"{start}HYPERLINK(1)"
    cell = one_cell(words)
    assert cell.data_type == "s"
    assert cell.value.startswith("'")
    assert "HYPERLINK(1)" in cell.value
    sheet = the_sheet(a_book([], [Column(words)], title=words))
    assert sheet["A1"].value.startswith("'")
    assert sheet["A3"].value.startswith("'")


@pytest.mark.parametrize("words", ["-", "+", "3-5", "a=b", "珍溪@镇", "'quoted", "http://example.com", "{=1}", "0012"])
def test_harmless_words_stay_as_they_are(words: str) -> None:
    """A lone dash means nothing to report; links and leading zeros are only words."""
    cell = one_cell(words)
    assert (cell.value, cell.data_type, cell.hyperlink, cell.number_format) == (words, "s", None, "@")


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=40))
def test_no_words_become_a_formula_or_spoil_the_file(words: str) -> None:
    """Any text at all, half characters and control characters too, gives a workbook that opens."""
    data = a_book([[words]], [Column("列")], title=words, made_by=words)
    with zipfile.ZipFile(BytesIO(data)) as archive:
        assert b"<f>" not in archive.read("xl/worksheets/sheet1.xml")
    value = the_sheet(data).cell(HEADS + 1, 1).value or ""
    assert not (len(value) > 1 and value.startswith(("=", "+", "-", "@", "\t")))
    assert not re.search("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e]", value)


def test_control_characters_and_marks_that_turn_the_text_are_removed() -> None:
    """Line breaks inside a cell stay."""
    assert one_cell("甲\x00\x07乙\u202e丙\r\n丁\x85").value == "甲乙丙\n丁"
    # Words that look like the escape of a character are themselves escaped, so that a spreadsheet shows them as typed.
    assert unescape(one_cell("_x0041_").value) == "_x0041_"


@pytest.mark.parametrize(("length", "is_cut"), [(32_767, False), (32_768, True)])
def test_a_text_longer_than_a_cell_says_that_it_was_cut(length: int, is_cut: bool) -> None:
    """A cell holds 32,767 places; what does not fit is not left out in silence."""
    value = one_cell("字" * length).value
    assert len(value) == 32_767
    assert value.endswith("未导出）") is is_cut
    rare = one_cell("𠮷" * (length // 2 + 1)).value
    assert rare.endswith("未导出）")
    assert len(rare.encode("utf-16-le")) // 2 <= 32_767


@pytest.mark.parametrize(
    ("value", "kind", "shown"),
    [
        (10**15 - 1, "number", 10**15 - 1),
        (10**15, "number", "1000000000000000"),
        (-(10**15), "number", "'-1000000000000000"),
        (Decimal("3000.15"), "number", 3000.15),
        (float("nan"), "number", "nan"),
        (float("inf"), "percent", "inf"),
        (Decimal("NaN"), "number", "NaN"),
        (Decimal("-Infinity"), "number", "'-Infinity"),
        (10**400, "number", str(10**400)),
        ("暂定", "date", "暂定"),
        (date(1899, 12, 31), "date", "1899年12月31日"),
        (date(1900, 2, 28), "date", "1900年2月28日"),
        (date(9999, 12, 31), "date", datetime(9999, 12, 31)),  # noqa: DTZ001
        (date(1, 1, 1), "date", "1年1月1日"),
        (date(2026, 11, 23), "text", "2026年11月23日"),
        (datetime(2026, 11, 22, 16, 0, tzinfo=UTC), "text", "2026年11月23日"),
        (datetime(2026, 11, 22, 15, 59, tzinfo=UTC), "text", "2026年11月22日"),
        (True, "number", "是"),
        (False, "text", "否"),
        (0, "text", "0"),
        (None, "number", None),
        ("", "text", None),
    ],
)
def test_a_value_that_a_workbook_cannot_hold_exactly_is_written_in_words(
    value: object, kind: str, shown: object
) -> None:
    """Long numbers, days before the year 1900 and what is no number at all."""
    assert one_cell(value, kind).value == shown


def test_a_sheet_holds_as_many_rows_as_excel_and_not_one_more() -> None:
    """1,048,576 rows, three of them heads."""
    whole = 1_048_573
    assert sum(1 for _ in within_sheet(("x",) for _ in range(whole))) == whole
    assert next(within_sheet([("x",)] * whole)) == ("x",)
    taken = within_sheet(("x",) for _ in range(whole + 1))
    for _ in range(whole):
        next(taken)
    with pytest.raises(LedgerTooLong, match="缩小筛选范围"):
        next(taken)


def test_a_ledger_that_is_too_long_leaves_no_file(tmp_path: Path) -> None:
    """It is refused before anything is written."""
    path = tmp_path / "台账.xlsx"
    with pytest.raises(LedgerTooLong):
        write_ledger(path, "台账", [Column("列")], [("x",)] * 1_048_574, filters="", made_on=DAY, made_by="张三")
    assert not path.exists()


def test_a_ledger_whose_rows_break_off_leaves_no_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither the half-written workbook nor its working files stay behind."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))

    def broken() -> Iterator[tuple[str]]:
        yield ("私人电话",)
        raise ConnectionError

    with pytest.raises(ConnectionError):
        write_ledger(tmp_path / "a.xlsx", "台账", [Column("列")], broken(), filters="", made_on=DAY, made_by="张三")
    assert list(tmp_path.iterdir()) == []


def test_a_ledger_takes_its_rows_one_by_one(tmp_path: Path) -> None:
    """A long ledger is never whole in memory: few rows wait at a time."""
    alive: set[int] = set()

    class Row(tuple[str]):
        __slots__ = ()

        def __new__(cls, number: int) -> Self:
            alive.add(number)
            return super().__new__(cls, (str(number),))

        def __del__(self) -> None:
            alive.discard(int(self[0]))

    most = 0

    def rows() -> Iterator[Row]:
        nonlocal most
        for number in range(3_000):
            yield Row(number)
            most = max(most, len(alive))

    path = tmp_path / "台账.xlsx"
    assert write_ledger(path, "台账", [Column("列")], rows(), filters="", made_on=DAY, made_by="张三") == 3_000
    assert the_sheet(path.read_bytes()).max_row == HEADS + 3_000
    assert most <= 3


def test_a_row_with_too_few_cells_is_the_programmers_mistake() -> None:
    """A ledger whose cells stand under the wrong heads is worse than none."""
    with pytest.raises(ValueError, match="zip"):
        a_book([["甲", 1, 0.5]])
