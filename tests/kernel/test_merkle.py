"""One row of a day can be proven against the day's root, and two programs write a row down alike."""

import hashlib
import json
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.kernel import merkle

ROWS = st.lists(st.binary(max_size=40), min_size=1, max_size=40)
TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers() | TEXT,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXT, inner, max_size=4),
    max_leaves=12,
)


def root_by_definition(leaves: list[bytes]) -> bytes:
    """RFC 6962, section 2.1, word for word."""
    if not leaves:
        return hashlib.sha256(b"").digest()
    if len(leaves) == 1:
        return hashlib.sha256(b"\x00" + leaves[0]).digest()
    split = 1 << (len(leaves) - 1).bit_length() - 1
    left, right = root_by_definition(leaves[:split]), root_by_definition(leaves[split:])
    return hashlib.sha256(b"\x01" + left + right).digest()


def test_the_known_trees_of_certificate_transparency_come_out() -> None:
    """The roots that the RFC's own implementations publish for 0, 1 and 8 leaves are ours too."""
    leaves = [bytes.fromhex(x) for x in ("", "00", "10", "2021", "3031", "40414243", "5051525354555657")]
    leaves.append(bytes(range(0x60, 0x70)))
    assert merkle.root([]).hex() == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    assert merkle.root(leaves[:1]).hex() == "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"
    assert merkle.root(leaves).hex() == "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"


@given(ROWS)
def test_the_root_of_a_day_is_the_one_the_rfc_defines(rows: list[bytes]) -> None:
    """For any number of rows, whether a power of two or not."""
    assert merkle.root(rows) == root_by_definition(rows)


@given(ROWS, st.data())
def test_each_row_of_a_day_can_be_proven(rows: list[bytes], data: st.DataObject) -> None:
    """The proof of a row holds for this row at this place, and for nothing else."""
    index = data.draw(st.integers(0, len(rows) - 1))
    root, proof = merkle.root(rows), merkle.inclusion_proof(rows, index)
    assert merkle.is_included(rows[index], index, len(rows), proof, root)
    assert not merkle.is_included(rows[index] + b"x", index, len(rows), proof, root)
    assert not merkle.is_included(rows[index], index, len(rows), [*proof, root], root)
    assert not merkle.is_included(rows[index], index, len(rows), proof, hashlib.sha256(root).digest())
    if proof:
        assert not merkle.is_included(rows[index], index, len(rows), proof[:-1], root)
        assert not merkle.is_included(rows[index], index, len(rows), [*proof[:-1], root], root)


@given(st.lists(st.binary(max_size=8), min_size=2, max_size=20, unique=True), st.data())
def test_a_row_is_not_proven_at_the_place_of_another(rows: list[bytes], data: st.DataObject) -> None:
    """A proof says where the row stands, not only that it is there."""
    index = data.draw(st.integers(0, len(rows) - 1))
    other = data.draw(st.integers(0, len(rows) - 1).filter(lambda place: place != index))
    proof = merkle.inclusion_proof(rows, index)
    assert not merkle.is_included(rows[index], other, len(rows), proof, merkle.root(rows))


def test_an_inner_node_cannot_pass_for_a_row() -> None:
    """Two rows glued together as a node are not a row of the shorter tree."""
    rows = [b"a", b"b", b"c", b"d"]
    forged = merkle.leaf_hash(b"a") + merkle.leaf_hash(b"b")
    right = merkle.node_hash(merkle.leaf_hash(b"c"), merkle.leaf_hash(b"d"))
    assert not merkle.is_included(forged, 0, 2, [right], merkle.root(rows))


@pytest.mark.parametrize("index", [-1, 3])
def test_there_is_no_proof_of_a_row_outside_the_day(index: int) -> None:
    """Neither before the first row nor after the last."""
    with pytest.raises(IndexError):
        merkle.inclusion_proof([b"a", b"b", b"c"], index)
    assert not merkle.is_included(b"a", index, 3, [], merkle.root([b"a", b"b", b"c"]))


@given(PLAIN)
def test_what_was_written_down_can_be_read_back(value: object) -> None:
    """The words are JSON, and writing what was read gives the same bytes."""
    words = merkle.canonical(value)
    assert json.loads(words) == value
    assert merkle.canonical(json.loads(words)) == words


@given(st.dictionaries(TEXT, st.integers(), min_size=2, max_size=6))
def test_the_order_in_which_a_row_was_filled_does_not_matter(row: dict[str, int]) -> None:
    """Keys come sorted by their UTF-8 bytes."""
    turned = dict(reversed(row.items()))
    assert merkle.canonical(turned) == merkle.canonical(row)
    assert list(json.loads(merkle.canonical(row))) == sorted(row, key=str.encode)


def test_keys_are_sorted_by_utf8_and_not_by_utf16() -> None:
    """A rare character beyond the basic plane comes after the full-width bracket."""
    assert merkle.canonical({"𠮷": 1, "（": 2}) == '{"（":2,"𠮷":1}'.encode()


def test_a_row_of_the_trail_is_written_in_one_way() -> None:
    """Days, instants of any zone, UUIDs, money, nothing and states have one spelling each."""

    class State(StrEnum):
        OPEN = "open"

    row = {
        "at": datetime(2026, 11, 23, 9, 30, tzinfo=timezone(timedelta(hours=8))),
        "due_on": date(2026, 12, 1),
        "id": UUID(int=1),
        "rate": Decimal("0.60"),
        "closed_on": None,
        "state": State.OPEN,
        "refused": False,
        "names": ("珍溪\n", "a b"),
    }
    assert merkle.canonical(row).decode() == (
        '{"at":"2026-11-23T01:30:00.000000Z","closed_on":null,"due_on":"2026-12-01",'
        '"id":"00000000-0000-0000-0000-000000000001","names":["珍溪\\n","a b"],"rate":"0.60","refused":false,"state":"open"}'
    )
    assert merkle.canonical(row | {"at": datetime(2026, 11, 23, 1, 30, tzinfo=UTC)}) == merkle.canonical(row)


@pytest.mark.parametrize(
    "value", [0.5, float("nan"), {1: "a"}, b"x", {"a"}, datetime.fromisoformat("2026-01-01T09:00"), object()]
)
def test_what_has_two_spellings_is_not_written_down(value: object) -> None:
    """Fractions of a computer, numbers as keys and clocks without a zone are the programmer's mistake."""
    with pytest.raises(TypeError):
        merkle.canonical({"detail": [value]})


def test_half_a_character_is_not_written_down() -> None:
    """A lone surrogate has no bytes in UTF-8."""
    with pytest.raises(ValueError, match="surrogates"):
        merkle.canonical({"name": "\ud800"})
