"""A long sheet is read some thousand rows at a time: each piece is a small workbook of its own."""

import posixpath
import re
import zipfile
from collections.abc import Iterator, Sequence
from io import BytesIO
from typing import IO, Final

from services.kernel.documents.packages import UNREADABLE, Package
from services.kernel.documents.refused import FileDamaged, FileIsBomb

PIECE_BYTES: Final = 4 * 1024 * 1024
"""Of the sheet's own text, some thousand rows of a wide table."""
MOST_CELLS: Final = 4_000_000
"""Within one piece, empty ones between the first and the last row included: each takes room when it is read."""
MOST_HEAD: Final = 4 * 1024 * 1024
SHEET_DATA = re.compile(rb"<(\w+:)?sheetData\s*(/?)>")
LAST_COLUMN: Final = 16_384
WIDTHS: Final = (
    (52, re.compile(rb"""\sr=["']([B-Zb-z][A-Za-z]|[A-Za-z]{3})""")),
    (702, re.compile(rb"""\sr=["'][A-Za-z]{3}""")),
)
"""How many columns there are at most where no cell stands beyond them."""
TOO_WIDE = "表格的范围过大：请删去数据以外的空行空列，或把数据复制到新表格，另存后再上传"
DAMAGED = "表格读不出来，可能已损坏：请用 Excel 或 WPS 打开它，另存为 .xlsx 后再上传"


def sheet_paths(package: Package) -> Sequence[str]:
    """Where the sheets of a workbook lie, in the order of its tabs."""
    book, folder = package.part(package.main), posixpath.dirname(package.main)
    targets = _targets(package)
    found = [
        targets.get(value, "")
        for sheet in book.iter("{*}sheet")
        for name, value in sheet.attrib.items()
        if name.endswith("}id")
    ]
    paths = [posixpath.normpath(posixpath.join("/", folder, target)).lstrip("/") for target in found if target]
    return [path for path in paths if path in package.archive.NameToInfo]


def _targets(package: Package) -> dict[str, str]:
    folder, name = posixpath.split(package.main)
    relations = package.part(posixpath.join(folder, "_rels", f"{name}.rels"))
    if relations is None:
        return {}
    return {one.get("Id", ""): one.get("Target", "") for one in relations.iter("{*}Relationship")}


class SheetParts:
    """One sheet of a package, cut between rows."""

    def __init__(self, package: Package, path: str, *, piece_bytes: int = PIECE_BYTES) -> None:
        self._package, self._path, self._piece_bytes = package, path, piece_bytes

    def books(self) -> Iterator[bytes]:
        """Workbooks with one sheet each, which together hold all rows; raises FileDamaged and FileIsBomb."""
        rest = [name for name in self._package.archive.namelist() if "/worksheets/" not in name and name != self._path]
        kept = {name: self._package.archive.read(name) for name in rest if self._is_needed(name)}
        for sheet in self._pieces():
            buffer = BytesIO()
            with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as book:
                for name, content in kept.items():
                    book.writestr(name, content)
                book.writestr(self._path, sheet)
            yield buffer.getvalue()

    def _is_needed(self, name: str) -> bool:
        """The parts that give the cells their meaning: pictures and drawings are left out."""
        folder = posixpath.dirname(self._package.main)
        return name == "[Content_Types].xml" or (
            name.endswith((".xml", ".rels"))
            and posixpath.dirname(name) in {folder, posixpath.join(folder, "_rels"), "_rels"}
        )

    def _pieces(self) -> Iterator[bytes]:
        try:
            with self._package.archive.open(self._path) as sheet:
                yield from self._cut(sheet)
        except UNREADABLE as error:
            raise FileDamaged(DAMAGED) from error

    def _cut(self, sheet: IO[bytes]) -> Iterator[bytes]:
        head, prefix, rest = _head(sheet)
        if not head:
            return
        row_end, data_end = b"</%brow>" % prefix, b"</%bsheetData>" % prefix
        tail = b"%b</%bworksheet>" % (data_end, prefix)
        bare_row = re.compile(rb"<%brow\b[^<>]*/>" % prefix)
        is_last = False
        while not is_last:
            rest += sheet.read(self._piece_bytes)
            end = rest.find(data_end)
            is_last = end >= 0
            cut = end if is_last else rest.rfind(row_end) + len(row_end)
            if not is_last and cut < len(row_end):
                raise FileDamaged(DAMAGED)
            if rows := bare_row.sub(b"", rest[:cut]).strip():
                _require_room(rows, prefix)
                yield head + rows + tail
            rest = rest[cut:]


def _head(sheet: IO[bytes]) -> tuple[bytes, bytes, bytes]:
    """What stands before the rows, the prefix of the names, and the first of the rows; nothing where there are none."""
    start = b""
    while len(start) < MOST_HEAD and (more := sheet.read(64 * 1024)):
        start += more
        if found := SHEET_DATA.search(start):
            prefix = found[1] or b""
            if found[2]:
                return b"", prefix, b""
            opened = start[: found.start()] + b"<%bsheetData>" % prefix
            return opened, prefix, start[found.end() :]
    raise FileDamaged(DAMAGED)


def _require_room(rows: bytes, prefix: bytes) -> None:
    """Two cells at the far corners of a sheet claim everything between them; cells without a place stand side by side."""
    numbers = [int(number) for number in re.findall(rb"<%brow\b[^<>]*?\sr=[\"'](\d+)" % prefix, rows)]
    height = max(numbers, default=1) - min(numbers, default=1) + rows.count(b"<%brow" % prefix)
    width = next((most for most, beyond in WIDTHS if not beyond.search(rows)), LAST_COLUMN)
    if rows.count(b"<%bc" % prefix) > rows.count(b"<%bc r=" % prefix):
        width += len(re.findall(rb"<%bc\b(?![^<>]*\sr=)" % prefix, rows))
    if height * width > MOST_CELLS:
        raise FileIsBomb(TOO_WIDE)


def written_rows(package: Package, path: str) -> int:
    """How many rows a sheet writes down; one that falls between two pieces may be missed."""
    with package.archive.open(path) as sheet:
        return sum(piece.count(b"</row>") for piece in iter(lambda: sheet.read(PIECE_BYTES), b""))
