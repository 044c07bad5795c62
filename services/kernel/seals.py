"""What a seal is made of: the same for those who seal and for those who verify."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import msgspec

from services.kernel import merkle
from services.kernel.trail import AuditEntry

BEGINNING = bytes(32)
"""What stands before the first link of a chain and before the first root."""

COLUMNS = [column.name for column in AuditEntry.__table__.columns]
# jsonb as text is the same for the same content, whatever numbers are in it; a float has no other canonical form.
SELECTED = ", ".join(f"e.{name}::text AS {name}" if name == "detail" else f"e.{name}" for name in COLUMNS)


# The same bytes as merkle.canonical (a test compares them), four times as fast: every row of every town passes here.
_encode = msgspec.json.Encoder(order="deterministic").encode


def digest(entry: Mapping[str, Any], *, seq: int, previous: bytes, sealed_at: datetime) -> bytes:
    """The link over one audit row, all its columns as they stand, and the link before."""
    return hashlib.sha256(link(entry, seq=seq, previous=previous, sealed_at=sealed_at)).digest()


def link(entry: Mapping[str, Any], *, seq: int, previous: bytes, sealed_at: datetime) -> bytes:
    """What is hashed: canonical JSON of the row, its place, the link before and the instant of sealing."""
    row = {name: _plain(entry[name]) for name in COLUMNS}
    return _encode({"seq": seq, "previous": previous.hex(), "sealed_at": _plain(sealed_at), "entry": row})


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="microseconds").removesuffix("+00:00") + "Z"
    return str(value) if isinstance(value, UUID) else value


def root(day: date, previous: bytes, heads: Iterable[Mapping[str, Any]]) -> bytes:
    """The Merkle root of a day: its first leaf names the day and the root before, the others are the heads."""
    leaves: Sequence[Mapping[str, Any]] = [{"day": day, "previous": previous.hex()}, *heads]
    return merkle.root(merkle.canonical(leaf) for leaf in leaves)
