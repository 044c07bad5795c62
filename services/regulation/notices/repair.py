"""A list of nodes made into a tree again after one of them was moved, changed, parted or joined."""

from collections.abc import Sequence
from dataclasses import replace

from services.regulation.notices.tree import Kind, Node, holds


def repaired(nodes: Sequence[Node]) -> list[Node]:
    """Each node under its parent where that one is still open and can hold it, else under the nearest open one that can."""
    kept: list[Node] = []
    chain: list[int] = []
    for index, node in enumerate(nodes):
        parent = node.parent
        if parent is not None and (parent not in chain or not holds(kept[parent].kind, node.kind)):
            parent = _host(kept, chain, node.kind)
        while chain and chain[-1] != parent:
            chain.pop()
        chain.append(index)
        kept.append(node if parent == node.parent else replace(node, parent=parent))
    return kept


def _host(nodes: Sequence[Node], chain: Sequence[int], kind: Kind) -> int | None:
    """The deepest open node that can hold `kind`; loose text goes beside text, not under it."""
    for index in reversed(chain):
        if holds(nodes[index].kind, kind) and nodes[index].kind is not Kind.TEXT:
            return index
    return None
