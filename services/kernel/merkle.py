"""Words that always hash alike, and the tree that lets one row be proven without showing the others."""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from uuid import UUID


def canonical(value: object) -> bytes:
    """The one way to write a row down: JSON in UTF-8 with sorted keys and no spaces.

    Days are ISO dates, instants are UTC with microseconds, UUIDs and decimals are strings. Raises TypeError for
    floats, naive instants and what JSON has no word for, ValueError for lone surrogates.
    """
    # Python sorts strings by code point, which is the order of their UTF-8 bytes.
    return json.dumps(_plain(value), ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def root(leaves: Iterable[bytes]) -> bytes:
    """The Merkle tree hash of the leaves in their order (RFC 6962, section 2.1)."""
    level = [leaf_hash(leaf) for leaf in leaves]
    if not level:
        return hashlib.sha256().digest()
    while len(level) > 1:
        level = _next_level(level)
    return level[0]


def inclusion_proof(leaves: Sequence[bytes], index: int) -> list[bytes]:
    """The sibling hashes, from the leaf upwards, that tie one leaf to the root (RFC 6962, section 2.1.1).

    Raises IndexError where there is no such leaf.
    """
    if not 0 <= index < len(leaves):
        raise IndexError(index)
    level, path = [leaf_hash(leaf) for leaf in leaves], []
    while len(level) > 1:
        sibling = index ^ 1
        if sibling < len(level):
            path.append(level[sibling])
        level, index = _next_level(level), index // 2
    return path


def is_included(leaf: bytes, index: int, size: int, proof: Sequence[bytes], tree_root: bytes) -> bool:
    """Whether the proof ties the leaf, at its place among `size` leaves, to the root (RFC 9162, section 2.1.3.2)."""
    if not 0 <= index < size:
        return False
    digest, last, steps = leaf_hash(leaf), size - 1, list(proof)
    while last > 0:
        # A node that ends its level alone has no sibling: it moves up as it is.
        if index % 2 or index < last:
            if not steps:
                return False
            sibling = steps.pop(0)
            digest = node_hash(sibling, digest) if index % 2 else node_hash(digest, sibling)
        index, last = index // 2, last // 2
    return not steps and digest == tree_root


def leaf_hash(leaf: bytes) -> bytes:
    """The hash of a leaf, which no inner node can have."""
    return hashlib.sha256(b"\x00" + leaf).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """The hash of two subtrees, which no leaf can have."""
    return hashlib.sha256(b"\x01" + left + right).digest()


def _next_level(level: list[bytes]) -> list[bytes]:
    paired = [node_hash(left, right) for left, right in zip(level[::2], level[1::2], strict=False)]
    return paired + level[len(paired) * 2 :]


def _plain(value: object) -> object:
    match value:
        case None | bool() | int():
            return value
        case Mapping():
            return {_key(key): _plain(item) for key, item in value.items()}
        case list() | tuple():
            return [_plain(item) for item in value]
    return _word(value)


def _word(value: object) -> str:
    match value:
        case str():
            return str.__str__(value)
        case datetime():
            return _instant(value)
        case date():
            return value.isoformat()
        case UUID() | Decimal():
            return str(value)
    raise TypeError(f"no canonical form for {type(value).__name__}")


def _key(key: object) -> str:
    if not isinstance(key, str):
        raise TypeError(f"a key is text, not {type(key).__name__}")
    return str.__str__(key)


def _instant(moment: datetime) -> str:
    if moment.tzinfo is None:
        raise TypeError("an instant without a time zone has no canonical form")
    return moment.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")
