"""A deadline is counted by the calendar that the State Council publishes."""

from datetime import date

import pytest

from services.kernel.refusals import BadInput
from services.supervision.assignments import due_of, in_workdays
from services.supervision.assignments.due import MOST_WORKDAYS


@pytest.mark.parametrize(
    ("chosen", "words"),
    [
        (date(2026, 9, 30), "2026年9月30日"),
        (date(2026, 10, 1), "2026年10月1日（遇休假日，法定最迟 2026年10月8日）"),
        (date(2026, 10, 7), "2026年10月7日（遇休假日，法定最迟 2026年10月8日）"),
        (date(2026, 10, 8), "2026年10月8日"),
        (date(2026, 10, 10), "2026年10月10日"),  # a Saturday on which offices work
        (date(2026, 10, 11), "2026年10月11日（遇休假日，法定最迟 2026年10月12日）"),
    ],
)
def test_a_day_off_moves_the_latest_day_and_not_the_safe_one(chosen: date, words: str) -> None:
    """Both days are shown; reminders go by the earlier one (民法典 203)."""
    assert due_of(date(2026, 9, 1), chosen).words == words


def test_a_year_without_a_published_calendar_is_provisional() -> None:
    """31 December 2026 is known, 4 January 2027 is a guess."""
    assert not due_of(date(2026, 12, 1), date(2026, 12, 31)).is_provisional
    assert due_of(date(2026, 12, 1), date(2027, 1, 4)).words == "2027年1月4日〔暂定〕"


def test_working_days_begin_tomorrow_and_skip_the_holidays() -> None:
    """From 30 September 2026: one working day is 8 October, two are 9 October, three the working Saturday."""
    start = date(2026, 9, 30)
    assert [in_workdays(start, n) for n in (1, 2, 3)] == [date(2026, 10, 8), date(2026, 10, 9), date(2026, 10, 10)]


@pytest.mark.parametrize(
    ("days", "allowed"), [(0, False), (1, True), (MOST_WORKDAYS, True), (MOST_WORKDAYS + 1, False)]
)
def test_so_many_working_days_and_no_more(days: int, allowed: bool) -> None:
    """From one day to a year of work."""
    if allowed:
        assert in_workdays(date(2026, 3, 2), days) > date(2026, 3, 2)
        return
    with pytest.raises(BadInput) as refused:
        in_workdays(date(2026, 3, 2), days)
    assert "workdays" in refused.value.fields
