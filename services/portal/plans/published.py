"""A published plan as an official reads it: headings, items, who answers until when, and which amendment touched what."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from services.portal.plans.shown import DEEPEST, Review
from services.supervision import plans

READ_ROLES = frozenset({"item", "paragraph", "row", "introduction"})


@dataclass(slots=True)
class Item:
    """One heading or item as it is read."""

    id: str
    kind: str
    depth: int
    label: str
    heading: str
    text: str
    owners: list[str]
    enterprise_set: str | None
    due_on: date | None
    evidence_wanted: str | None
    withdrawn_in: int | None
    amended_in: list[int] = field(default_factory=list)


def reading_of(review: Review, versions: Sequence[plans.PlanVersion], number: int | None = None) -> list[Item]:
    """The plan as it stands, or as it stood in one of its versions."""
    kept = next((version for version in versions if version.number == number), None)
    nodes = kept.nodes if kept else [plans.snapshot(node) for node in review.nodes]
    upto = [version for version in versions if number is None or version.number <= number]
    touched = touched_by(upto)
    depths = depths_of(nodes)
    return [
        _item(review, node, depths[node["id"]], touched.get(node["id"], []))
        for node in nodes
        if node["role"] in READ_ROLES
    ]


def touched_by(versions: Sequence[plans.PlanVersion]) -> dict[str, list[int]]:
    """Which amendments changed or added each node."""
    found: dict[str, list[int]] = {}
    for version in sorted(versions, key=lambda one: one.number):
        for change in version.changes:
            if change["act"] != "withdrawn":
                found.setdefault(change["node_id"], []).append(version.number)
    return found


def depths_of(nodes: Sequence[Mapping[str, Any]]) -> dict[str, int]:
    """How deep each node stands; parents come before their children."""
    depths: dict[str, int] = {}
    for node in nodes:
        depths[node["id"]] = min(DEEPEST, depths.get(node["parent_id"] or "", -1) + 1)
    return depths


def _item(review: Review, node: Mapping[str, Any], depth: int, amended_in: list[int]) -> Item:
    return Item(
        id=node["id"],
        kind=node["kind"],
        depth=depth,
        label=node["label"],
        heading=node["heading"],
        text=node["text"],
        owners=review.names([UUID(one) for one in node["department_ids"]]),
        enterprise_set=node["enterprise_set"],
        due_on=date.fromisoformat(node["due_on"]) if node["due_on"] else None,
        evidence_wanted=node["evidence_wanted"],
        withdrawn_in=node["withdrawn_in"],
        amended_in=amended_in,
    )
