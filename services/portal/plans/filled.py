"""What came in a form about plans, read without trusting it."""

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

from litestar.params import URLEncodedBody

from services.kernel.refusals import BadInput
from services.supervision import plans

Filled = URLEncodedBody[dict[str, Any]]
MOST_DIGITS = 9


def word(data: Mapping[str, Any], name: str) -> str:
    """One value; the first where a form sent several, empty where it sent none."""
    value = data.get(name, "")
    first = value[0] if isinstance(value, list) and value else value
    return first if isinstance(first, str) else ""


def many(data: Mapping[str, Any], name: str) -> list[str]:
    """All values of a group of boxes."""
    value = data.get(name, [])
    return [one for one in (value if isinstance(value, list) else [value]) if isinstance(one, str) and one]


def number(data: Mapping[str, Any], name: str, otherwise: int = 0) -> int:
    """A whole number, or `otherwise` where something else was sent."""
    words = word(data, name).strip()
    return int(words) if words.isascii() and words.isdigit() and len(words) <= MOST_DIGITS else otherwise


def uuid_or_none(words: str) -> UUID | None:
    """An id, or None for anything else."""
    try:
        return UUID(words)
    except ValueError:
        return None


def change_from(data: Mapping[str, Any], prefix: str = "") -> plans.NodeChange:
    """The fields of one node as they were typed; raises BadInput for a day that is none."""
    ids = [uuid_or_none(one) for one in many(data, f"{prefix}department_ids")]
    fields: dict[str, Any] = {
        "heading": word(data, f"{prefix}heading"),
        "text": word(data, f"{prefix}text"),
    }
    if word(data, f"{prefix}answered"):
        fields |= {
            "department_ids": tuple(one for one in ids if one),
            "enterprise_set": word(data, f"{prefix}enterprise_set") or None,
            "due_on": day_from(data, f"{prefix}due_on"),
            "evidence_wanted": word(data, f"{prefix}evidence_wanted"),
        }
    return plans.NodeChange(**fields)


def day_from(data: Mapping[str, Any], name: str) -> date | None:
    """A day, None where the field was left empty; raises BadInput beside the field."""
    words = word(data, name).strip()
    try:
        return date.fromisoformat(words) if words else None
    except ValueError:
        raise BadInput(fields={name: "请选择日期，格式如 2026-06-30"}) from None
