"""How grave an accident is."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.regulation.accidents import AccidentLevel, deaths_counted, level_of

FEN = 100


@pytest.mark.parametrize(
    ("deaths", "hurt", "loss_fen", "label"),
    [
        (0, 0, 0, "未定级（险情）"),
        (0, 0, 1, "一般事故"),
        (0, 9, 999_999_999, "一般事故"),
        (2, 9, 999_999_999, "一般事故"),
        (0, 0, 1_000_000_000, "较大事故"),
        (3, 0, 0, "较大事故"),
        (0, 10, 0, "较大事故"),
        (9, 49, 4_999_999_999, "较大事故"),
        (10, 0, 0, "重大事故"),
        (0, 50, 0, "重大事故"),
        (2, 0, 50_000_000 * FEN, "重大事故"),
        (29, 99, 9_999_999_999, "重大事故"),
        (30, 0, 0, "特别重大事故"),
        (0, 100, 0, "特别重大事故"),
        (0, 0, 100_000_000 * FEN, "特别重大事故"),
    ],
)
def test_the_worst_of_three_measures_grades_an_accident(deaths: int, hurt: int, loss_fen: int, label: str) -> None:
    """Both sides of every boundary (A030-A041)."""
    assert level_of(deaths=deaths, serious_injuries=hurt, loss_fen=loss_fen).label == label


def test_a_scratch_is_an_ordinary_accident_and_a_minus_is_none() -> None:
    """Someone lightly hurt is not a near miss; fewer than nobody is refused."""
    hurt = level_of(deaths=0, serious_injuries=0, loss_fen=0, minor_injuries=1)
    assert hurt is AccidentLevel.ORDINARY
    with pytest.raises(ValueError, match="from zero"):
        level_of(deaths=0, serious_injuries=-1, loss_fen=0)


@given(st.integers(0, 40), st.integers(0, 120), st.integers(0, 2 * 10**10))
def test_more_harm_is_never_a_lower_level(deaths: int, hurt: int, loss: int) -> None:
    """One more death or one more yuan can only raise the level."""
    before = level_of(deaths=deaths, serious_injuries=hurt, loss_fen=loss)
    after = level_of(deaths=deaths + 1, serious_injuries=hurt, loss_fen=loss + FEN)
    assert before.severity <= after.severity


@pytest.mark.parametrize(
    ("third_died_on", "traffic", "label"),
    [
        (date(2021, 5, 31), False, "较大事故"),
        (date(2021, 6, 1), False, "一般事故"),
        (date(2021, 5, 8), True, "较大事故"),
        (date(2021, 5, 9), True, "一般事故"),
    ],
)
def test_a_later_death_counts_within_its_window(third_died_on: date, *, traffic: bool, label: str) -> None:
    """Day 30 after the accident counts, day 31 does not; for traffic and fire 7 and 8 (A043)."""
    happened_on = date(2021, 5, 1)
    deaths = deaths_counted(
        happened_on, [happened_on, happened_on + timedelta(days=1), third_died_on], is_traffic_or_fire=traffic
    )
    assert level_of(deaths=deaths, serious_injuries=0, loss_fen=0).label == label
