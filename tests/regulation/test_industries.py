"""Which office looks after which enterprise begins with its industry."""

import pytest

from services.regulation.industries import BadIndustryCode, Sector, row_of, rows, sector_of


@pytest.mark.parametrize(
    ("gb_code", "label"),
    [
        ("3011", "建材"),
        ("3031", "建材"),
        ("3054", "轻工"),
        ("3072", "建材"),
        ("3074", "轻工"),
        ("3079", "轻工"),
        ("3110", "冶金"),
        ("3252", "有色"),
        ("3311", "机械"),
        ("3382", "轻工"),
        ("3843", "轻工"),
        ("3871", "轻工"),
        ("4330", "机械"),
        ("1713", "纺织"),
        ("1620", "烟草"),
        ("6210", "商贸"),
        ("32", "有色"),
    ],
)
def test_the_longest_prefix_decides_the_industry(gb_code: str, label: str) -> None:
    """Glass and fine ceramics leave building materials, household goods leave machinery."""
    assert sector_of(gb_code) == label


@pytest.mark.parametrize("gb_code", ["0610", "2511", "2671", "5265", "5941", "8411"])
def test_mines_chemicals_and_dangerous_goods_are_not_of_this_trade(gb_code: str) -> None:
    """They have supervisors of their own."""
    assert sector_of(gb_code) is None


def test_what_was_only_recalled_is_marked() -> None:
    """The office sees 待核实 beside household lighting, not beside smelting."""
    assert (row := row_of("3871")) is not None
    assert row.unverified
    assert (row := row_of("3110")) is not None
    assert not row.unverified
    assert (row := row_of("5265")) is not None
    assert row.sector is None
    assert row_of("0610") is None


@pytest.mark.parametrize("gb_code", ["", "3", "31100", "C311", "\uff13\uff11\uff11\uff10", "31 0"])
def test_a_code_of_another_shape_is_refused_in_chinese(gb_code: str) -> None:
    """The sentence says what to type."""
    with pytest.raises(BadIndustryCode, match="2—4 位数字"):
        sector_of(gb_code)


def test_every_industry_has_codes() -> None:
    """Eight industries, none of them empty."""
    assert len(Sector) == 8
    assert {row.sector for row in rows().values()} == {*Sector, None}
