"""What came in a form about plans, read without trusting it."""

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

from litestar.params import URLEncodedBody

from services.kernel.refusals import BadInput
from services.portal.fields import day, identifier, word, words
from services.supervision import plans

Filled = URLEncodedBody[dict[str, Any]]
MOST_DIGITS = 9


def number(data: Mapping[str, Any], name: str, otherwise: int = 0) -> int:
    """A whole number, or `otherwise` where something else was sent."""
    words = word(data, name).strip()
    return int(words) if words.isascii() and words.isdigit() and len(words) <= MOST_DIGITS else otherwise


def change_from(data: Mapping[str, Any], prefix: str = "") -> plans.NodeChange:
    """The fields of one node as they were typed; raises BadInput for a day that is none."""
    fields: dict[str, Any] = {
        "heading": word(data, f"{prefix}heading"),
        "text": word(data, f"{prefix}text"),
    }
    if word(data, f"{prefix}answered"):
        fields |= {
            "department_ids": ids(data, f"{prefix}department_ids"),
            "enterprise_set": word(data, f"{prefix}enterprise_set") or None,
            "due_on": day_from(data, f"{prefix}due_on"),
            "evidence_wanted": word(data, f"{prefix}evidence_wanted"),
        }
    return plans.NodeChange(**fields)


def day_from(data: Mapping[str, Any], name: str) -> date | None:
    """A day, None where the field was left empty; raises BadInput beside the field."""
    wrong: dict[str, str] = {}
    found = day(data, name, wrong)
    if wrong:
        raise BadInput(fields=wrong)
    return found


def ids(data: Mapping[str, Any], name: str) -> tuple[UUID, ...]:
    """The ids of a group of boxes; what is no id is left out."""
    found = (identifier({"id": one}, "id") for one in words(data, name))
    return tuple(one for one in found if one)
