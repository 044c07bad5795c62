"""The rows of an office's own table, as the words that stand in its cells; a long table is never in memory as a whole."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime, time
from io import BytesIO

from python_calamine import CalamineError, CalamineWorkbook

from services.kernel.documents.kinds import Kind, kind_of, require_size
from services.kernel.documents.packages import Package, PackageKind, old_office_file, open_package
from services.kernel.documents.pieces import SheetParts, sheet_paths, written_rows
from services.kernel.documents.refused import FileDamaged, FileKindRefused, FileRefused

MOST_COLUMNS = 60
UNREADABLE = "表格读不出来，可能已损坏：请用 Excel 或 WPS 打开它，另存为 .xlsx 后再上传"


class SheetTooLong(FileRefused):
    """A table has more rows than are read at once."""


def read_sheet(data: bytes, *, most_rows: int) -> Sequence[Sequence[str]]:
    """The rows of the first sheet of an .xlsx that has any, each cell as the words that people see; at most sixty columns.

    Raises FileRefused: another kind of file, a damaged one, macros, a bomb, too long.
    """
    rows: list[list[str]] = []
    for number, cells in sheet_rows(data, most_rows=most_rows):
        rows += [[] for _ in range(number - len(rows) - 1)]
        rows.append(cells)
    return rows


def sheet_rows(data: bytes, *, most_rows: int) -> Iterator[tuple[int, list[str]]]:
    """The rows that hold anything, one after the other, each with its number in the sheet; else as `read_sheet`."""
    package = open_sheet(data)
    for path in sheet_paths(package):
        found = False
        for row in _rows(package, path, most_rows):
            found = True
            yield row
        if found:
            return


def open_sheet(data: bytes) -> Package:
    """The package of an .xlsx; raises FileRefused for anything else."""
    require_size(data)
    if kind_of(data) is Kind.OLE:
        raise old_office_file(data)
    if kind_of(data) is not Kind.ZIP or (package := open_package(data)).kind is not PackageKind.XLSX:
        raise FileKindRefused("请上传 .xlsx 表格；.xls 或 .csv 请先用 Excel 或 WPS 另存为 .xlsx")
    return package


def _rows(package: Package, path: str, most_rows: int) -> Iterator[tuple[int, list[str]]]:
    count = 0
    try:
        for piece in SheetParts(package, path).books():
            sheet = CalamineWorkbook.from_filelike(BytesIO(piece)).get_sheet_by_index(0)
            above, before = sheet.start or (0, 0)
            for number, row in enumerate(sheet.to_python(), above + 1):
                cells = [""] * before + [cell if type(cell) is str else _words(cell) for cell in row]
                del cells[MOST_COLUMNS:]
                if not any(cells):
                    continue
                count += 1
                if count > most_rows:
                    raise SheetTooLong(f"一次最多读 {most_rows} 行，请分成几个文件上传")
                yield number, cells
    except (CalamineError, ValueError) as error:
        raise FileDamaged(UNREADABLE) from error


def _words(cell: object) -> str:
    """A number without decimals is written as people typed it, a day as 2026-11-23."""
    if isinstance(cell, bool):
        return "是" if cell else "否"
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if isinstance(cell, datetime):
        return cell.isoformat(sep=" ") if cell.time() != time() else cell.date().isoformat()
    return cell.isoformat() if isinstance(cell, date) else str(cell).strip()


def rows_about(data: bytes) -> int:
    """How many rows the longest sheet has, empty ones included, without reading them: for the bar that shows how far it is."""
    package = open_sheet(data)
    return max((written_rows(package, path) for path in sheet_paths(package)), default=0)
