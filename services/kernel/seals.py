"""What a seal is made of: the same for those who seal and for those who verify."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from services.kernel import merkle
from services.kernel.trail import AuditEntry

BEGINNING = bytes(32)
"""What stands before the first link of a chain and before the first root."""

COLUMNS = [column.name for column in AuditEntry.__table__.columns]
# jsonb as text is the same for the same content, whatever numbers are in it; a float has no other canonical form.
SELECTED = ", ".join(f"e.{name}::text AS {name}" if name == "detail" else f"e.{name}" for name in COLUMNS)


def digest(entry: Mapping[str, Any], *, seq: int, previous: bytes, sealed_at: datetime) -> bytes:
    """The link over one audit row, all its columns as they stand, and the link before."""
    row = {name: entry[name] for name in COLUMNS}
    link = {"seq": seq, "previous": previous.hex(), "sealed_at": sealed_at, "entry": row}
    return hashlib.sha256(merkle.canonical(link)).digest()


def root(day: date, previous: bytes, heads: Iterable[Mapping[str, Any]]) -> bytes:
    """The Merkle root of a day: its first leaf names the day and the root before, the others are the heads."""
    leaves: Sequence[Mapping[str, Any]] = [{"day": day, "previous": previous.hex()}, *heads]
    return merkle.root(merkle.canonical(leaf) for leaf in leaves)
