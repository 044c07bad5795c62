"""Where the heading of an item ends and its text begins."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from services.regulation.notices.kinds import known_area
from services.regulation.notices.text import Line, Paper, Span, ends_sentence

_INLINE = re.compile(r"[。:]")
_SENTENCE = re.compile(r"[。;!?]")
_LONGEST, _TITLE = 60, 30
_UNFINISHED = re.compile(r"(?:[,、(《“‘—]|[的和与及对在以为将把])$")
_CARRIES_ON = re.compile(r"[,。、;:!?)》”’]")
_PAIRS = ("“”", "()", "《》", "‘’")


@dataclass(frozen=True, slots=True)
class Head:
    """The heading of an item, where its text begins, and whether the heading has lines of its own."""

    heading: str
    text_start: int
    own_line: bool


def is_inline(paper: Paper, words: Span) -> bool | None:
    """Whether the first line of an item carries a heading with a full stop and goes on; None where nothing can be told."""
    lines = _first_lines(paper, words)
    if not lines:
        return None
    found = _INLINE.search(lines[0].words[:_LONGEST])
    if found:
        return found.end() < len(lines[0].words) or len(lines) > 1
    return False if len(lines) > 1 else None


def head_of(paper: Paper, words: Span, *, inline: bool) -> Head:
    """Part the words of an item (after its sign); `inline` says that its kin write `heading。text`."""
    lines = _first_lines(paper, words)
    if not lines:
        return Head("", words[1], own_line=False)
    own = _heading_lines(lines, inline=inline)
    if own:
        start = lines[own].start if own < len(lines) else words[1]
        return Head(paper.clean(words[0], lines[own - 1].stop).rstrip("。:："), start, own_line=True)
    return _inline_head(paper, words, lines)


def _first_lines(paper: Paper, words: Span) -> list[Line]:
    """As many lines as a heading can touch."""
    found: list[Line] = []
    for line in paper.lines_between(*words):
        found.append(line)
        if len(found) > 1 and sum(len(known.words) for known in found) > 3 * _LONGEST:
            break
    return found


def _heading_lines(lines: Sequence[Line], *, inline: bool) -> int:
    """How many lines the heading takes for itself; 0 where heading and text share a line."""
    first = lines[0].words
    if _SENTENCE.search(first) or len(first) > _LONGEST:
        return 0
    if known_area(first) is not None or len(lines) == 1:
        return 1
    count = 1
    while count < len(lines) and _wrapped(lines, count) and not _SENTENCE.search(lines[count - 1].words):
        count += 1
    joined = "".join(line.words for line in lines[:count])
    if _SENTENCE.search(joined) or len(joined) > _LONGEST:
        return 0
    whole = "".join(line.words for line in lines)
    if not _SENTENCE.search(whole) and len(whole) <= _LONGEST:
        return len(lines)
    sentence = _SENTENCE.search(whole)
    return 0 if inline and sentence and sentence.start() <= _LONGEST else count


def _wrapped(lines: Sequence[Line], count: int) -> bool:
    """The heading surely goes on in the next line: an open bracket or quotation, or a word that wants another."""
    joined = "".join(line.words for line in lines[:count])
    unbalanced = any(joined.count(pair[0]) > joined.count(pair[1]) for pair in _PAIRS)
    return bool(unbalanced or _UNFINISHED.search(joined) or _CARRIES_ON.match(lines[count].words))


def _inline_head(paper: Paper, words: Span, lines: Sequence[Line]) -> Head:
    flow = paper.flow.part(words[0], lines[-1].stop)
    found = _INLINE.search(flow.words[: _LONGEST + 1])
    if not found or (found[0] == ":" and _looks_like_text(flow.words[: found.start()])):
        return Head("", words[0], own_line=False)
    stop, rest = flow.at[found.start()], flow.words[found.end() :]
    heading = paper.clean(words[0], stop)
    if rest:
        return Head(heading, flow.at[found.end()], own_line=False)
    short = len(heading) <= _TITLE and "，" not in heading and "," not in heading
    return Head(heading, words[1], own_line=True) if short else Head("", words[0], own_line=False)


def _looks_like_text(words: str) -> bool:
    return len(words) > _TITLE or any(sign in words for sign in "，,(《;")


def paragraphs(paper: Paper, words: Span) -> list[int]:
    """Where paragraphs begin: a line after a complete sentence."""
    starts, complete = [], True
    for line in paper.lines_between(*words):
        if complete:
            starts.append(line.start)
        complete = ends_sentence(line.words) and line.words[-1] not in ":,、"
    return starts
