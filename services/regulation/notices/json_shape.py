"""The tree of a notice as plain data, and back."""

import re
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from services.regulation.notices.tree import (
    CitedDocument,
    Comparison,
    Due,
    Kind,
    Measure,
    Node,
    Notice,
    Number,
    Owner,
    Part,
    Role,
    Window,
)

_DAY = re.compile(r"\d{4}-\d\d-\d\d")


def as_json(notice: Notice) -> dict[str, Any]:
    """A notice as data for JSON: a parent is an index into nodes, spans count code points of the normalised text.

    A node's documents are its own mentions in the same form as the paper's documents, which name each once.
    """
    return {
        "issuer": notice.issuer,
        "number": notice.number,
        "title": notice.title,
        "addressees": list(notice.addressees),
        "date": notice.date.isoformat() if notice.date else None,
        "copy_to": list(notice.copy_to),
        "year": notice.year,
        "coverage": notice.coverage,
        "documents": [_document(document) for document in notice.documents],
        "page_numbers": [list(span) for span in notice.page_marks],
        "nodes": [_node(node) for node in notice.nodes],
    }


def from_json(data: Mapping[str, Any], text: str) -> Notice:
    """The notice that `as_json` wrote, over the same normalised text."""
    return Notice(
        text=text,
        issuer=data["issuer"],
        number=data["number"],
        title=data["title"],
        addressees=tuple(data["addressees"]),
        date=date.fromisoformat(data["date"]) if data["date"] else None,
        copy_to=tuple(data["copy_to"]),
        year=data["year"],
        documents=tuple(_read_document(document) for document in data["documents"]),
        page_marks=tuple((start, stop) for start, stop in data["page_numbers"]),
        nodes=tuple(_read_node(node) for node in data["nodes"]),
    )


def _node(node: Node) -> dict[str, Any]:
    return {
        "kind": node.kind.value,
        "role": node.role.value,
        "parent": node.parent,
        "label": node.label,
        "heading": node.heading,
        "text": node.text,
        "measures": [{"text": measure.text, "span": list(measure.span)} for measure in node.measures],
        "numbers": [_number(number) for number in node.numbers],
        "owners": [owner.name for owner in node.owners],
        "owner_parts": [owner.part.value for owner in node.owners],
        "due": (node.due.on.isoformat() if node.due.on else node.due.words) if node.due else None,
        "due_words": node.due.words if node.due else None,
        "years": list(node.years),
        "documents": [_document(document) for document in node.documents],
        "edited": sorted(node.edited),
        "span": list(node.span),
    }


def _number(number: Number) -> dict[str, Any]:
    window = {"value": _plain(number.window.value), "unit": number.window.unit} if number.window else None
    return {
        "value": _plain(number.value),
        "unit": number.unit,
        "comparison": number.comparison.value,
        "window": window,
        "span": list(number.span),
    }


def _plain(value: Decimal) -> int | float:
    return int(value) if value == value.to_integral_value() else float(value)


def _document(document: CitedDocument) -> dict[str, Any]:
    return {"title": document.title, "number": document.number, "year": document.year, "span": list(document.span)}


def _read_document(data: Mapping[str, Any]) -> CitedDocument:
    return CitedDocument(data["title"], data["number"], data["year"], _span(data))


def _read_node(data: Mapping[str, Any]) -> Node:
    return Node(
        kind=Kind(data["kind"]),
        role=Role(data["role"]),
        parent=data["parent"],
        span=_span(data),
        label=data["label"],
        heading=data["heading"],
        text=data["text"],
        measures=tuple(Measure(measure["text"], _span(measure)) for measure in data["measures"]),
        numbers=tuple(_read_number(number) for number in data["numbers"]),
        owners=tuple(Owner(name, Part(part)) for name, part in zip(data["owners"], data["owner_parts"], strict=True)),
        due=_read_due(data),
        years=tuple(data["years"]),
        documents=tuple(_read_document(document) for document in data["documents"]),
        edited=frozenset(data["edited"]),
    )


def _read_due(data: Mapping[str, Any]) -> Due | None:
    if data["due_words"] is None:
        return None
    return Due(data["due_words"], date.fromisoformat(data["due"]) if _DAY.fullmatch(data["due"]) else None)


def _read_number(data: Mapping[str, Any]) -> Number:
    window = data["window"]
    return Number(
        Decimal(str(data["value"])),
        data["unit"],
        Comparison(data["comparison"]),
        Window(Decimal(str(window["value"])), window["unit"]) if window else None,
        _span(data),
    )


def _span(data: Mapping[str, Any]) -> tuple[int, int]:
    start, stop = data["span"]
    return start, stop
