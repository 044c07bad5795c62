"""The way of the office's own ledger into the registry."""

from services.supervision.imports.actions import OPEN, approve, cancel, upload
from services.supervision.imports.models import STATES, RegistryImport
from services.supervision.imports.queries import one, recent
from services.supervision.imports.reading import EXAMPLE, HINT, MOST_ROWS

__all__ = [
    "EXAMPLE",
    "HINT",
    "MOST_ROWS",
    "OPEN",
    "STATES",
    "RegistryImport",
    "approve",
    "cancel",
    "one",
    "recent",
    "upload",
]
