"""An empty table to fill in: heads, a hint below each, an example, and lists to choose from."""

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, BinaryIO, Final

import xlsxwriter  # type: ignore[import-untyped,unused-ignore]

FILLED_ROWS: Final = 5000
"""So many rows offer the lists."""
CHOICES: Final = "选项"


@dataclass(frozen=True, slots=True)
class BlankColumn:
    """One column to fill in."""

    head: str
    hint: str
    example: str
    choices: Sequence[str] = ()
    must: bool = False
    width: float = 14


def write_blank(
    target: BinaryIO, name: str, columns: Sequence[BlankColumn], *, notes: Sequence[Sequence[str]], notes_name: str
) -> None:
    """Write the table and, on a second sheet, the notes (the first row of them is a head)."""
    with tempfile.TemporaryDirectory(prefix="anzhen-blank-") as folder:
        book = xlsxwriter.Workbook(target, {"tmpdir": folder, "strings_to_formulas": False})
        sheet = book.add_worksheet(name)
        _write_notes(book, book.add_worksheet(notes_name), notes)
        choices = book.add_worksheet(CHOICES)
        choices.hide()
        looks = _looks(book)
        for place, column in enumerate(columns):
            _write_column(sheet, choices, place, column, looks)
        sheet.set_row(0, 32)
        sheet.set_row(1, 48)
        sheet.freeze_panes(2, 1)
        sheet.set_landscape()
        sheet.repeat_rows(0)
        sheet.activate()
        book.close()


def _looks(book: Any) -> dict[str, Any]:
    shape = {"border": 1, "valign": "vcenter", "text_wrap": True}
    return {
        "head": book.add_format(shape | {"bold": True, "align": "center", "bg_color": "#E8EEF7"}),
        "must": book.add_format(
            shape | {"bold": True, "align": "center", "bg_color": "#FBE3E1", "font_color": "#A8201A"}
        ),
        "hint": book.add_format(shape | {"font_size": 9, "font_color": "#6B7280", "bg_color": "#F5F5F5"}),
        "example": book.add_format(shape | {"italic": True, "font_color": "#6B7280", "num_format": "@"}),
        "cell": book.add_format({"num_format": "@"}),
    }


def _write_column(sheet: Any, choices: Any, place: int, column: BlankColumn, looks: dict[str, Any]) -> None:
    sheet.set_column(place, place, column.width, looks["cell"])
    sheet.write_string(
        0, place, f"{column.head}*" if column.must else column.head, looks["must" if column.must else "head"]
    )
    sheet.write_string(1, place, column.hint, looks["hint"])
    sheet.write_string(2, place, column.example, looks["example"])
    if not column.choices:
        return
    choices.write_column(0, place, column.choices)
    letters = xlsxwriter.utility.xl_col_to_name(place, col_abs=True)
    sheet.data_validation(
        3,
        place,
        FILLED_ROWS,
        place,
        {
            "validate": "list",
            "source": f"='{CHOICES}'!{letters}$1:{letters}${len(column.choices)}",
            "error_type": "warning",
            "error_title": "请从列表中选择",
            "error_message": "这一格通常从列表中选择；确需另写的，上传后会核对",
        },
    )


def _write_notes(book: Any, sheet: Any, notes: Sequence[Sequence[str]]) -> None:
    head = book.add_format({"bold": True, "border": 1, "bg_color": "#E8EEF7"})
    cell = book.add_format({"border": 1, "text_wrap": True, "valign": "top", "num_format": "@"})
    sheet.set_column(0, 0, 24)
    sheet.set_column(1, 1, 70)
    for number, row in enumerate(notes):
        for place, words in enumerate(row):
            sheet.write_string(number, place, words, cell if number else head)
