"""A township's notice as a tree: the parts of the paper, and the promises that the tree keeps."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from services.regulation.notices.text import Span


class NotANotice(ValueError):  # noqa: N818  named after the fact, as every refusal is
    """The text is no notice from which a plan can be made; the message says in Chinese what is missing and what to upload."""


class Kind(StrEnum):
    """What an item of the paper is in the plan of the year."""

    SECTION = "section"
    TARGET = "target"
    TASK = "task"
    REQUIREMENT = "requirement"
    TEXT = "text"


class Role(StrEnum):
    """Which part of the paper a node is; everything but an item or a paragraph is its frame."""

    BANNER = "banner"
    NUMBER = "number"
    TITLE = "title"
    ADDRESSEES = "addressees"
    LETTER = "letter"
    SIGNATURE = "signature"
    DATE = "date"
    NOTE = "note"
    INNER_TITLE = "inner_title"
    INTRODUCTION = "introduction"
    ITEM = "item"
    PARAGRAPH = "paragraph"
    ROW = "row"
    ATTACHMENT = "attachment"
    COPY_TO = "copy_to"
    IMPRINT = "imprint"


class Comparison(StrEnum):
    """How a measured value must stand to a number; the value itself is included in ≥ and ≤ (民法典第1259条)."""

    AT_LEAST = "≥"
    AT_MOST = "≤"
    ABOVE = ">"
    BELOW = "<"
    EQUAL = "="


@dataclass(frozen=True, slots=True)
class Window:
    """The period within which occurrences are counted, such as 1年内."""

    value: Decimal
    unit: str


@dataclass(frozen=True, slots=True)
class Number:
    """A number that the paper sets: 60%以上 is 60, %, ≥."""

    value: Decimal
    unit: str
    comparison: Comparison
    window: Window | None
    span: Span


@dataclass(frozen=True, slots=True)
class CitedDocument:
    """A document or catalogue that the paper names; the title is empty where only the number is given."""

    title: str
    number: str | None
    year: int | None
    span: Span


class Part(StrEnum):
    """How an owner is bound to an item."""

    LEADING = "leading"
    RESPONSIBLE = "responsible"
    SUPPORTING = "supporting"
    NAMED = "named"


@dataclass(frozen=True, slots=True)
class Owner:
    """An office, department or person that the item binds (牵头、责任、配合) or merely names."""

    name: str
    part: Part


@dataclass(frozen=True, slots=True)
class Due:
    """A deadline in the words of the paper, and the last legal day (Asia/Shanghai) where the words name one."""

    words: str
    on: date | None


@dataclass(frozen=True, slots=True)
class Measure:
    """One sentence or clause of an item that says what is done."""

    text: str
    span: Span


@dataclass(frozen=True, slots=True)
class Node:
    """A part of the paper: `span` holds its own characters only, without those of its children."""

    kind: Kind
    role: Role
    parent: int | None
    span: Span
    label: str
    heading: str
    text: str
    measures: tuple[Measure, ...] = ()
    numbers: tuple[Number, ...] = ()
    owners: tuple[Owner, ...] = ()
    due: Due | None = None
    years: tuple[int, ...] = ()
    documents: tuple[CitedDocument, ...] = ()
    edited: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Notice:
    """A notice in the order of the paper; the spans of its nodes partition `text`, the normalised paper."""

    text: str
    issuer: str | None
    number: str | None
    title: str | None
    addressees: tuple[str, ...]
    date: date | None
    copy_to: tuple[str, ...]
    year: int | None
    documents: tuple[CitedDocument, ...]
    page_marks: tuple[Span, ...]
    nodes: tuple[Node, ...]

    @property
    def coverage(self) -> float:
        """The share of the paper's characters that belong to exactly one node."""
        return coverage(len(self.text), [node.span for node in self.nodes])


def coverage(length: int, spans: list[Span]) -> float:
    """The share of `length` characters that lie in exactly one of the spans."""
    steps = [0] * (length + 1)
    for start, stop in spans:
        steps[start] += 1
        steps[stop] -= 1
    once = depth = 0
    for step in steps[:length]:
        depth += step
        once += depth == 1
    return once / length if length else 1.0


def holds(parent: Kind | None, child: Kind) -> bool:
    """A section holds anything; a target, task, requirement or text holds text only."""
    return parent in (None, Kind.SECTION) or child is Kind.TEXT


def open_nodes(nodes: list[Node] | tuple[Node, ...], index: int) -> list[int]:
    """The nodes under which the node at `index` may stand: the one before it and those above that one, deepest first."""
    chain = []
    above = index - 1 if index else None
    while above is not None:
        chain.append(above)
        higher = nodes[above].parent
        # A broken tree may point forward; the walk must still end.
        above = higher if higher is not None and higher < above else None
    return chain


def flaws(notice: Notice) -> list[str]:
    """Which promises the tree breaks: spans in order without gap or overlap, parents open and able to hold the child."""
    found, end = [], 0
    for index, node in enumerate(notice.nodes):
        start, stop = node.span
        if start != end or stop <= start:
            found.append(f"第{index}节的范围与上一节不相接")
        end = stop
        if node.parent is not None and node.parent not in open_nodes(notice.nodes, index):
            found.append(f"第{index}节的上级不在它之前")
        elif not holds(None if node.parent is None else notice.nodes[node.parent].kind, node.kind):
            found.append(f"第{index}节的上级不能包含它")
    return found if end == len(notice.text) else [*found, "最后一节没有到达文末"]
