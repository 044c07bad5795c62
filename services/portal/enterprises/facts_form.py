"""The form of an enterprise's facts: what is asked, what was typed, and how a difference is shown."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any, Final

import msgspec

from services.kernel.refusals import BadInput
from services.portal import typed
from services.portal.typed import Typed
from services.supervision import registry
from services.supervision.registry import FIELDS, GROUPS, PROPOSED, Field, Kind, Villages

ASKED: Final = tuple(field for field in FIELDS if not field.derived and field.group != "迁出注销")
"""What the office writes; leaving has a form of its own."""
HEADS: Final = {field.name: field.head for field in FIELDS} | {"valid_from": "自哪天起", "note": "依据或说明"}
WHERE: Final = {"headcount": "headcount_own", "is_state_owned": "ownership"}
"""Where a sentence about a field that no form asks for is shown."""


class Difference(msgspec.Struct, frozen=True):
    """One fact before and after, as people write it."""

    head: str
    before: str
    after: str


def groups(fields: Sequence[Field], villages: Villages) -> list[tuple[str, list[Field], list[tuple[str, str]]]]:
    """The fields under their heads, and the villages that may be chosen."""
    chosen = list(villages.names.items())
    return [(group, mine, chosen) for group in GROUPS if (mine := [field for field in fields if field.group == group])]


def values_of(known: Mapping[str, Any], fields: Iterable[Field] = ASKED) -> dict[str, Any]:
    """Facts as the controls of the form hold them."""
    return {field.name: field.typed(known[field.name]) for field in fields}


def read(data: Typed, fields: Sequence[Field] = ASKED) -> dict[str, Any]:
    """The values of what was typed; raises BadInput beside each field that cannot be read."""
    cells = {
        field.name: typed.words(data, field.name) if field.kind is Kind.TAGS else typed.word(data, field.name)
        for field in fields
    }
    values, wrong = registry.read_all(cells)
    if wrong:
        raise BadInput(fields=wrong)
    return values


def first_day(data: Typed, today: date, name: str = "valid_from") -> date:
    """The day from which a change holds, today unless another was chosen; raises BadInput."""
    return typed.day(data, name) if typed.word(data, name) else today


def differences(
    before: Mapping[str, Any], after: Mapping[str, Any], villages: Villages, names: Iterable[str] | None = None
) -> list[Difference]:
    """What differs, in the order of the ledger, with what follows from it."""
    asked = set(names) if names is not None else {field.name for field in FIELDS}
    return [
        Difference(
            field.head, field.say(before[field.name], villages.names), field.say(after[field.name], villages.names)
        )
        for field in FIELDS
        if field.name in asked and before[field.name] != after[field.name]
    ]


def beside(refusal: BadInput) -> dict[str, str]:
    """A refusal's sentences by the field of the form that shows them."""
    fields = {WHERE.get(name, name): words for name, words in refusal.fields.items()}
    return fields or {"name": refusal.sentence}


__all__ = [
    "ASKED",
    "HEADS",
    "PROPOSED",
    "Difference",
    "beside",
    "differences",
    "first_day",
    "groups",
    "read",
    "values_of",
]
