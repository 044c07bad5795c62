"""The rows of an uploaded ledger, read as facts of enterprises."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import chain, islice
from typing import Any, Final

import msgspec

from services.kernel.documents import sheet_rows
from services.supervision.imports.heads import WITHIN, Heads, heads_among
from services.supervision.registry import BY_NAME

MOST_ROWS: Final = 200_000
REMEMBERED: Final = 5_000
"""So many spellings of one column are read once only: most columns have few."""
HINT, EXAMPLE = "填写说明：", "【示例"
"""What the row of hints and the example of the template begin with; both are no enterprises."""
QUOTED: Final = tuple("'" + sign for sign in "=+-@＝＋－＠")


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """One row of the sheet: its cells as they were written, the values that were read, and what could not be read."""

    number: int
    cells: Sequence[str]
    values: dict[str, Any]
    wrong: dict[str, str]


class Ledger:
    """One uploaded file, read from its first row to its last as often as it is asked for."""

    def __init__(self, data: bytes) -> None:
        """Raises FileRefused, also where there are no heads."""
        self._data = data
        first = list(islice(self._lines(), WITHIN))
        self.heads: Heads = heads_among(first)
        self._fields = [(name, BY_NAME[name], place) for name, place in self.heads.places.items()]
        self._memory: dict[str, dict[str, tuple[Any, str]]] = {name: {} for name in self.heads.places}

    def _lines(self) -> Iterator[tuple[int, list[str]]]:
        return sheet_rows(self._data, most_rows=MOST_ROWS)

    def rows(self) -> Iterator[Row]:
        """Every row below the heads that is neither hint nor example."""
        name = self.heads.places["name"]
        for number, cells in self._lines():
            if number <= self.heads.row or _is_ours(cells[name] if name < len(cells) else ""):
                continue
            yield self._row(number, cells)

    def returned(self, reasons: Mapping[int, str]) -> Iterator[Sequence[str]]:
        """The rows of those numbers as they were uploaded, each after its reason."""
        width = len(self.heads.words)
        for number, cells in self._lines():
            if number in reasons:
                yield [reasons[number], *cells[:width], *[""] * (width - len(cells))]

    def _row(self, number: int, cells: Sequence[str]) -> Row:
        values: dict[str, Any] = {}
        wrong: dict[str, str] = {}
        for name, field, place in self._fields:
            cell = cells[place] if place < len(cells) else ""
            known = self._memory[name]
            if cell not in known:
                if len(known) > REMEMBERED:
                    known.clear()
                known[cell] = _read(field, cell)
            value, reason = known[cell]
            if reason:
                wrong[name] = reason
            else:
                values[name] = value
        return Row(number=number, cells=cells, values=values, wrong=wrong)


def batches(rows: Iterator[Row], size: int) -> Iterator[list[Row]]:
    """The rows, so many at a time."""
    for first in rows:
        yield list(chain([first], islice(rows, size - 1)))


def _read(field: Any, cell: str) -> tuple[Any, str]:
    """The value and no reason, or no value and the reason."""
    try:
        # The apostrophe kept an exported cell from being a formula; it is no part of the words.
        return field.read(cell[1:] if cell.startswith(QUOTED) else cell), ""
    except ValueError as bad:
        return None, str(bad)


def _is_ours(name: str) -> bool:
    return name.startswith((HINT, EXAMPLE))
