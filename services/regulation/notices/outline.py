"""Which lines of the body open an item, and under which other item each stands."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from services.regulation.notices.labels import Label, Rank, label_of
from services.regulation.notices.tables import is_row
from services.regulation.notices.text import Line, ends_sentence


@dataclass(frozen=True, slots=True)
class Mark:
    """The opening of an item: where it stands, its sign, and the mark above it as an index."""

    start: int
    label: Label
    parent: int | None


_DASH_WITHIN = re.compile(r"(?<=[。;!]) ?(?=[—–―─]{2})")
_SHORT = 30


def read_outline(lines: Sequence[Line]) -> list[Mark]:
    """The items in the order of the paper; a sign in the middle of a broken sentence opens nothing."""
    reader = _Reader()
    for line in lines:
        for part in _parts(line):
            reader.read(part)
    return reader.marks


def _parts(line: Line) -> Iterable[Line]:
    """A line, parted before each —— that follows a complete sentence."""
    low = 0
    for found in _DASH_WITHIN.finditer(line.words):
        if found.end() > low:
            yield Line(line.start + low, line.start + found.start(), line.words[low : found.start()])
            low = found.end()
    yield Line(line.start + low, line.stop, line.words[low:])


class _Reader:
    def __init__(self) -> None:
        self.marks: list[Mark] = []
        self._open: list[tuple[Rank, int]] = []
        self._last: dict[Rank, int] = {}
        self._before: Line | None = None
        self._before_opened = False

    def read(self, line: Line) -> None:
        label = label_of(line.words)
        continues_table = is_row(line.words) and self._before is not None and is_row(self._before.words)
        opens = label is not None and not continues_table and self._fits(label)
        if label is not None and opens:
            self._add(line, label)
        self._before, self._before_opened = line, opens

    def _fits(self, label: Label) -> bool:
        if label.ordinal is None or self._before is None or ends_sentence(self._before.words):
            return True
        if self._before_opened and len(self._before.words) < _SHORT and "," not in self._before.words:
            return True
        return label.ordinal in (1, self._last.get(label.rank, 0) + 1)

    def _add(self, line: Line, label: Label) -> None:
        while self._open and self._open[-1][0] >= label.rank:
            self._open.pop()
        parent = self._open[-1][1] if self._open else None
        self._open.append((label.rank, len(self.marks)))
        self._last[label.rank] = label.ordinal or 0
        self.marks.append(Mark(line.start, label, parent))
