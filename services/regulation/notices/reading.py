"""What one stretch of the paper says: heading, text, measures, numbers, owners, deadline, years, documents."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from services.regulation.notices.days import due_of, due_within
from services.regulation.notices.documents import OwnNames, cited
from services.regulation.notices.headings import Head, head_of
from services.regulation.notices.labels import label_of
from services.regulation.notices.numbers import numbers_in
from services.regulation.notices.people import actors_in, assignment_in, owners_from
from services.regulation.notices.tables import Columns, cells
from services.regulation.notices.text import Flow, Paper, Span
from services.regulation.notices.tree import Kind, Measure, Node, Role

ITEMS = (Role.ITEM, Role.ROW, Role.PARAGRAPH)
_SPEAKING = (*ITEMS, Role.LETTER, Role.INTRODUCTION, Role.ATTACHMENT)
_YEAR = re.compile(r"(?:19|20)\d\d(?=年)")
_MEASURE = re.compile(r"[^。;!?]+?(?:[。;!?]+|$|(?=[①-⑳]|[一二三四五六七八九十]是))")
_ASSIGNMENT = re.compile(r"[(〔]?(?:责任|牵头|配合|完成|协办|主办)[一-鿿]{0,4}:")
_WORD = re.compile(r"[^\s。;!?,、()]")


@dataclass(frozen=True, slots=True)
class Reader:
    """Reads stretches of one paper, which knows its own names and its year."""

    paper: Paper
    own: OwnNames
    year: int | None

    def frame(self, role: Role, span: Span) -> Node:
        """A part of the frame: its words, and the documents that letter, introduction and attachments cite."""
        node = Node(Kind.TEXT, role, None, span, "", "", self.paper.clean(*span))
        return self._annotated(node, span) if role in _SPEAKING else node

    def item(self, kind: Kind, parent: int | None, span: Span, *, inline: bool = True, role: Role = Role.ITEM) -> Node:
        """An item with its sign, heading and text."""
        start = span[0] + self.label_length(span)
        head = head_of(self.paper, (start, span[1]), inline=inline)
        return self.headed(kind, parent, span, head, role=role)

    def headed(self, kind: Kind, parent: int | None, span: Span, head: Head, *, role: Role = Role.ITEM) -> Node:
        """An item whose heading is already known."""
        start = span[0] + self.label_length(span)
        node = Node(kind, role, parent, span, self.paper.text[span[0] : start].strip(), head.heading, "")
        text = self.paper.clean(head.text_start, span[1])
        annotated = self._annotated(node, (start, span[1]))
        return replace(annotated, text=text, measures=self._measures(head.text_start, span[1]))

    def row(self, kind: Kind, parent: int | None, span: Span, columns: Columns) -> Node:
        """A row of a table, its cells read by the names of the columns."""
        found = cells(self.paper.clean(*span), columns)
        node = self._annotated(Node(kind, Role.ROW, parent, span, "", "", self.paper.clean(*span)), span)
        if not columns.lists_items or "heading" not in found:
            return node
        owners = tuple(owners_from(self.paper_fold(found.get("owners", ""))))
        return replace(
            node,
            label=found.get("label", ""),
            heading=found["heading"],
            text=found.get("text", ""),
            owners=owners or node.owners,
            due=due_of(found.get("due", ""), self.year) or node.due,
        )

    def label_length(self, span: Span) -> int:
        """How many characters the sign at the beginning of a stretch takes."""
        label = label_of(self.paper.folded[span[0] : span[1]])
        return label.length if label else 0

    def paper_fold(self, words: str) -> str:
        """Words of the paper with widths folded."""
        return Paper(words).folded

    def _annotated(self, node: Node, words: Span) -> Node:
        flow = self.paper.flow.part(*words)
        node = replace(
            node, documents=tuple(cited(flow, self.own)), years=_years(flow), numbers=tuple(numbers_in(flow))
        )
        if node.role not in ITEMS:
            return node
        assigned = assignment_in(flow)
        due = due_of(assigned.due, self.year) if assigned.due else due_within(flow.words, self.year)
        return replace(node, owners=assigned.owners or actors_in(flow), due=due)

    def _measures(self, start: int, stop: int) -> tuple[Measure, ...]:
        flow = self.paper.flow.part(start, stop)
        return tuple(Measure(self.paper.clean(*span), span) for span in _sentences(flow))


def _sentences(flow: Flow) -> Iterator[Span]:
    for found in _MEASURE.finditer(flow.words):
        if _WORD.search(found[0]) and not _ASSIGNMENT.match(found[0]):
            yield flow.span(found.start(), found.end())


def _years(flow: Flow) -> tuple[int, ...]:
    return tuple(sorted({int(found[0]) for found in _YEAR.finditer(flow.words)}))
