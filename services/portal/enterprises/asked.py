"""Which enterprises an address or a form asks for."""

from typing import Any

from services.portal import typed
from services.portal.typed import Typed
from services.supervision.registry import FLAGS, EnterpriseFilter

WORDS = (
    "sector",
    "tag",
    "size",
    "production_state",
    "village",
    "ownership",
    "credit_class",
    "circumstance",
    "batch",
    "standard",
    "insured",
)
NUMBERS = ("headcount_over", "headcount_upto")


def facts_of(data: Typed) -> EnterpriseFilter:
    """The facts as they were chosen; what cannot be read is left out."""
    asked: dict[str, Any] = {"q": typed.word(data, "q")[:60], "sort": typed.word(data, "sort") or "name"}
    asked |= {name: typed.word(data, name) for name in WORDS}
    asked |= {name: typed.number(data, name) for name in NUMBERS}
    asked |= {name: typed.word(data, name) in {"1", "true", "on"} for name in FLAGS}
    return EnterpriseFilter(**asked)
