"""Whether the town reaches what it set out to reach this year."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.kernel.calendar_days import shipped
from services.regulation.accidents import AccidentLevel
from services.regulation.deadlines import due, rule
from services.regulation.targets import (
    AccidentFact,
    Figure,
    accident_control,
    campaign_share,
    close_out_rate,
    insurance_rate,
    is_valid_on,
    percent,
    standardization_rate,
)

ORDINARY = AccidentFact(AccidentLevel.ORDINARY, deaths=0)


@pytest.mark.parametrize(
    ("certified", "above_scale", "reached", "missing", "words"),
    [
        (21, 35, True, 0, "21/35，60.00%，已达标"),
        (20, 35, False, 1, "20/35，57.14%，还差 1 家"),
        (22, 37, False, 1, "22/37，59.46%，还差 1 家"),
        (23, 37, True, 0, "23/37，62.16%，已达标"),
        (0, 37, False, 23, "0/37，0.00%，还差 23 家"),
        (14_999, 25_000, False, 1, "14999/25000，60.00%，还差 1 家"),
    ],
)
def test_sixty_percent_is_reached_exactly_or_not_at_all(
    certified: int, above_scale: int, *, reached: bool, missing: int, words: str
) -> None:
    """By integers, so that a rounded 60.00 % does not pass for sixty (A150)."""
    assert standardization_rate(certified, above_scale) == Figure(certified, above_scale, reached, words, missing)


def test_a_target_without_enterprises_does_not_apply() -> None:
    """No denominator is neither 0 % nor 100 %."""
    for figure in (standardization_rate(0, 0), insurance_rate(0, 0), campaign_share(0, 0)):
        assert (figure.reached, figure.words) == (None, "不适用")
    assert close_out_rate(0, 0) == Figure(0, 0, None, "无")


def test_every_smelter_in_production_must_be_insured() -> None:
    """Three of three are enough, two are not (A153)."""
    assert insurance_rate(3, 3) == Figure(3, 3, reached=True, words="3/3，100.00%，已达标")
    assert insurance_rate(2, 3).missing == 1


def test_a_close_out_rate_is_shown_with_what_it_was_made_from() -> None:
    """Twenty of twenty-one (A156)."""
    assert close_out_rate(20, 21).words == "20/21，95.2%，还差 1 项"
    assert campaign_share(20, 22).words.startswith("20/22，90.9%")
    with pytest.raises(ValueError, match="more than the whole"):
        close_out_rate(3, 2)


def test_the_dates_on_a_certificate_are_both_included() -> None:
    """Granted 2018-06-01 for three years: valid on 2021-05-31, no more on 2021-06-01 (A151)."""
    granted_on = date(2018, 6, 1)
    ends_on = due(rule("STD_VALID"), granted_on, shipped()).latest_on
    days = [date(2018, 5, 31), granted_on, date(2021, 5, 31), date(2021, 6, 1)]
    assert [is_valid_on(day, starts_on=granted_on, ends_on=ends_on) for day in days] == [False, True, True, False]


@pytest.mark.parametrize(
    ("fact", "missed"),
    [
        (AccidentFact(AccidentLevel.ORDINARY, deaths=1), "fatal"),
        (AccidentFact(AccidentLevel.LARGER, deaths=0), "larger"),
        (AccidentFact(AccidentLevel.PARTICULARLY_MAJOR, deaths=0), "larger"),
        (AccidentFact(AccidentLevel.ORDINARY, deaths=0, has_social_impact=True), "social_impact"),
    ],
)
def test_one_grave_accident_makes_the_year_red(fact: AccidentFact, missed: str) -> None:
    """A death, a larger accident or a public outcry, each by itself (A155)."""
    control = accident_control([fact], ordinary_last_year=5)
    assert not control.reached
    assert [figure.reached for figure in control.figures].count(False) == 1
    assert getattr(control, missed) == Figure(1, None, reached=False, words="1 起")


@pytest.mark.parametrize(
    ("this_year", "last_year", "reached"), [(0, 0, True), (1, 0, False), (1, 1, False), (1, 2, True), (0, 1, True)]
)
def test_ordinary_accidents_must_become_fewer(this_year: int, last_year: int, *, reached: bool) -> None:
    """Fewer than last year; where there was none, none."""
    control = accident_control([ORDINARY] * this_year, ordinary_last_year=last_year)
    assert control.ordinary.reached is reached
    assert control.reached is reached
    assert control.ordinary.words == f"{this_year} 起（上年 {last_year} 起）"


def test_a_near_miss_is_not_counted() -> None:
    """An event that hurt nobody leaves the year clean."""
    near_miss = AccidentFact(AccidentLevel.NEAR_MISS, deaths=0)
    assert accident_control([near_miss] * 3, ordinary_last_year=0).reached


@given(st.integers(1, 500), st.integers(0, 500), st.integers(1, 100))
def test_adding_what_is_missing_just_reaches_the_target(above_scale: int, certified: int, target: int) -> None:
    """The number still missing is neither too small nor too large."""
    figure = standardization_rate(min(certified, above_scale), above_scale, target_percent=target)
    reached = figure.numerator + figure.missing
    assert reached * 100 >= target * above_scale
    if figure.missing:
        assert (reached - 1) * 100 < target * above_scale


@pytest.mark.parametrize(
    ("n", "m", "shown"), [(1, 3, "33.33%"), (2, 3, "66.67%"), (1, 800, "0.13%"), (1, 1, "100.00%")]
)
def test_percentages_round_half_up(n: int, m: int, shown: str) -> None:
    """0.125 % is shown as 0.13 %."""
    assert percent(n, m, 2) == shown
