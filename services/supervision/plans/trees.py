"""The rows of a plan and the tree of its paper: the same nodes, once stored and once pure."""

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from services.kernel.clock import new_id
from services.regulation import notices
from services.supervision.plans.models import Notice, Plan, PlanNode


def tree_of(plan: Plan, paper: Notice, rows: Sequence[PlanNode]) -> notices.Notice:
    """The tree that the rows hold, in the order of the paper."""
    place = {row.id: index for index, row in enumerate(rows)}
    data = {
        "issuer": paper.issuer,
        "number": paper.number,
        "title": paper.title,
        "addressees": [],
        "date": None,
        "copy_to": [],
        "year": plan.year,
        "documents": [],
        "page_numbers": [],
        "nodes": [_as_data(row, place) for row in rows],
    }
    return notices.from_json(data, paper.text)


def rows_of(plan_id: UUID, tree: notices.Notice) -> list[PlanNode]:
    """Fresh rows for a tree that was just read."""
    rows = [new_row(plan_id) for _ in tree.nodes]
    write(rows, tree, version=0)
    for row, node in zip(rows, tree.nodes, strict=True):
        row.due_on = node.due.on if node.due else None
    return rows


def new_row(plan_id: UUID) -> PlanNode:
    """A row without words yet."""
    return PlanNode(id=new_id(), plan_id=plan_id, department_ids=[], due_on=None, changed_version=0)


def write(rows: Sequence[PlanNode], tree: notices.Notice, *, version: int) -> None:
    """Put a tree into the rows that stand for its nodes; what changed carries the plan's coming version."""
    ids: list[UUID] = [row.id for row in rows]
    for position, (row, node) in enumerate(zip(rows, notices.as_json(tree)["nodes"], strict=True)):
        row.position = position
        fields = _as_fields(node, ids)
        if any(getattr(row, name, None) != value for name, value in fields.items()):
            row.changed_version = version
        for name, value in fields.items():
            setattr(row, name, value)


def snapshot(row: PlanNode) -> dict[str, Any]:
    """A node as a version keeps it."""
    return {
        "id": str(row.id),
        "parent_id": str(row.parent_id) if row.parent_id else None,
        "kind": row.kind,
        "role": row.role,
        "label": row.label,
        "heading": row.heading,
        "text": row.text,
        "span": [row.span_from, row.span_to],
        "numbers": row.numbers,
        "documents": row.documents,
        "named_owners": row.named_owners,
        "department_ids": [str(department) for department in row.department_ids],
        "enterprise_set": row.enterprise_set,
        "due_on": _iso(row.due_on),
        "due_words": row.due_words,
        "evidence_wanted": row.evidence_wanted,
        "withdrawn_in": row.withdrawn_in,
    }


def _as_data(row: PlanNode, place: dict[UUID, int]) -> dict[str, Any]:
    return {
        "kind": row.kind,
        "role": row.role,
        "parent": place.get(row.parent_id) if row.parent_id else None,
        "label": row.label,
        "heading": row.heading,
        "text": row.text,
        "measures": row.measures,
        "numbers": row.numbers,
        "owners": row.named_owners,
        "owner_parts": row.owner_parts,
        "due": _iso(row.due_on) or row.due_words,
        "due_words": row.due_words,
        "years": row.years,
        "documents": row.documents,
        "edited": row.edited,
        "span": [row.span_from, row.span_to],
    }


def _as_fields(node: dict[str, Any], ids: Sequence[UUID]) -> dict[str, Any]:
    return {
        "parent_id": None if node["parent"] is None else ids[node["parent"]],
        "kind": node["kind"],
        "role": node["role"],
        "label": node["label"],
        "heading": node["heading"],
        "text": node["text"],
        "span_from": node["span"][0],
        "span_to": node["span"][1],
        "measures": node["measures"],
        "numbers": node["numbers"],
        "documents": node["documents"],
        "years": node["years"],
        "named_owners": node["owners"],
        "owner_parts": node["owner_parts"],
        "edited": node["edited"],
        "due_words": node["due_words"],
    }


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None
