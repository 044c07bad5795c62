"""The labels that Word puts before paragraphs by itself: they are on the screen and on the paper, but not in the text."""

import re
from dataclasses import dataclass, field
from typing import Any

from services.kernel.documents.numerals import spell


@dataclass(frozen=True, slots=True)
class Level:
    """One level of a list: how it counts and what it writes."""

    start: int = 1
    style: str = "decimal"
    text: str = ""
    is_spaced: bool = True
    is_legal: bool = False
    restarts_after: int | None = None
    paragraph_style: str = ""


@dataclass(slots=True)
class List:
    """A list as the document uses it: an abstract list, whose count is shared, with this use's own changes."""

    abstract: str
    levels: dict[int, Level]
    restarts: dict[int, int]
    begun: set[int] = field(default_factory=set)


@dataclass(frozen=True, slots=True)
class Style:
    """What a paragraph style says about numbering."""

    name: str
    based_on: str
    list_id: str | None
    level: int | None


def child(element: Any, *path: str) -> Any:
    """The first descendant along the path of local names, or None."""
    for name in path:
        element = element if element is None else next(element.iterchildren(f"{{*}}{name}"), None)
    return element


def value_of(element: Any, *path: str) -> str | None:
    """The `val` of the first descendant along the path, or None."""
    found = child(element, *path)
    return None if found is None else attribute(found, "val")


def attribute(element: Any, name: str) -> str | None:
    """An attribute by its local name: transitional and strict files differ in the namespace."""
    return next((value for key, value in element.attrib.items() if key.rpartition("}")[2] == name), None)


def number(text: str | None) -> int | None:
    """A small whole number, or None for anything else."""
    return int(text) if text and re.fullmatch(r"-?[0-9]{1,9}", text) else None


class Numbering:
    """The lists and styles of one document, and how far each list has counted."""

    def __init__(self, numbering: Any, styles: Any) -> None:
        self.styles = {} if styles is None else dict(map(_style, styles.iterfind("{*}style")))
        self.default = "" if styles is None else _default_style(styles)
        self.lists = {} if numbering is None else self._read_lists(numbering)
        self.counts: dict[str, dict[int, int]] = {}

    def style_name(self, paragraph: Any) -> str:
        """The name of the paragraph's style in small letters."""
        style = self.styles.get(value_of(paragraph, "pPr", "pStyle") or self.default)
        return style.name if style else ""

    def label(self, paragraph: Any) -> str:
        """What Word writes before this paragraph; calls come in the order of the document."""
        used, depth = self._place(paragraph)
        if used is None or depth not in used.levels:
            return ""
        self._count(used, depth)
        return _written(used.levels, depth, self.counts[used.abstract])

    def _place(self, paragraph: Any) -> tuple[List | None, int]:
        list_id = value_of(paragraph, "pPr", "numPr", "numId")
        depth = number(value_of(paragraph, "pPr", "numPr", "ilvl"))
        if list_id is None:
            list_id, styled = self._place_by_style(value_of(paragraph, "pPr", "pStyle") or self.default)
            depth = styled if depth is None else depth
        return self.lists.get(list_id or ""), depth or 0

    def _place_by_style(self, name: str) -> tuple[str | None, int | None]:
        chain = self._with_bases(name)
        carrier = next((style for _, style in chain if style.list_id is not None), None)
        if carrier is None or (used := self.lists.get(carrier.list_id or "")) is None:
            return None, None
        # A level may name the style that it numbers; the paragraph's own style goes before those it is based on.
        levels = {level.paragraph_style: depth for depth, level in used.levels.items() if level.paragraph_style}
        named = (levels[style_id] for style_id, _ in chain if style_id in levels)
        return carrier.list_id, next(named, carrier.level)

    def _with_bases(self, name: str) -> list[tuple[str, Style]]:
        chain: list[tuple[str, Style]] = []
        while name in self.styles and all(name != seen for seen, _ in chain):
            chain.append((name, self.styles[name]))
            name = self.styles[name].based_on
        return chain

    def _count(self, used: List, depth: int) -> None:
        counts = self.counts.setdefault(used.abstract, {})
        begins = depth in used.restarts and depth not in used.begun
        used.begun.add(depth)
        if begins or depth not in counts:
            counts[depth] = used.restarts.get(depth, used.levels[depth].start)
        else:
            counts[depth] += 1
        for deeper in [at for at in counts if at > depth]:
            after = used.levels[deeper].restarts_after if deeper in used.levels else None
            if after is None or depth < after:
                del counts[deeper]

    def _read_lists(self, numbering: Any) -> dict[str, List]:
        abstract = {attribute(one, "abstractNumId") or "": one for one in numbering.iterfind("{*}abstractNum")}
        uses = {attribute(one, "numId") or "": one for one in numbering.iterfind("{*}num")}
        return {key: self._read_list(use, abstract, uses) for key, use in uses.items() if key != "0"}

    def _read_list(self, use: Any, abstract: dict[str, Any], uses: dict[str, Any]) -> List:
        key = value_of(use, "abstractNumId") or ""
        # A list may only name a list style, which names the use of the list that holds the levels.
        if (link := value_of(abstract.get(key), "numStyleLink")) and link in self.styles:
            key = value_of(uses.get(self.styles[link].list_id or ""), "abstractNumId") or key
        source = abstract.get(key)
        levels = {} if source is None else dict(map(_level, source.iterfind("{*}lvl")))
        restarts = {}
        for change in use.iterfind("{*}lvlOverride"):
            depth = number(attribute(change, "ilvl")) or 0
            if (own := child(change, "lvl")) is not None:
                levels[depth] = _level(own)[1]
            if (start := number(value_of(change, "startOverride"))) is not None:
                restarts[depth] = start
        return List(key, levels, restarts)


def _written(levels: dict[int, Level], depth: int, counts: dict[int, int]) -> str:
    level = levels[depth]

    def counted(match: re.Match[str]) -> str:
        at = int(match[1]) - 1
        if at not in levels or at > depth:
            return ""
        style = "decimal" if level.is_legal and levels[at].style != "none" else levels[at].style
        return spell(counts.get(at, levels[at].start), style)

    if level.style == "bullet":
        # Word's bullets are characters of symbol fonts, which no other font has.
        label = "•" if re.search("[\ue000-\uf8ff]", level.text) else level.text
    else:
        label = re.sub(r"%([1-9])", counted, level.text)
    return f"{label} " if label and label[-1].isascii() and level.is_spaced else label


def _level(element: Any) -> tuple[int, Level]:
    start, text = number(value_of(element, "start")), value_of(element, "lvlText")
    level = Level(
        start=1 if start is None else start,
        style=_number_style(element),
        text=(text or "")[:64],
        is_spaced=value_of(element, "suff") != "nothing",
        is_legal=child(element, "isLgl") is not None and value_of(element, "isLgl") not in {"0", "false", "off"},
        restarts_after=number(value_of(element, "lvlRestart")),
        paragraph_style=value_of(element, "pStyle") or "",
    )
    return number(attribute(element, "ilvl")) or 0, level


def _number_style(element: Any) -> str:
    # Newer styles stand beside a plain one for older programs.
    plain = value_of(element, "numFmt") or value_of(element, "AlternateContent", "Fallback", "numFmt")
    return plain or value_of(element, "AlternateContent", "Choice", "numFmt") or "decimal"


def _style(element: Any) -> tuple[str, Style]:
    style = Style(
        name=(value_of(element, "name") or "").lower(),
        based_on=value_of(element, "basedOn") or "",
        list_id=value_of(element, "pPr", "numPr", "numId"),
        level=number(value_of(element, "pPr", "numPr", "ilvl")),
    )
    return attribute(element, "styleId") or "", style


def _default_style(styles: Any) -> str:
    for element in styles.iterfind("{*}style"):
        if attribute(element, "type") == "paragraph" and attribute(element, "default") in {"1", "true", "on"}:
            return attribute(element, "styleId") or ""
    return ""
