"""What a reader of the parsed paper may put right; every act returns a new tree whose spans still partition the paper."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from services.regulation.notices.days import due_of
from services.regulation.notices.documents import own_names, unique
from services.regulation.notices.people import owners_from
from services.regulation.notices.people import unique as unique_owners
from services.regulation.notices.reading import ITEMS, Reader
from services.regulation.notices.repair import repaired
from services.regulation.notices.text import Paper, Span, fold
from services.regulation.notices.tree import Kind, Node, Notice, Part, Role, holds, open_nodes


class CannotRearrange(ValueError):  # noqa: N818  named after the fact, as every refusal is
    """The tree cannot be changed so; the message says in Chinese why and what to do."""


class _Unchanged:
    """Says that a value stays as it is, where None would mean the top of the paper."""


UNCHANGED: Final = _Unchanged()


def split(notice: Notice, index: int, at: int) -> Notice:
    """Part a node at an offset of the paper.

    A leaf becomes two of its kind; the rest of a node with items below it becomes a text under it.
    Raises CannotRearrange where one side would have no words.
    """
    node, reader = _node(notice, index), _reader(notice)
    start, stop = node.span
    if not start < at < stop or not reader.paper.clean(start, at) or not reader.paper.clean(at, stop):
        raise CannotRearrange("拆分的位置前后都要有文字，请在这一段文字的中间重新选择位置。")
    parted = any(other.parent == index for other in notice.nodes)
    kind, parent = (Kind.TEXT, index) if parted else (node.kind, node.parent)
    first = _read(reader, node, (start, at))
    role = Role.PARAGRAPH if parted or node.role is Role.ROW else node.role
    second = _read(reader, replace(node, kind=kind, parent=parent, role=role, edited=frozenset()), (at, stop))
    nodes = [_shifted(other, after=index, by=1) for other in notice.nodes]
    second = replace(second, parent=parent)
    return _with_nodes(notice, [*nodes[:index], first, second, *nodes[index + 1 :]])


def merge(notice: Notice, index: int) -> Notice:
    """Join a node to the one before it, which keeps its kind and place and takes over the items below.

    Raises CannotRearrange for the first node.
    """
    node = _node(notice, index)
    if index == 0:
        raise CannotRearrange("这是全文的第一段，前面没有可以合并的内容。")
    before = notice.nodes[index - 1]
    joined = _read(_reader(notice), before, (before.span[0], node.span[1]))
    host = _host_for(notice, index)
    rest = [replace(other, parent=host) if other.parent == index else other for other in notice.nodes[index + 1 :]]
    rest = [_shifted(other, after=index, by=-1) for other in rest]
    return _with_nodes(notice, [*notice.nodes[: index - 1], joined, *rest])


def reassign(notice: Notice, index: int, *, kind: Kind, parent: int | _Unchanged | None = UNCHANGED) -> Notice:
    """Say what a node is, and under which open node it stands (None: at the top of the paper).

    What the new kind cannot hold moves up beside it. Raises CannotRearrange for a parent that is not open or cannot hold the kind.
    """
    node = _node(notice, index)
    above = node.parent if isinstance(parent, _Unchanged) else parent
    if above is not None and above not in open_nodes(notice.nodes, index):
        raise CannotRearrange("上级只能是前一条，或者前一条的各级上级。")
    if not isinstance(parent, _Unchanged) and not holds(None if above is None else notice.nodes[above].kind, kind):
        raise CannotRearrange("目标、任务、要求和正文下面只能放正文，请改选一个章节作为上级。")
    changed = replace(node, kind=kind, parent=above)
    if kind is not Kind.TEXT and node.role not in ITEMS:
        changed = _reader(notice).item(kind, above, node.span, role=Role.PARAGRAPH)
    return _with_nodes(notice, [*notice.nodes[:index], changed, *notice.nodes[index + 1 :]])


def edit(
    notice: Notice,
    index: int,
    *,
    heading: str | None = None,
    owners: Sequence[str] | None = None,
    due: str | None = None,
) -> Notice:
    """Write heading, owners or deadline of a node by hand; None leaves one as it is, an empty one is cleared."""
    node = _node(notice, index)
    if heading is not None:
        node = replace(node, heading=" ".join(heading.split()), edited=node.edited | {"heading"})
    if owners is not None:
        names = unique_owners(owner for name in owners for owner in owners_from(fold(name), Part.RESPONSIBLE))
        node = replace(node, owners=names, edited=node.edited | {"owners"})
    if due is not None:
        node = replace(node, due=due_of(fold(due).strip(), notice.year), edited=node.edited | {"due"})
    return replace(notice, nodes=(*notice.nodes[:index], node, *notice.nodes[index + 1 :]))


def _node(notice: Notice, index: int) -> Node:
    if not 0 <= index < len(notice.nodes):
        raise CannotRearrange("这一条已经不在了，请刷新页面后再试。")
    return notice.nodes[index]


def _reader(notice: Notice) -> Reader:
    inner = "".join(node.text for node in notice.nodes if node.role is Role.INNER_TITLE)
    return Reader(Paper(notice.text), own_names(notice.number, [notice.title or "", inner]), notice.year)


def _read(reader: Reader, node: Node, span: Span) -> Node:
    """The node over another span, with what was written by hand kept."""
    if node.role not in ITEMS:
        return replace(reader.frame(node.role, span), kind=node.kind, parent=node.parent)
    role = Role.PARAGRAPH if node.role is Role.ROW else node.role
    readings = [reader.item(node.kind, node.parent, span, inline=inline, role=role) for inline in (True, False)]
    read = next((reading for reading in readings if reading.heading == node.heading), readings[0])
    return replace(
        read,
        heading=node.heading if "heading" in node.edited else read.heading,
        owners=node.owners if "owners" in node.edited else read.owners,
        due=node.due if "due" in node.edited else read.due,
        edited=node.edited,
    )


def _host_for(notice: Notice, index: int) -> int | None:
    """The deepest node open before `index` that can hold everything that stands under `index`."""
    kinds = {other.kind for other in notice.nodes if other.parent == index}
    for place in open_nodes(notice.nodes, index):
        if all(holds(notice.nodes[place].kind, kind) for kind in kinds):
            return place
    return None


def _shifted(node: Node, *, after: int, by: int) -> Node:
    """The node with its parent counted anew when one node after `after` came or went."""
    return replace(node, parent=node.parent + by) if node.parent is not None and node.parent > after else node


def _with_nodes(notice: Notice, nodes: Sequence[Node]) -> Notice:
    whole = repaired(nodes)
    documents = unique(document for node in whole for document in node.documents)
    return replace(notice, nodes=tuple(whole), documents=tuple(documents))
