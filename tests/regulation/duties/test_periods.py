"""When duties come round, and what their periods are called."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.kernel.calendar_days import shipped
from services.regulation.duties import Duty, NoSuchRule, Period, occurrences, rulebook
from services.regulation.duties import periods as calendar_periods
from services.regulation.duties.periods import current, key_of, span_of
from tests.regulation.duties.enterprises import DAYS, a_factory, a_smelter, owed

ROUND = st.sampled_from([period for period in Period if period.comes_round])


@pytest.mark.parametrize(
    ("period", "day", "key"),
    [
        (Period.YEARLY, "2026-12-31", "2026"),
        (Period.HALF_YEARLY, "2026-06-30", "2026H1"),
        (Period.HALF_YEARLY, "2026-07-01", "2026H2"),
        (Period.QUARTERLY, "2026-03-31", "2026Q1"),
        (Period.QUARTERLY, "2026-04-01", "2026Q2"),
        (Period.MONTHLY, "2026-03-01", "2026-03"),
        (Period.WEEKLY, "2026-03-08", "2026-W10"),
        (Period.WEEKLY, "2026-03-09", "2026-W11"),
        (Period.WEEKLY, "2027-01-01", "2026-W53"),
        (Period.DAILY, "2026-03-05", "2026-03-05"),
        (Period.STANDING, "2026-03-05", "once"),
        (Period.ONCE, "2026-03-05", "once"),
    ],
)
def test_a_period_has_one_stable_name(period: Period, day: str, key: str) -> None:
    """Weeks are ISO weeks, also across the turn of the year."""
    assert key_of(period, date.fromisoformat(day)) == key


@given(ROUND, DAYS)
def test_periods_cover_every_day_once(period: Period, day: date) -> None:
    """Each day lies in one period, whose name all its days share and no neighbour bears."""
    first, last = span_of(period, day)
    assert first <= day <= last
    assert key_of(period, first) == key_of(period, last) == key_of(period, day)
    assert key_of(period, last + timedelta(days=1)) != key_of(period, day) != key_of(period, first - timedelta(days=1))


@given(ROUND, DAYS, st.integers(0, 500))
def test_occurrences_of_a_span_are_those_of_its_days(period: Period, first: date, length: int) -> None:
    """Nothing is left out, nothing comes twice, and the order is that of the calendar."""
    days = [first + timedelta(days=n) for n in range(length + 1)]
    assert [found.key for found in calendar_periods.occurrences(period, first, days[-1])] == list(
        dict.fromkeys(key_of(period, day) for day in days)
    )


def test_checks_are_expected_for_days_of_production_only() -> None:
    """Ten days of March with three days stopped leave seven daily checks; the other years have 365 and 366."""
    stopped = [(date(2026, 3, 4), date(2026, 3, 6))]
    keys = [found.key for found in occurrences("T05-2", date(2026, 3, 1), date(2026, 3, 10), suspended=stopped)]
    assert keys == [f"2026-03-{day:02d}" for day in (1, 2, 3, 7, 8, 9, 10)]
    for year, count in ((2025, 365), (2024, 366)):
        assert len(list(occurrences("T05-2", date(year, 1, 1), date(year, 12, 31)))) == count


def test_a_week_or_month_with_one_day_of_production_is_still_checked() -> None:
    """Only a period that is stopped from end to end is left out, also by two spans that meet."""
    march = (date(2026, 3, 1), date(2026, 3, 31))
    assert len(list(occurrences("T05-4", *march, suspended=[(date(2026, 3, 1), date(2026, 3, 30))]))) == 1
    assert not list(occurrences("T05-4", *march, suspended=[march]))
    halves = [(date(2026, 3, 16), date.max), (date(2026, 2, 20), date(2026, 3, 15))]
    assert not list(occurrences("T05-4", *march, suspended=halves))
    week = (date(2026, 3, 2), date(2026, 3, 8))
    assert not list(occurrences("T05-3", *week, suspended=[week]))
    assert len(list(occurrences("T05-3", *week, suspended=[(week[0], date(2026, 3, 7))]))) == 1


def test_what_is_owed_without_production_too_is_not_suspended() -> None:
    """Yearly training and half-yearly drills stay."""
    stopped = [(date(2026, 1, 1), date(2026, 12, 31))]
    found = [o.key for o in occurrences("I28-2", date(2026, 1, 1), date(2026, 12, 31), suspended=stopped)]
    assert found == ["2026H1", "2026H2"]


def test_nothing_comes_round_before_its_rule_did() -> None:
    """The notice is of 15 March 2021: the check of 14 March was not owed."""
    keys = [found.key for found in occurrences("T05-2", date(2021, 3, 13), date(2021, 3, 16))]
    assert keys == ["2021-03-15", "2021-03-16"]
    assert not list(occurrences("I04-2", date(2026, 1, 1), date(2026, 12, 31))), "what stands does not come round"
    with pytest.raises(NoSuchRule, match="I99"):
        rulebook().rule("I99")


def test_a_duty_or_a_rule_may_be_asked_as_well_as_a_code() -> None:
    """All three say the same."""
    duty = owed(a_smelter())["I28-2"]
    span = (date(2026, 1, 1), date(2026, 12, 31))
    by_code = list(occurrences("I28-2", *span))
    assert by_code == list(occurrences(duty, *span)) == list(occurrences(duty.owed.rule, *span))


@pytest.mark.parametrize(
    ("on", "key", "due", "latest"),
    [
        ("2026-04-15", "2026Q1", "2026-04-15", "2026-04-15"),
        ("2026-04-16", "2026Q2", "2026-07-15", "2026-07-15"),
        ("2021-12-31", "2021Q4", "2022-01-15", "2022-01-17"),
    ],
)
def test_figures_of_a_quarter_are_due_in_the_next_one(on: str, key: str, due: str, latest: str) -> None:
    """Until the fifteenth the past quarter is the one that is owed; reminders keep to the day before the roll."""
    duty = owed(a_factory(), date.fromisoformat(on))["I18-2"]
    assert (duty.period_key, str(duty.due_on)) == (key, due)
    assert str(duty.latest_on(shipped())) == latest
    assert duty.unverified


@pytest.mark.parametrize(
    ("on", "key", "due"), [("2027-01-31", "2026", "2027-01-31"), ("2027-02-01", "2027", "2028-01-31")]
)
def test_figures_of_a_year_are_due_at_the_end_of_january(on: str, key: str, due: str) -> None:
    """31 January still belongs to the year before."""
    duty = owed(a_factory(), date.fromisoformat(on))["I18-3"]
    assert (duty.period_key, str(duty.due_on)) == (key, due)


@given(ROUND, DAYS)
def test_what_is_owed_today_is_never_past_its_day(period: Period, on: date) -> None:
    """With or without a day of its own in the next period."""
    for deadline in (None, "HAZ_QUARTER_STAT" if period is Period.QUARTERLY else None):
        found = current(period, on, deadline)
        assert found.due_on is not None
        assert on <= found.due_on


def ends_of(duty: Duty) -> tuple[str, str, str, list[str]]:
    """When it begins, ends and reminds."""
    return duty.period_key, str(duty.starts_on), str(duty.due_on), [str(day) for day in duty.reminds_on]


def test_drills_weeks_and_months_end_on_their_last_day() -> None:
    """Holidays do not move what keeps people safe."""
    duties = owed(a_smelter(), date(2026, 10, 3))
    assert ends_of(duties["I28-2"])[:3] == ("2026H2", "2026-07-01", "2026-12-31")
    assert ends_of(duties["T05-3"])[:3] == ("2026-W40", "2026-09-28", "2026-10-04")
    assert ends_of(duties["T05-2"])[:3] == ("2026-10-03", "2026-10-03", "2026-10-03")
    assert duties["T05-3"].latest_on(shipped()) == date(2026, 10, 4)
