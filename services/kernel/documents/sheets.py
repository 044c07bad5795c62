"""The rows of an office's own table, as the words that stand in its cells."""

from collections.abc import Sequence
from datetime import date, datetime, time
from io import BytesIO

from python_calamine import CalamineError, CalamineWorkbook

from services.kernel.documents.kinds import require_size
from services.kernel.documents.packages import PackageKind, open_package
from services.kernel.documents.refused import FileDamaged, FileKindRefused, FileRefused

MOST_COLUMNS = 60


class SheetTooLong(FileRefused):
    """A table has more rows than are read at once."""


def read_sheet(data: bytes, *, most_rows: int) -> Sequence[Sequence[str]]:
    """The rows of the first sheet of an .xlsx that has any, each cell as the words that people see; at most sixty columns.

    Raises FileRefused: another kind of file, a damaged one, macros, a bomb, too long.
    """
    require_size(data)
    if open_package(data).kind is not PackageKind.XLSX:
        raise FileKindRefused("请上传 .xlsx 表格；.xls 或 .csv 请先用 Excel 或 WPS 另存为 .xlsx")
    try:
        book = CalamineWorkbook.from_filelike(BytesIO(data))
        sheets = (book.get_sheet_by_name(name) for name in book.sheet_names)
        sheet = next((one for one in sheets if one.total_height), None)
        if sheet is None:
            return []
        if sheet.total_height > most_rows:
            raise SheetTooLong(f"一次最多读 {most_rows} 行，请分成几个文件上传")
        return [[_words(cell) for cell in row[:MOST_COLUMNS]] for row in sheet.to_python()]
    except (CalamineError, ValueError) as error:
        raise FileDamaged("表格读不出来，可能已损坏：请用 Excel 或 WPS 打开它，另存为 .xlsx 后再上传") from error


def _words(cell: object) -> str:
    """A number without decimals is written as people typed it, a day as 2026-11-23."""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if isinstance(cell, datetime):
        return cell.isoformat(sep=" ") if cell.time() != time() else cell.date().isoformat()
    return cell.isoformat() if isinstance(cell, date) else str(cell).strip()
