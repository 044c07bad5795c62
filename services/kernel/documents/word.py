"""The words of a Word document in the order in which its reader meets them."""

from typing import Any

from services.kernel.documents.numbering import Numbering, attribute, child, value_of

SIGNS = {"tab": "\t", "ptab": "\t", "br": "\n", "cr": "\n", "noBreakHyphen": "-"}
BOXES = {"\uf0a8": "□", "\uf06f": "□", "\uf0fe": "☑", "\uf052": "☑", "\uf0fc": "✓", "\uf050": "✓", "\uf0b7": "•"}
"""Ticks and squares of the fonts Wingdings, Wingdings 2 and Symbol."""
INLINE = {
    *("hyperlink", "ins", "moveTo", "smartTag", "sdt", "sdtContent", "fldSimple", "dir", "bdo", "customXml"),
    *("ruby", "rubyBase", "oMath", "oMathPara", "AlternateContent", "Choice", "Fallback"),
}
BLOCKS = {"sdt", "sdtContent", "ins", "moveTo", "customXml", "smartTag", "AlternateContent", "Choice", "Fallback"}
PICTURES = {"drawing", "pict", "object"}


class WordReader:
    """Reads one document once: paragraphs, tables, lists with their labels, text boxes; no deleted words."""

    def __init__(self, numbering: Numbering) -> None:
        self.numbering = numbering
        self.lines: list[str] = []
        self.unended = ""
        self.has_pictures = False

    def read(self, container: Any) -> list[str]:
        """The lines of a body, a cell or a text box."""
        outer, unended = self.lines, self.unended
        self.lines, self.unended = [], ""
        self._blocks(container)
        inner = [*self.lines, self.unended] if self.unended else self.lines
        self.lines, self.unended = outer, unended
        return inner

    def _blocks(self, container: Any) -> None:
        for element in container:
            name = _local(element)
            if name == "p":
                self._paragraph(element)
            elif name == "tbl":
                self._rows(element)
            elif name in BLOCKS and not _is_contents(element) and not _is_second_choice(element):
                self._blocks(element)

    def _paragraph(self, paragraph: Any) -> None:
        if self.numbering.style_name(paragraph).startswith("toc "):
            return
        boxes: list[str] = []
        text = self._inline(paragraph, boxes)
        if child(paragraph, "pPr", "rPr", "del") is not None:
            # Its end was deleted: what is left of it runs on in the next paragraph.
            self.unended += text
            self.lines += boxes
            return
        line = self.numbering.label(paragraph) + self.unended + text
        self.unended = ""
        self.lines += [*boxes, *line.split("\n")] if boxes else line.split("\n")

    def _rows(self, table: Any) -> None:
        for element in table:
            name = _local(element)
            if name == "tr" and child(element, "trPr", "del") is None:
                cells = [self.read(cell) for cell in _cells(element)]
                self.lines += cells[0] if len(cells) == 1 else [_row(cells)]
            elif name in BLOCKS:
                self._rows(element)

    def _inline(self, container: Any, boxes: list[str]) -> str:
        words = []
        for element in container:
            name = _local(element)
            if name == "t":
                words.append(element.text or "")
            elif name in SIGNS:
                words.append(SIGNS[name])
            elif name == "sym":
                words.append(_symbol(element))
            elif name in PICTURES:
                self._picture(element, boxes)
            elif (name == "r" and not _is_hidden(element)) or (name in INLINE and not _is_second_choice(element)):
                words.append(self._inline(element, boxes))
        return "".join(words)

    def _picture(self, picture: Any, boxes: list[str]) -> None:
        found = next(picture.iter("{*}txbxContent"), None)
        if found is None:
            self.has_pictures = True
        for box in picture.iter("{*}txbxContent"):
            if not any(
                _local(outer) == "txbxContent" for outer in box.iterancestors() if picture in outer.iterancestors()
            ):
                boxes += self.read(box)


def _local(element: Any) -> str:
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""


def _cells(row: Any) -> list[Any]:
    cells = []
    for element in row:
        if _local(element) == "tc":
            cells.append(element)
        elif _local(element) in BLOCKS:
            cells += _cells(element)
    return cells


def _row(cells: list[list[str]]) -> str:
    return "\t".join(" ".join(" ".join(lines).split()) for lines in cells)


def _symbol(element: Any) -> str:
    code = attribute(element, "char") or ""
    try:
        character = chr(int(code, 16))
    except (ValueError, OverflowError):
        return ""
    return BOXES.get(character, "" if "\ud800" <= character <= "\uf8ff" else character)


def _is_hidden(run: Any) -> bool:
    vanish = child(run, "rPr", "vanish")
    return vanish is not None and attribute(vanish, "val") not in {"0", "false", "off"}


def _is_contents(element: Any) -> bool:
    """A table of contents repeats the headings."""
    return value_of(element, "sdtPr", "docPartObj", "docPartGallery") == "Table of Contents"


def _is_second_choice(element: Any) -> bool:
    """The same thing once more, for older programs."""
    return _local(element) == "Fallback" and element.getprevious() is not None
