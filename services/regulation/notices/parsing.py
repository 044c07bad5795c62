"""From the text of a township's notice to the tree of a plan; the same text always gives the same tree."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from services.regulation.notices.documents import unique
from services.regulation.notices.frame import Frame, read_frame
from services.regulation.notices.headings import Head, head_of, is_inline, paragraphs
from services.regulation.notices.kinds import Item, Placed, placed
from services.regulation.notices.metadata import Metadata, read_metadata
from services.regulation.notices.outline import Mark, read_outline
from services.regulation.notices.reading import Reader
from services.regulation.notices.repair import repaired
from services.regulation.notices.tables import Columns, columns_of, row_starts
from services.regulation.notices.text import Paper, Span, normalise
from services.regulation.notices.tree import Kind, Node, NotANotice, Notice, Role

_ITEMS_AT_MOST = 30_000


def parse(text: str) -> Notice:
    """The tree of a notice (工作要点), every character of it in exactly one node.

    Raises NotANotice, and nothing else, where the text is no such paper.
    """
    paper = Paper(normalise(text))
    _require_length(len(paper.lines))
    frame = read_frame(paper.lines)
    metadata = read_metadata(paper, frame)
    marks = read_outline(frame.body)
    _require_length(len(marks))
    _require_notice(paper, metadata, marks)
    nodes = _Builder(Reader(paper, metadata.own, metadata.year), frame, marks).nodes()
    return Notice(
        text=paper.text,
        issuer=metadata.issuer,
        number=metadata.number,
        title=metadata.title,
        addressees=metadata.addressees,
        date=metadata.date,
        copy_to=metadata.copy_to,
        year=metadata.year,
        documents=tuple(unique(document for node in nodes for document in node.documents)),
        page_marks=paper.page_marks,
        nodes=tuple(nodes),
    )


def _require_length(count: int) -> None:
    if count > _ITEMS_AT_MOST:
        raise NotANotice(
            f"这份文件超过{_ITEMS_AT_MOST // 10_000}万行，不像一份工作要点。请只上传本年度工作要点的正文，名单、台账请到相应栏目导入。"
        )


def _require_notice(paper: Paper, metadata: Metadata, marks: Sequence[Mark]) -> None:
    if not paper.lines:
        raise NotANotice("文件里没有文字，可能是扫描件或空文件。请上传可以选中文字的工作要点（.docx 或 .txt）。")
    missing = []
    if metadata.title is None and metadata.number is None:
        missing.append("标题（如“关于印发……工作要点的通知”）和发文字号（如“××府发〔2026〕1号”）")
    if not marks:
        missing.append("分条的内容（如“一、”“（一）”“1.”）")
    if missing:
        raise NotANotice(
            f"这份文件不像工作要点：没有找到{'，也没有找到'.join(missing)}。请上传镇政府印发的年度工作要点全文，不要只上传封面、表格或照片。"
        )


@dataclass(frozen=True, slots=True)
class _Cut:
    """Where a part of the paper begins: a part of the frame, an item, or a row or paragraph inside an item."""

    start: int
    role: Role
    mark: int | None


class _Builder:
    """Puts frame, items, rows and paragraphs together in the order of the paper."""

    def __init__(self, reader: Reader, frame: Frame, marks: list[Mark]) -> None:
        self._reader, self._paper, self._marks = reader, reader.paper, marks
        cuts = [_Cut(start, role, None) for start, role in frame.cuts]
        cuts += [_Cut(mark.start, Role.ITEM, index) for index, mark in enumerate(marks)]
        self._cuts = sorted(cuts, key=lambda cut: cut.start)
        self._spans = self._spans_of(self._cuts)
        self._rows = self._rows_of()
        self._heads = self._read_heads()
        self._places = self._place()

    def nodes(self) -> list[Node]:
        nodes: list[Node] = []
        index_of: dict[int, int] = {}
        for cut, span in zip(self._cuts, self._spans, strict=True):
            if cut.mark is None:
                nodes.append(self._reader.frame(cut.role, span))
                continue
            index_of[cut.mark] = len(nodes)
            above = self._marks[cut.mark].parent
            nodes += self._item(cut.mark, span, None if above is None else index_of[above], len(nodes))
        return repaired(nodes)

    def _spans_of(self, cuts: Sequence[_Cut]) -> list[Span]:
        starts = [0, *(cut.start for cut in cuts[1:]), len(self._paper.text)]
        return list(pairwise(starts))

    def _own_span(self, mark: int, span: Span) -> Span:
        """An item's characters before its first row."""
        return (span[0], self._rows[mark][0][0]) if self._rows[mark] else span

    def _rows_of(self) -> dict[int, list[tuple[int, bool]]]:
        found = {}
        for cut, span in zip(self._cuts, self._spans, strict=True):
            if cut.mark is not None:
                found[cut.mark] = row_starts(list(self._paper.lines_between(*span))[1:])
        return found

    def _item_spans(self) -> dict[int, Span]:
        pairs = zip(self._cuts, self._spans, strict=True)
        return {cut.mark: self._own_span(cut.mark, span) for cut, span in pairs if cut.mark is not None}

    def _words(self, mark: int, span: Span) -> Span:
        return self._marks[mark].start + self._marks[mark].label.length, span[1]

    def _read_heads(self) -> list[Head]:
        spans = self._item_spans()
        groups = [(mark.label.rank, self._top_of(index)) for index, mark in enumerate(self._marks)]
        votes: Counter[tuple[int, int]] = Counter()
        for index, group in enumerate(groups):
            votes[group] += {True: 1, False: -1, None: 0}[is_inline(self._paper, self._words(index, spans[index]))]
        return [
            head_of(self._paper, self._words(index, spans[index]), inline=votes[group] >= 0)
            for index, group in enumerate(groups)
        ]

    def _top_of(self, index: int) -> int:
        """The item at the top of the paper above this one; those at the top themselves are kin of each other."""
        top, parent = -1, self._marks[index].parent
        while parent is not None:
            top, parent = parent, self._marks[parent].parent
        return top

    def _place(self) -> list[Placed]:
        return placed(
            [
                Item(mark.parent, head.heading, head.own_line, mark.label.ordinal)
                for mark, head in zip(self._marks, self._heads, strict=True)
            ]
        )

    def _item(self, mark: int, span: Span, parent: int | None, index: int) -> list[Node]:
        place, head, own = self._places[mark], self._heads[mark], self._own_span(mark, span)
        starts = self._paragraphs(place, head, own)
        stop = starts[0] if starts else own[1]
        item = self._reader.headed(
            place.kind, parent, (own[0], stop), replace(head, text_start=min(head.text_start, stop))
        )
        spans = pairwise([*starts, own[1]])
        inner = [self._reader.item(place.area, index, part, role=Role.PARAGRAPH) for part in spans]
        return [item, *inner, *self._table(mark, (own[1], span[1]), index)]

    def _paragraphs(self, place: Placed, head: Head, own: Span) -> list[int]:
        """The paragraphs of a section such as 工作目标 that numbers nothing: each is an item of the section's kind."""
        if place.kind is not Kind.SECTION or place.area is Kind.TEXT or place.has_items:
            return []
        return [start for start in paragraphs(self._paper, (head.text_start, own[1])) if start > own[0]]

    def _table(self, mark: int, span: Span, index: int) -> list[Node]:
        place, nodes, columns = self._places[mark], [], Columns(())
        starts = self._rows[mark]
        for place_in, (start, row) in enumerate(starts):
            stop = starts[place_in + 1][0] if place_in + 1 < len(starts) else span[1]
            if not row:
                nodes.append(self._reader.item(Kind.TEXT, index, (start, stop), role=Role.PARAGRAPH))
                columns = Columns(())
                continue
            first = not columns.names
            columns = columns_of(next(iter(self._paper.lines_between(start, stop)))) if first else columns
            item = not first and columns.lists_items and place.kind is Kind.SECTION and not place.has_items
            nodes.append(
                self._reader.row(
                    place.area if item else Kind.TEXT, index, (start, stop), Columns(()) if first else columns
                )
            )
        return nodes
