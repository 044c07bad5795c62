"""Dates, rates, names and addresses as they stand on the pages."""

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.portal.filters import (
    date_zh,
    datetime_zh,
    link_with,
    masked_name,
    masked_phone,
    percent,
    query_of,
    query_value,
    weekday_zh,
)


@pytest.mark.parametrize(
    ("instant", "day"),
    [
        (datetime(2026, 11, 22, 15, 59, tzinfo=UTC), "2026年11月22日 23:59"),
        (datetime(2026, 11, 22, 16, 0, tzinfo=UTC), "2026年11月23日 00:00"),
    ],
)
def test_an_instant_is_shown_on_its_day_in_shanghai(instant: datetime, day: str) -> None:
    """Midnight in Shanghai is four in the afternoon in UTC."""
    assert datetime_zh(instant) == day
    assert date_zh(instant) == day.split(maxsplit=1)[0]


def test_a_day_is_written_as_officials_do() -> None:
    """No leading zeros, weekday in words, and a dash where there is no day."""
    assert date_zh(date(2026, 3, 5)) == "2026年3月5日"
    assert weekday_zh(date(2026, 11, 23)) == "11月23日 星期一"
    assert date_zh(None) == datetime_zh(None) == "—"


def test_a_rate_without_a_denominator_is_not_zero() -> None:
    """Nothing to do is not the same as nothing done."""
    assert percent(0, 0) == "不适用"
    assert percent(0, 5) == "0.0%"
    assert percent(2, 3) == "66.7%"


def test_names_and_phones_are_masked() -> None:
    """Only the first character of a name and the ends of a number are shown."""
    assert (masked_name("张三"), masked_name("欧阳修"), masked_name("张")) == ("张*", "欧**", "张*")
    assert masked_phone("13812345678") == "138****5678"
    assert masked_phone("72861234") == "****1234"
    assert masked_name(None) == masked_phone("") == "—"


@given(st.text(min_size=1), st.text(max_size=20))
def test_a_masked_name_gives_away_one_character(name: str, phone: str) -> None:
    """Whatever the name, everything behind its first character is hidden."""
    assert set(masked_name(name)[1:]) == {"*"}
    assert len(phone) >= 11 or phone[:-4] == "" or masked_phone(phone) == "****" + phone[-4:]


def test_a_link_keeps_the_other_filters() -> None:
    """Sorting or paging changes nothing else in the address."""
    here = "/hazards?state=open&q=%E9%93%9D%26&page=3"
    assert link_with(here, sort="-due_on", page=None) == "/hazards?state=open&q=%E9%93%9D%26&sort=-due_on"
    assert link_with("/hazards?page=3", page=None) == "/hazards"
    assert query_of(here, "page") == [("state", "open"), ("q", "铝&")]
    assert (query_value(here, "state"), query_value(here, "level")) == ("open", "")
