"""Personal data opens only with the right key and in its own row; a reporter's name only with the keeper's key."""

import base64
import os
import stat
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from services.kernel import keys
from services.kernel.keys import KeyExposed, KeyMissing, SealBroken, TenantKeys, WrongKey
from services.kernel.refusals import BadInput

ZHENXI, LIDU = UUID(int=1), UUID(int=2)
PERSON, NEIGHBOUR = UUID(int=11), UUID(int=12)
TOWN_KEYS = TenantKeys.new()
FULL_WIDTH = "".join(chr(ord(digit) + 0xFEE0) for digit in "13812345678")
TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=60)


def a_phone_sealed(text: str = "13812345678") -> bytes:
    return keys.seal_field(TOWN_KEYS, text, tenant=ZHENXI, table="member", column="phone", row=PERSON)


def opened(
    sealed: bytes, *, tenant: UUID = ZHENXI, table: str = "member", column: str = "phone", row: UUID = PERSON
) -> str:
    return keys.open_field(TOWN_KEYS, sealed, tenant=tenant, table=table, column=column, row=row)


def a_key_file(folder: Path, mode: int, content: bytes | None = None) -> Path:
    path = folder / "given"
    path.write_bytes(base64.b64encode(bytes(32)) if content is None else content)
    path.chmod(mode)
    return path


def test_an_installation_makes_its_master_key_once(tmp_path: Path) -> None:
    """The first start makes the key, readable by nobody else; every later start reads the same one."""
    first = keys.master_key(tmp_path)
    file = tmp_path / "keys" / "master"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700
    assert len(base64.b64decode(file.read_bytes(), validate=False)) == 32
    assert keys.master_key(tmp_path) == first
    assert [path.name for path in file.parent.iterdir()] == ["master"]


def test_processes_that_start_together_share_one_master_key(tmp_path: Path) -> None:
    """Whoever comes second takes the key of the first."""
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda _: keys.master_key(tmp_path), range(24)))
    assert len(set(found)) == 1
    assert [path.name for path in (tmp_path / "keys").iterdir()] == ["master"]


def test_two_installations_have_different_master_keys(tmp_path: Path) -> None:
    """The key comes from the dice, not from the place."""
    one, other = keys.master_key(tmp_path / "one"), keys.master_key(tmp_path / "other")
    assert one != other
    assert one.fingerprint != other.fingerprint


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o620, 0o602, 0o644])
def test_a_master_key_that_others_can_read_is_not_used(tmp_path: Path, mode: int) -> None:
    """The own key file belongs to the service alone."""
    keys.master_key(tmp_path)
    (tmp_path / "keys" / "master").chmod(mode)
    with pytest.raises(KeyExposed, match="chmod 600"):
        keys.master_key(tmp_path)


@pytest.mark.parametrize("mode", [0o400, 0o440, 0o600, 0o640])
def test_a_key_that_the_operator_hands_over_may_be_read_by_its_group(tmp_path: Path, mode: int) -> None:
    """Secret stores hand keys to a group."""
    assert keys.master_key(tmp_path, a_key_file(tmp_path, mode)).secret == bytes(32)


@pytest.mark.parametrize("mode", [0o444, 0o460, 0o602])
def test_a_key_that_the_operator_hands_over_is_not_for_everyone(tmp_path: Path, mode: int) -> None:
    """Nobody outside the group reads it, nobody but the owner changes it."""
    with pytest.raises(KeyExposed):
        keys.master_key(tmp_path, a_key_file(tmp_path, mode))


def test_a_key_file_of_a_stranger_is_not_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who owns the file could change the key; the system's own account is no stranger."""
    path, stranger = a_key_file(tmp_path, 0o600), 54321
    if os.geteuid() == 0:
        assert keys.master_key(tmp_path, path)
        os.chown(path, stranger, -1)
    else:
        monkeypatch.setattr(os, "geteuid", lambda: stranger)
    with pytest.raises(KeyExposed):
        keys.master_key(tmp_path, path)


def test_a_lost_key_that_the_operator_named_is_not_replaced(tmp_path: Path) -> None:
    """A new key would open nothing, so the operator is asked for the old one."""
    with pytest.raises(KeyMissing, match="拷回来"):
        keys.master_key(tmp_path, tmp_path / "gone")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("content", [b"", b"secret", base64.b64encode(bytes(31)), base64.b64encode(bytes(33)), b"\xff"])
def test_a_file_that_is_no_key_is_refused(tmp_path: Path, content: bytes) -> None:
    """A key has 32 bytes, neither more nor fewer."""
    with pytest.raises(KeyMissing, match="不是主密钥"):
        keys.master_key(tmp_path, a_key_file(tmp_path, 0o600, content))


def test_a_folder_is_no_key(tmp_path: Path) -> None:
    """A mount that failed leaves an empty folder in the place of the key."""
    with pytest.raises(KeyMissing):
        keys.master_key(tmp_path, tmp_path)


def test_keys_do_not_show_themselves(tmp_path: Path) -> None:
    """What is printed into a log holds no secret."""
    master = keys.master_key(tmp_path)
    pair = keys.new_reporter_key()
    shown = f"{master!r} {TOWN_KEYS!r} {pair!r}"
    assert pair.private not in shown
    assert pair.public in shown
    for secret in (master.secret, TOWN_KEYS.data, TOWN_KEYS.index):
        assert repr(secret) not in shown
        assert secret.hex() not in shown


def test_a_towns_keys_come_back_from_their_wrapping(tmp_path: Path) -> None:
    """The database holds the wrapping, the master key opens it."""
    master = keys.master_key(tmp_path)
    wrapped = keys.wrap(master, TOWN_KEYS, tenant=ZHENXI)
    assert keys.unwrap(master, wrapped, tenant=ZHENXI) == TOWN_KEYS
    assert TOWN_KEYS.data not in wrapped
    assert keys.wrap(master, TOWN_KEYS, tenant=ZHENXI) != wrapped


def test_wrapped_keys_do_not_fit_another_town(tmp_path: Path) -> None:
    """Who swaps two towns' rows gains nothing."""
    master = keys.master_key(tmp_path)
    with pytest.raises(SealBroken):
        keys.unwrap(master, keys.wrap(master, TOWN_KEYS, tenant=ZHENXI), tenant=LIDU)


def test_a_new_master_key_takes_over_what_the_old_one_wrapped(tmp_path: Path) -> None:
    """After the change the old key opens nothing, and every sealed field still opens."""
    old, new = keys.master_key(tmp_path / "old"), keys.master_key(tmp_path / "new")
    sealed, wrapped = a_phone_sealed(), keys.wrap(old, TOWN_KEYS, tenant=ZHENXI)
    rewrapped = keys.rewrap(old, new, wrapped, tenant=ZHENXI)
    assert keys.unwrap(new, rewrapped, tenant=ZHENXI) == TOWN_KEYS
    assert opened(sealed) == "13812345678"
    with pytest.raises(WrongKey, match="主密钥"):
        keys.unwrap(old, rewrapped, tenant=ZHENXI)
    with pytest.raises(WrongKey):
        keys.rewrap(new, old, wrapped, tenant=ZHENXI)


@given(TEXT)
def test_a_sealed_value_opens_to_what_was_typed(text: str) -> None:
    """Any text, the empty one too; sealing twice gives different bytes."""
    sealed = a_phone_sealed(text)
    assert opened(sealed) == text
    assert a_phone_sealed(text) != sealed


@pytest.mark.parametrize("moved", [{"tenant": LIDU}, {"table": "report"}, {"column": "name"}, {"row": NEIGHBOUR}])
def test_a_sealed_value_opens_only_in_its_own_place(moved: dict[str, str]) -> None:
    """Another tenant, table, column or row: each alone is enough to refuse."""
    with pytest.raises(SealBroken):
        keys.open_field(
            TOWN_KEYS,
            a_phone_sealed(),
            **({"tenant": ZHENXI, "table": "member", "column": "phone", "row": PERSON} | moved),  # type: ignore[arg-type]
        )


@given(TEXT, TEXT, TEXT, TEXT)
@example("member", "phone", "memberp", "hone")
@example("member|a", "b", "member", "a|b")
def test_two_places_are_never_spelled_alike(table: str, column: str, other_table: str, other_column: str) -> None:
    """Not even where the end of a table's name could pass for the start of a column's."""
    sealed = keys.seal_field(TOWN_KEYS, "x", tenant=ZHENXI, table=table, column=column, row=PERSON)
    if (table, column) == (other_table, other_column):
        assert opened(sealed, table=other_table, column=other_column) == "x"
    else:
        with pytest.raises(SealBroken):
            opened(sealed, table=other_table, column=other_column)


@given(st.data())
def test_a_changed_byte_is_found(data: st.DataObject) -> None:
    """A flipped bit anywhere, or a missing end, is refused and never shown."""
    sealed = a_phone_sealed()
    at, bit = data.draw(st.integers(0, len(sealed) - 1)), data.draw(st.integers(0, 7))
    changed = sealed[:at] + bytes([sealed[at] ^ 1 << bit]) + sealed[at + 1 :]
    with pytest.raises(SealBroken if at else WrongKey):
        opened(changed)
    with pytest.raises(SealBroken if at else WrongKey):
        opened(sealed[:at])


def test_a_value_of_an_older_data_key_says_so() -> None:
    """The first byte tells which of a town's data keys is needed."""
    second = TenantKeys.new(version=2)
    with pytest.raises(WrongKey, match="版本"):
        keys.open_field(second, a_phone_sealed(), tenant=ZHENXI, table="member", column="phone", row=PERSON)


def test_half_a_character_is_refused_and_not_an_error() -> None:
    """A lone surrogate in a form has no bytes to seal."""
    for act in (a_phone_sealed, lambda text: keys.blind_index(TOWN_KEYS, text)):
        with pytest.raises(BadInput, match="不完整"):
            act("\ud83d")


@given(TEXT, TEXT)
def test_a_sealed_phone_can_be_found_again(one: str, other: str) -> None:
    """Equal values have equal indexes within a town, and nothing in common with another town's."""
    assert (keys.blind_index(TOWN_KEYS, one) == keys.blind_index(TOWN_KEYS, other)) == (one == other)
    assert keys.blind_index(TenantKeys.new(), one) != keys.blind_index(TOWN_KEYS, one)
    assert len(keys.blind_index(TOWN_KEYS, one)) == 32


@pytest.mark.parametrize(
    ("typed", "spelled"),
    [
        ("13812345678", "13812345678"),
        (" 138 1234 5678 ", "13812345678"),
        ("138-1234-5678", "13812345678"),
        (FULL_WIDTH, "13812345678"),
        ("+86 138-1234-5678", "13812345678"),
        ("0086 13812345678", "13812345678"),
        ("8613812345678", "13812345678"),
        ("\u202d13812345678\u202c", "13812345678"),
        ("（023）72345678", "02372345678"),
        ("023－72345678", "02372345678"),
        ("023 7234 5678", "02372345678"),
        ("+86 23 7234 5678", "02372345678"),
        ("+86-10-62345678", "01062345678"),
        ("023-72345678-801", "02372345678-801"),
        ("023-72345678转801", "02372345678-801"),
        ("023 72345678 ext. 801", "02372345678-801"),
        ("0816-2345678", "08162345678"),
        ("400 123 4567", "4001234567"),
    ],
)
def test_a_phone_number_has_one_spelling(typed: str, spelled: str) -> None:
    """However it was typed or pasted."""
    assert keys.normalise_phone(typed) == spelled
    assert keys.normalise_phone(spelled) == spelled


@pytest.mark.parametrize(
    ("typed", "hint"),
    [
        ("1381234567", "11 位，现在是 10 位"),
        ("138123456789", "11 位，现在是 12 位"),
        ("12812345678", "电话号码不对"),
        ("72345678", "请加上区号"),
        ("", "电话号码不对"),
        ("13812345678/13912345678", "只填一个号码"),
        ("13812345678、13912345678", "只填一个号码"),
        ("张三13812345678", "只填一个号码"),
        ("٠١٢٣٤٥٦٧٨٩", "只填一个号码"),
        ("02372345678转1234567", "分机号"),
        ("02372345678转总台", "分机号"),
        ("=1+1", "只填一个号码"),
    ],
)
def test_a_phone_number_that_cannot_be_dialled_is_refused(typed: str, hint: str) -> None:
    """The sentence says what to write instead."""
    with pytest.raises(BadInput, match=hint):
        keys.normalise_phone(typed)


@given(st.text(max_size=40) | st.from_regex(r"[+0-9 ()转x\-]{5,20}"))
def test_no_text_makes_the_phone_check_fail(typed: str) -> None:
    """Any text is spelled in one way or refused."""
    try:
        spelled = keys.normalise_phone(typed)
    except BadInput:
        return
    assert keys.normalise_phone(spelled) == spelled


@given(st.binary(max_size=300))
def test_a_reporters_name_opens_for_the_keeper_alone(identity: bytes) -> None:
    """The public key seals, the private key opens, and two seals of one name differ."""
    pair = keys.new_reporter_key()
    sealed = keys.seal_for_reporter(pair.public, identity)
    assert keys.open_for_reporter(pair.private, sealed) == identity
    assert keys.seal_for_reporter(pair.public, identity) != sealed
    with pytest.raises(SealBroken):
        keys.open_for_reporter(keys.new_reporter_key().private, sealed)


@given(st.data())
def test_a_changed_sealed_name_is_found(data: st.DataObject) -> None:
    """A flipped bit or a missing end anywhere in the box."""
    pair = keys.new_reporter_key()
    sealed = keys.seal_for_reporter(pair.public, "张三".encode())
    at = data.draw(st.integers(0, len(sealed) - 1))
    with pytest.raises(SealBroken):
        keys.open_for_reporter(pair.private, sealed[:at] + bytes([sealed[at] ^ 1]) + sealed[at + 1 :])
    with pytest.raises(SealBroken):
        keys.open_for_reporter(pair.private, sealed[:at])


def test_a_private_key_survives_being_typed_from_paper() -> None:
    """Small letters, blanks, and digits that look like letters are taken as they were meant."""
    pair = keys.new_reporter_key()
    sealed = keys.seal_for_reporter(pair.public, b"name")
    typed = pair.private.lower().replace("-", "  ").replace("o", "0").replace("i", "1").replace("b", "8")
    assert keys.open_for_reporter(typed, sealed) == b"name"


@pytest.mark.parametrize(
    "spoil",
    [
        lambda pair: pair.public,
        lambda pair: pair.private[:-1],
        lambda pair: ("A" if pair.private[0] != "A" else "B") + pair.private[1:],
        lambda _: "",
        lambda _: "密钥",
    ],
)
def test_a_mistyped_private_key_is_told_apart_from_a_wrong_one(spoil: Callable[[keys.ReporterKey], str]) -> None:
    """The check letters find the mistake before anything is opened."""
    pair = keys.new_reporter_key()
    with pytest.raises(KeyMissing, match="抄写有误"):
        keys.open_for_reporter(spoil(pair), keys.seal_for_reporter(pair.public, b"name"))


def test_nothing_is_sealed_to_a_private_key() -> None:
    """A mix-up of the two halves is refused before it can do harm."""
    with pytest.raises(KeyMissing):
        keys.seal_for_reporter(keys.new_reporter_key().private, b"name")


def test_a_row_of_its_own_is_part_of_the_seal() -> None:
    """Two people with one phone number do not look alike in the database."""
    rows = [
        keys.seal_field(TOWN_KEYS, "1", tenant=ZHENXI, table="member", column="phone", row=uuid4()) for _ in range(9)
    ]
    assert len(set(rows)) == 9
