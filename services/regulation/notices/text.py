"""The characters of a paper: line ends, widths, page numbers and the unbroken flow of its words."""

import re
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass

Span = tuple[int, int]

_ZERO_WIDTH = "\ufeff\u200b\u200c\u200d\u2060\x00"
_BREAKS = str.maketrans(dict.fromkeys("\x0b\x0c\x1c\x1d\x1e\x85\u2028\u2029", "\n"))
_WIDE = {chr(code): chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F)}
_ALIKE = {
    "\u3000": " ",
    "\xa0": " ",
    "﹪": "%",
    "﹒": ".",
    "［": "〔",
    "］": "〕",
    "[": "〔",
    "]": "〕",
    "【": "〔",
    "】": "〕",
}
_FOLD = str.maketrans({**_WIDE, **_ALIKE, **dict.fromkeys(_ZERO_WIDTH, " ")})
_DASH = r"[-—–―─_~·•]{1,3}"
_PAGE_NUMBER = re.compile(
    rf"{_DASH} ?\d{{1,4}} ?{_DASH}|第? ?\d{{1,4}} ?页(?: ?[,/，、]? ?共 ?\d{{1,4}} ?页)?|\d{{1,4}} ?/ ?\d{{1,4}}|[Pp]age ?\d{{1,4}}(?: of \d{{1,4}})?"
)
_BARE_NUMBER = re.compile(r"\d{1,3}")
_LONGEST_MARK = 24
_GAP = re.compile(rf"(?:[^\S\t]|[{_ZERO_WIDTH}])+")
_LATIN = re.compile(r"[A-Za-z0-9]")
_END = "。!?;:…"
_CLOSERS = "”’\"')〕》"


def normalise(text: str) -> str:
    """Line ends are line feeds, whatever system wrote the paper; all spans count code points of this result."""
    return text.replace("\r\n", "\n").replace("\r", "\n").translate(_BREAKS)


def fold(text: str) -> str:
    """Full-width digits, letters and brackets become half-width, one code point for one, so that offsets stay."""
    return text.translate(_FOLD)


@dataclass(frozen=True, slots=True)
class Line:
    """A line with words on it: where they begin and end, and the words with widths folded."""

    start: int
    stop: int
    words: str


def ends_sentence(words: str) -> bool:
    """A line that ends so is complete; the next one begins something new."""
    return words.rstrip(_CLOSERS)[-1:] in _END or words[-1:] in _CLOSERS


class Flow:
    """The words of a paper without blanks, breaks and page numbers, each still knowing where it stood."""

    __slots__ = ("at", "words")

    def __init__(self, words: str, at: list[int]) -> None:
        """`at[i]` is the offset of `words[i]` in the paper."""
        self.words, self.at = words, at

    def part(self, start: int, stop: int) -> "Flow":
        """The flow between two offsets of the paper."""
        low, high = bisect_left(self.at, start), bisect_left(self.at, stop)
        return Flow(self.words[low:high], self.at[low:high])

    def span(self, start: int, stop: int) -> Span:
        """Where a stretch of the flow stands in the paper; the stretch is not empty."""
        return self.at[start], self.at[stop - 1] + 1


class Paper:
    """A normalised paper seen as lines, page numbers and flow."""

    __slots__ = ("flow", "folded", "lines", "page_marks", "text")

    def __init__(self, text: str) -> None:
        """`text` has come through `normalise`."""
        self.text, self.folded = text, fold(text)
        everything = list(_lines(self.folded))
        marks = [_is_page_number(everything, i) for i in range(len(everything))]
        self.lines = [line for line, mark in zip(everything, marks, strict=True) if line.words and not mark]
        self.page_marks = tuple((line.start, line.stop) for line, mark in zip(everything, marks, strict=True) if mark)
        self.flow = self._flow()

    def _flow(self) -> Flow:
        words, at = [], []
        for line in self.lines:
            for offset in range(line.start, line.stop):
                if not self.folded[offset].isspace():
                    words.append(self.folded[offset])
                    at.append(offset)
        return Flow("".join(words), at)

    def lines_between(self, start: int, stop: int) -> Iterator[Line]:
        """The lines of a stretch, cut where the stretch begins and ends."""
        first = max(0, bisect_left(self.lines, start, key=lambda line: line.start) - 1)
        for index in range(first, len(self.lines)):
            line = self.lines[index]
            if line.start >= stop:
                return
            low, high = max(line.start, start), min(line.stop, stop)
            words = self.folded[low:high]
            if words.strip():
                low += len(words) - len(words.lstrip())
                yield Line(low, low + len(words.strip()), words.strip())

    def clean(self, start: int, stop: int) -> str:
        """The words of a stretch as an official would retype them: broken lines joined, page numbers left out."""
        joined = ""
        parts = []
        for line in self.lines_between(start, stop):
            words = _tidy(self.text[line.start : line.stop])
            gap = " " if _LATIN.match(joined[-1:]) and _LATIN.match(words[:1]) else ""
            parts.append(gap + words)
            joined = words
        return "".join(parts)


def _lines(folded: str) -> Iterator[Line]:
    start = 0
    for raw in folded.split("\n"):
        words = raw.strip()
        low = start + len(raw) - len(raw.lstrip())
        yield Line(low, low + len(words), words)
        start += len(raw) + 1


def _is_page_number(lines: list[Line], index: int) -> bool:
    words = lines[index].words
    if len(words) > _LONGEST_MARK or not words:
        return False
    if _PAGE_NUMBER.fullmatch(_GAP.sub(" ", words)):
        return True
    alone = not any(line.words for line in lines[max(0, index - 1) : index] + lines[index + 1 : index + 2])
    return alone and _BARE_NUMBER.fullmatch(words) is not None


def _tidy(words: str) -> str:
    """Blanks stay only between Latin words; a tab parts the cells of a table."""
    stripped = words.strip().strip(_ZERO_WIDTH)
    return _GAP.sub(lambda gap: _kept(stripped, gap), stripped)


def _kept(words: str, gap: re.Match[str]) -> str:
    before, after = words[gap.start() - 1 : gap.start()], words[gap.end() : gap.end() + 1]
    return " " if _LATIN.match(before) and _LATIN.match(after) else ""
