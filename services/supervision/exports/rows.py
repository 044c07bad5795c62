"""The ledger of enterprises as it leaves: every fact of the paper ledger, so that it can come in again unchanged."""

from decimal import Decimal
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
FEN: Final = 1_000_000
"""So many 分 are 万元."""


class Spoken:
    """The values of one town as its ledger says them; what was said once is remembered."""

    def __init__(self, villages: Villages) -> None:
        self._names = {code: name if villages.find(name) == code else code for code, name in villages.names.items()}
        self._known: dict[tuple[str, Any], object] = {}

    def cells(self, number: int, row: Any) -> list[object]:
        """The cells of one enterprise; `row` has the columns of Enterprise by name."""
        return [number, *(self._cell(field, getattr(row, field.name)) for field in FIELDS)]

    def _cell(self, field: Field, value: Any) -> object:
        if field.kind is Kind.VILLAGE:
            return self._names.get(value, value)
        if field.kind is Kind.MONEY and value is not None:
            return Decimal(value) / FEN
        if field.kind in {Kind.CHOICE, Kind.TAGS} and value is not None:
            key = (field.name, tuple(value) if isinstance(value, list) else value)
            if key not in self._known:
                self._known[key] = (
                    "、".join(field.labels.get(one, one) for one in value)
                    if isinstance(value, list)
                    else field.labels.get(value, value)
                )
            return self._known[key]
        return value
