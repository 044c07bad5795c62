"""A deadline is counted by the calendar that the State Council publishes."""

from datetime import date

import pytest

from services.kernel.calendar_days import read, shipped
from services.kernel.refusals import BadInput
from services.supervision.assignments import due_of, in_workdays
from services.supervision.assignments.due import MOST_WORKDAYS

CALENDAR = shipped()


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
    assert due_of(CALENDAR, chosen).words == words


def test_a_year_without_a_published_calendar_is_provisional() -> None:
    """31 December 2026 is known, 4 January 2027 is a guess; a span is one as soon as it reaches there."""
    assert not due_of(CALENDAR, date(2026, 12, 31)).is_provisional
    assert due_of(CALENDAR, date(2027, 1, 4)).words == "2027年1月4日〔暂定〕"
    start = date(2026, 12, 29)
    assert [in_workdays(CALENDAR, start, n).is_provisional for n in (2, 3)] == [False, True]


def test_a_provisional_day_says_what_may_become_of_it() -> None:
    """A counted day may move, a chosen one does not; a certain day needs no sentence."""
    assert "自动重新计算" in in_workdays(CALENDAR, date(2026, 12, 29), 3).why_provisional
    assert "日期本身不变" in due_of(CALENDAR, date(2027, 1, 4)).why_provisional
    assert due_of(CALENDAR, date(2026, 12, 31)).why_provisional == ""
    official = CALENDAR.replaced(read("date,is_workday,name,source,status\n2027-01-01,0,元旦,新通知,official\n"))
    assert due_of(official, date(2027, 1, 4)).why_provisional == ""


def test_working_days_begin_tomorrow_and_skip_the_holidays() -> None:
    """From 30 September 2026: one working day is 8 October, two are 9 October, three the working Saturday."""
    start = date(2026, 9, 30)
    days = [in_workdays(CALENDAR, start, n).safe_on for n in (1, 2, 3)]
    assert days == [date(2026, 10, 8), date(2026, 10, 9), date(2026, 10, 10)]
    assert in_workdays(CALENDAR, start, 3).counted == "自2026年9月30日的次日起 3 个工作日"


@pytest.mark.parametrize(
    ("days", "allowed"), [(0, False), (1, True), (MOST_WORKDAYS, True), (MOST_WORKDAYS + 1, False)]
)
def test_so_many_working_days_and_no_more(days: int, allowed: bool) -> None:
    """From one day to a year of work."""
    if allowed:
        assert in_workdays(CALENDAR, date(2026, 3, 2), days).safe_on > date(2026, 3, 2)
        return
    with pytest.raises(BadInput) as refused:
        in_workdays(CALENDAR, date(2026, 3, 2), days)
    assert "workdays" in refused.value.fields
