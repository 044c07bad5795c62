"""Ledgers of enterprises to carry away."""

from services.supervision.exports.actions import AT_ONCE, KEPT, ask, how_many, one, recent
from services.supervision.exports.models import STATES, RegistryExport
from services.supervision.exports.rows import COLUMNS, TITLE, Spoken

__all__ = [
    "AT_ONCE",
    "COLUMNS",
    "KEPT",
    "STATES",
    "TITLE",
    "RegistryExport",
    "Spoken",
    "ask",
    "how_many",
    "one",
    "recent",
]
