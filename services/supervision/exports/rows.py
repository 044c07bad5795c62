"""The ledger of enterprises as it leaves: every fact of the paper ledger, so that it can come in again unchanged."""

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from functools import partial
from operator import attrgetter
from typing import Any, Final

from services.kernel.documents import Column
from services.kernel.documents.ledger import Kind as ColumnKind
from services.supervision.registry import FIELDS, Field, Kind, Villages

TITLE: Final = "企业基本情况台账"
KINDS: Final[dict[Kind, ColumnKind]] = {Kind.NUMBER: "number", Kind.MONEY: "number", Kind.DAY: "date"}
WIDTHS: Final = {
    "name": 32, "credit_code": 22, "no_code_reason": 16, "address": 28, "tags": 26, "circumstances": 26,
    "above_scale_source": 20, "standard_granted_on": 14, "standard_expires_on": 14, "insured_from": 14, "insured_to": 14,
}  # fmt: skip
COLUMNS: Final = (
    Column("序号", 6, "number"),
    *(Column(field.head, WIDTHS.get(field.name, 10), KINDS.get(field.kind, "text")) for field in FIELDS),
)
VALUES: Final = attrgetter(*(field.name for field in FIELDS))
FEN: Final = 1_000_000
"""So many 分 are 万元."""


class Spoken:
    """The values of one town as its ledger says them."""

    def __init__(self, villages: Villages) -> None:
        self._names = {code: name if villages.find(name) == code else code for code, name in villages.names.items()}
        self._said = [_way(field, self._names) for field in FIELDS]

    def cells(self, number: int, row: Any) -> list[object]:
        """The cells of one enterprise; `row` has the columns of Enterprise by name."""
        return [number, *(say(value) if say else value for say, value in zip(self._said, VALUES(row), strict=True))]


def _way(field: Field, villages: Mapping[str, str]) -> Callable[[Any], object] | None:
    """How the values of a field are said; None for those that stand as they are."""
    if field.kind is Kind.VILLAGE:
        return lambda code: villages.get(code, code)
    if field.kind is Kind.MONEY:
        return lambda fen: None if fen is None else Decimal(fen) / FEN
    if field.kind is Kind.CHOICE:
        return lambda value: field.labels.get(value, value)
    return partial(_several, field.labels) if field.kind is Kind.TAGS else None


def _several(labels: Mapping[str, str], values: Sequence[str]) -> str:
    return "、".join([labels.get(one, one) for one in values]) if values else ""
