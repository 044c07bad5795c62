"""The code by which an enterprise is known everywhere."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.regulation.credit_code import ALPHABET, BadCreditCode, check, make_code, normalise, problem

VALID = [
    "91500102MA5U000038",
    "91500102MA5ABC016J",
    "91500102208500012K",
    "91500102MA5X00073L",
    "91500102MA61KQ2T9L",
    "92500102MA5YK8F03Y",
    "11500102MB0X00000F",
    "91350100M000100Y43",
]
FULL_WIDTH = "".join(chr(ord(letter) + 0xFEE0) for letter in VALID[0])
BODIES = st.text(ALPHABET, min_size=8, max_size=8)


@pytest.mark.parametrize("code", VALID)
def test_codes_of_enterprises_traders_and_offices_are_valid(code: str) -> None:
    """Both check digits agree (A180)."""
    assert check(code) == code


@pytest.mark.parametrize(
    "typed",
    [" 91500102ma5u000038 ", "91500102 MA5U 0000 38", FULL_WIDTH, "91500102MA5U000038\t"],
)
def test_blanks_lower_case_and_full_width_do_not_matter(typed: str) -> None:
    """People copy the code from a scanned licence."""
    assert check(typed) == normalise(typed) == "91500102MA5U000038"


@pytest.mark.parametrize(
    ("typed", "hint"),
    [
        ("", "请填写"),
        ("91500102MA5ABC016", "现在是 17 位"),
        ("91500102MA5ABC016JJ", "现在是 19 位"),
        ("91500102MA5ABC0I6J", "第 16 位“I”.*“1”"),
        ("915OO102MA5U000038", "第 4 位“O”.*“0”"),
        ("91500102MASU000038", "第 11 位“S”.*“5”"),
        ("91500102MAVU000038", "第 11 位“V”.*“Y 或 U”"),
        ("91500102MAZU000038", "第 11 位“Z”.*“2”"),
        ("91500102MA5U0000-8", "第 17 位“-”"),
        ("91500102MA5U00003九", "第 18 位“九”"),
        ("9150010BMA5U000038", "登记地区划代码"),
        ("91500102MA5ABC0160", "校验位不符"),
        ("91500102MA5U000083", "校验位不符"),
    ],
)
def test_a_wrong_code_is_explained(typed: str, hint: str) -> None:
    """The sentence says which character and what it probably should be."""
    with pytest.raises(BadCreditCode, match=hint):
        check(typed)


def test_the_organisation_code_inside_is_checked_too() -> None:
    """An outer digit that agrees does not save a wrong inner one."""
    right = make_code("DEM00001")
    wrong_inner = right[:16] + ("0" if right[16] != "0" else "1")
    outer_fixed = next(wrong_inner + c for c in ALPHABET if _outer_agrees(wrong_inner + c))
    assert problem(right) is None
    assert problem(outer_fixed) == "校验位不符，代码中有录错或颠倒的字符，请对照营业执照逐位核对"


def _outer_agrees(code: str) -> bool:
    weights = (1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28)
    total = sum(ALPHABET.index(c) * w for c, w in zip(code, weights, strict=False))
    return ALPHABET[(31 - total % 31) % 31] == code[17]


@given(BODIES, st.sampled_from(["91", "92", "93", "11", "12"]))
def test_a_generated_code_is_valid_and_tells_its_kind(body: str, kind: str) -> None:
    """Invented enterprises carry codes that every system accepts."""
    code = make_code(body, kind=kind)
    assert check(code.lower()) == code
    assert code[:2] == kind
    assert code[2:8] == "500102"


@given(BODIES, st.integers(0, 17), st.sampled_from(ALPHABET))
def test_no_single_wrong_character_passes(body: str, place: int, letter: str) -> None:
    """One mistyped character is always noticed."""
    code = make_code(body)
    typed = code[:place] + letter + code[place + 1 :]
    assert (problem(typed) is None) == (typed == code)


@pytest.mark.parametrize(
    "call",
    [
        lambda: make_code("DEM0000I"),
        lambda: make_code("DEM0001"),
        lambda: make_code("DEM00001", region="50010"),
        lambda: make_code("DEM00001", kind="9Z"),
        lambda: make_code("DEM00001", region="5001O2"),
    ],
)
def test_a_code_cannot_be_made_from_impossible_parts(call: object) -> None:
    """Body, kind and region must themselves be allowed."""
    assert callable(call)
    with pytest.raises(BadCreditCode):
        call()


@given(st.text(max_size=40))
def test_any_text_gets_a_sentence_and_never_a_crash(text: str) -> None:
    """Whatever is pasted into the field, the answer is a sentence or nothing."""
    sentence = problem(text)
    assert sentence is None or "请" in sentence
