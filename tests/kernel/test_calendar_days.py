"""The days on which the town office works."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.kernel.calendar_days import Calendar, CalendarNotReadable, Status, read, shipped

HEAD = "date,is_workday,name,source,status\n"
CALENDAR = shipped()
KNOWN_DAYS = st.dates(date(2021, 1, 1), date(2026, 12, 31))
ANY_DAYS = st.dates(date(2015, 1, 1), date(2040, 12, 31))


@pytest.mark.parametrize(
    ("year", "workdays"), [(2021, 250), (2022, 249), (2023, 249), (2024, 251), (2025, 248), (2026, 248)]
)
def test_every_published_year_has_its_working_days(year: int, workdays: int) -> None:
    """The yearly notices leave as many working days as the town plans its inspections with."""
    assert CALENDAR.workdays(date(year, 1, 1), date(year, 12, 31)) == workdays
    assert {day.status for day in CALENDAR.year(year)} == {Status.OFFICIAL}
    assert len(CALENDAR.year(year)) == 365 + (year == 2024)


@pytest.mark.parametrize(
    ("day", "worked", "name"),
    [
        (date(2021, 2, 10), True, ""),
        (date(2021, 2, 11), False, "春节"),
        (date(2021, 2, 17), False, "春节"),
        (date(2021, 2, 18), True, ""),
        (date(2021, 2, 20), True, "春节调休上班"),
        (date(2021, 2, 21), False, "周末"),
        (date(2026, 10, 8), True, ""),
        (date(2026, 10, 10), True, "国庆节调休上班"),
    ],
)
def test_a_holiday_ends_where_the_notice_says(day: date, *, worked: bool, name: str) -> None:
    """Both sides of a holiday, and the weekend that is worked for it."""
    assert (CALENDAR.is_workday(day), CALENDAR.on(day).name) == (worked, name)


@pytest.mark.parametrize(("year", "workdays"), [(2027, 254), (2028, 251), (2029, 250), (2030, 250)])
def test_an_unpublished_year_is_a_guess_and_says_so(year: int, workdays: int) -> None:
    """Weekends and the thirteen statutory days, without swapped weekends, marked 暂定."""
    days = CALENDAR.year(year)
    assert {day.status for day in days} == {Status.PROVISIONAL}
    assert sum(day.is_workday for day in days) == workdays
    assert sum("周末" not in day.name and not day.is_workday for day in days) == 13 - (year == 2028)
    assert days[0].status.label == "暂定"


def test_far_years_know_only_holidays_of_fixed_date() -> None:
    """Beyond the shipped years a Monday in October is worked unless it is National Day."""
    assert [CALENDAR.is_workday(date(2035, 10, d)) for d in (1, 2, 3, 4)] == [False, False, False, True]
    assert not CALENDAR.is_workday(date(2031, 1, 1))
    assert CALENDAR.is_provisional(date(2031, 1, 2), date(2031, 1, 2))


def test_a_span_is_provisional_as_soon_as_one_day_is() -> None:
    """The last day of 2026 is certain, the first of 2027 is not."""
    assert not CALENDAR.is_provisional(date(2026, 12, 1), date(2026, 12, 31))
    assert CALENDAR.is_provisional(date(2026, 12, 31), date(2027, 1, 1))


def test_importing_a_notice_makes_its_year_official() -> None:
    """A year's notice replaces the guess of that year, and a single day of the year before."""
    notice = read(
        HEAD + "2026-12-31,0,元旦,通知,official\n2027-01-01,0,元旦,通知,official\n2027-02-20,1,调休,通知,official\n"
    )
    after = CALENDAR.replaced(notice)
    assert not after.is_provisional(date(2027, 1, 1), date(2027, 12, 31))
    assert after.is_workday(date(2027, 2, 5)), "除夕 was only guessed, and the notice does not name it"
    assert after.is_workday(date(2027, 2, 20))
    assert not after.is_workday(date(2026, 12, 31))
    assert after.on(date(2026, 12, 30)).source == "国办发明电〔2025〕7号"
    assert CALENDAR.is_workday(date(2026, 12, 31)), "the calendar in use is not changed behind anyone's back"


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("日期,上班\n2027-01-01,0\n", "第 1 行应为列名"),
        ("", "第 1 行应为列名"),
        (HEAD + "2027-02-30,0,春节,通知,official\n", "第 2 行无法识别"),
        (HEAD + "2027-01-01,0,元旦,通知,official\n2027-01-02,休,元旦,通知,official\n", "第 3 行无法识别"),
        (HEAD + "2027-01-01,0,元旦,通知,certain\n", "第 2 行无法识别"),
        (HEAD + "2027-01-01\n", "第 2 行无法识别"),
        (HEAD + "2027-01-01,0,元旦,通知,official\n2027-01-01,1,元旦,通知,official\n", "2027-01-01 重复"),
        (HEAD + "2027-02-05,0,春节,通知,official\n", "缺少 1 月 1 日"),
    ],
)
def test_an_unreadable_calendar_file_says_where(text: str, hint: str) -> None:
    """The refusal names the line and what belongs there."""
    with pytest.raises(CalendarNotReadable, match=hint):
        read(text)


def test_a_file_saved_by_excel_is_read() -> None:
    """A byte order mark in front of the head does not matter."""
    assert read("\ufeff" + HEAD + "2027-01-01,0,元旦,通知,official\n")[0].day == date(2027, 1, 1)


@given(ANY_DAYS, st.integers(1, 60))
def test_counting_back_undoes_counting_forward(start: date, n: int) -> None:
    """The n-th working day before the n-th working day after a working day is that day again."""
    start = CALENDAR.roll(start)
    end = CALENDAR.add_workdays(start, n)
    assert CALENDAR.is_workday(end)
    assert CALENDAR.workdays(start + timedelta(days=1), end) == n
    assert CALENDAR.subtract_workdays(end, n) == start


@given(KNOWN_DAYS)
def test_a_rolled_day_is_the_first_working_day_not_before(day: date) -> None:
    """Nothing between a day and the day it rolls to is worked."""
    rolled = CALENDAR.roll(day)
    assert CALENDAR.is_workday(rolled)
    assert CALENDAR.workdays(day, rolled) == 1


def test_zero_working_days_later_is_the_same_day() -> None:
    """Nothing is added and nothing rolled; less than nothing is refused."""
    sunday = date(2026, 11, 22)
    assert CALENDAR.add_workdays(sunday, 0) == CALENDAR.subtract_workdays(sunday, 0) == sunday
    with pytest.raises(ValueError, match="never negative"):
        CALENDAR.add_workdays(sunday, -1)


def test_an_empty_calendar_still_answers() -> None:
    """Without any data a town works Monday to Friday."""
    empty = Calendar.of([])
    assert [empty.is_workday(date(2026, 11, d)) for d in range(20, 24)] == [True, False, False, True]
