"""Tables inside the body: lines whose cells are parted by tabs, read by the words of their first row."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from services.regulation.notices.labels import label_of
from services.regulation.notices.text import Line

_CELLS_PARTED = re.compile(r"\S[^\S\t]*\t[^\S\t]*\S")
_COLUMNS: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("label", re.compile(r"序号|编号")),
    ("due", re.compile(r"时限|时间|期限|日期")),
    ("owners", re.compile(r"责任|牵头|配合|单位|部门")),
    ("heading", re.compile(r"任务|内容|事项|项目|目标|要求|措施|工作")),
)

_LONGEST_NAME = 12


@dataclass(frozen=True, slots=True)
class Columns:
    """Which column of a table says what; a column that says nothing known belongs to the text."""

    names: tuple[str, ...]

    @property
    def lists_items(self) -> bool:
        """The rows below are items of the plan, for one column names them."""
        return "heading" in self.names


def is_row(words: str) -> bool:
    """A line with at least two filled cells; the tab behind a sign such as 1. parts no cells."""
    label = label_of(words)
    return _CELLS_PARTED.search(words[label.length :] if label else words) is not None


def columns_of(line: Line) -> Columns:
    """The columns that a first row names; each name is given once."""
    names: list[str] = []
    for cell in line.words.split("\t"):
        name = next((name for name, words in _COLUMNS if words.search(cell) and len(cell) <= _LONGEST_NAME), "text")
        names.append("text" if name == "heading" and name in names else name)
    return Columns(tuple(names))


def cells(words: str, columns: Columns) -> dict[str, str]:
    """The cells of a row under the names of their columns; what stands beyond the last column is text."""
    found: dict[str, list[str]] = {}
    for index, cell in enumerate(words.split("\t")):
        name = columns.names[index] if index < len(columns.names) else "text"
        if cell.strip():
            found.setdefault(name, []).append(cell.strip())
    return {name: "；".join(values) for name, values in found.items()}


def row_starts(lines: Sequence[Line]) -> list[tuple[int, bool]]:
    """Where rows begin among the lines of an item, and where plain text goes on after them (False)."""
    starts: list[tuple[int, bool]] = []
    for line in lines:
        row = is_row(line.words)
        if row or (starts and starts[-1][1]):
            starts.append((line.start, row))
    return starts
