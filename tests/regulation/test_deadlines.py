"""When things are due in the town."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.kernel.calendar_days import shipped
from services.regulation.deadlines import NoRuleInForce, Roll, Rule, Sureness, Unit, due, due_at, rule, rules
from services.regulation.fines import late_fee

CALENDAR = shipped()
DAYS = st.dates(date(2021, 1, 1), date(2026, 9, 30))


def latest(code: str, start: str, *, extended: bool = False) -> str:
    """The legal last day of the newest version of a rule."""
    return due(rule(code), date.fromisoformat(start), CALENDAR, extended=extended).latest_on.isoformat()


@pytest.mark.parametrize(
    ("inspected", "published"),
    [
        ("2021-09-30", "2021-11-03"),
        ("2021-12-15", "2022-01-13"),
        ("2021-06-07", "2021-07-06"),
        ("2026-02-13", "2026-03-19"),
    ],
)
def test_results_of_a_random_inspection_are_published_in_twenty_working_days(inspected: str, published: str) -> None:
    """Across National Day, the turn of the year, Dragon Boat and Spring Festival (A115)."""
    assert latest("CHECK_PUBLISH", inspected) == published


@pytest.mark.parametrize(
    ("decided", "published"),
    [
        ("2021-04-29", "2021-05-12"),
        ("2021-09-17", "2021-09-28"),
        ("2021-09-30", "2021-10-15"),
        ("2021-02-10", "2021-02-25"),
        ("2021-06-07", "2021-06-17"),
        ("2026-02-13", "2026-03-02"),
        ("2026-09-24", "2026-10-12"),
    ],
)
def test_a_penalty_is_published_in_seven_working_days(decided: str, published: str) -> None:
    """Working weekends count, holidays do not (A120)."""
    day = date.fromisoformat(decided)
    assert due(rule("PEN_PUBLISH", day), day, CALENDAR).latest_on == date.fromisoformat(published)


@pytest.mark.parametrize(
    ("served", "last"), [("2021-04-30", "2021-05-11"), ("2021-02-08", "2021-02-20"), ("2021-12-28", "2022-01-05")]
)
def test_a_hearing_may_be_asked_for_within_five_working_days(served: str, last: str) -> None:
    """The last day may be a Saturday that is worked (A121)."""
    assert latest("HEARING_REQUEST", served) == last


@pytest.mark.parametrize(
    ("code", "start", "last"),
    [
        ("HEARING_NOTICE", "2021-05-14", "2021-05-06"),
        ("PEN_DECIDE", "2021-01-15", "2021-04-15"),
        ("ACC_INVEST_REPORT", "2021-03-15", "2021-05-14"),
        ("DAILY_FINE", "2021-10-01", "2021-10-02"),
        ("STD_VALID", "2018-06-01", "2021-05-31"),
        ("STD_VALID", "2024-02-29", "2027-02-27"),
        ("CERT_REVIEW", "2018-07-01", "2021-07-01"),
        ("CERT_VALID", "2018-07-01", "2024-07-01"),
        ("CERT_VALID", "2020-02-29", "2026-02-28"),
        ("DRILL_HALF_YEAR", "2021-08-31", "2022-02-28"),
        ("JOINT_2017_REMOVAL", "2022-03-31", "2022-03-01"),
        ("HAZ_QUARTER_STAT", "2021-01-01", "2021-04-15"),
        ("HAZ_QUARTER_STAT", "2021-03-31", "2021-04-15"),
        ("HAZ_QUARTER_STAT", "2021-04-01", "2021-07-15"),
        ("HAZ_QUARTER_STAT", "2021-12-31", "2022-01-17"),
        ("HAZ_YEAR_STAT", "2023-01-01", "2024-01-31"),
    ],
)
def test_each_kind_of_period_ends_on_its_day(code: str, start: str, last: str) -> None:
    """Before and after, by day, month and year, from a quarter's end, with the day of issue counted or not."""
    assert latest(code, start) == last


def test_a_decision_may_lengthen_a_period_once() -> None:
    """Sixty days and sixty more are counted as one hundred and twenty from the accident."""
    assert latest("ACC_INVEST_REPORT", "2021-03-15", extended=True) == "2021-07-13"
    assert latest("SEIZE", "2021-03-01", extended=True) == "2021-04-30"
    assert latest("PEN_DECIDE", "2021-01-15", extended=True) == latest("PEN_DECIDE", "2021-01-15")


def test_both_days_are_shown_when_a_holiday_moves_the_deadline() -> None:
    """Reminders keep to the unmoved day, the law allows the first working day after."""
    moved = due(rule("PEN_DECIDE"), date(2021, 7, 5), CALENDAR)
    assert (moved.safe_on, moved.latest_on) == (date(2021, 10, 3), date(2021, 10, 8))
    assert moved.words == "2021年10月3日（遇休假日，法定最迟2021年10月8日）"
    unmoved = due(rule("PEN_DECIDE"), date(2021, 7, 10), CALENDAR)
    assert unmoved.safe_on == unmoved.latest_on == date(2021, 10, 8)
    assert unmoved.words == "2021年10月8日"
    assert unmoved.basis == "行政处罚法第60条"


def test_a_safety_period_is_not_moved_by_a_holiday() -> None:
    """Thirty days after an accident end on National Day as on any other day."""
    supplement = due(rule("ACC_SUPPLEMENT"), date(2021, 9, 1), CALENDAR)
    assert supplement.safe_on == supplement.latest_on == date(2021, 10, 1)


def test_a_deadline_that_rests_on_a_guess_is_marked_provisional() -> None:
    """The last day certain at the end of 2026, the first guessed in 2027."""
    assert not due(rule("PEN_SERVE"), date(2026, 12, 22), CALENDAR).is_provisional
    provisional = due(rule("PEN_SERVE"), date(2026, 12, 23), CALENDAR)
    assert provisional.is_provisional
    assert provisional.words.endswith("〔暂定〕")
    assert due(rule("PEN_DECIDE"), date(2026, 12, 1), CALENDAR).is_provisional
    assert not due(rule("SEIZE"), date(2026, 12, 20), CALENDAR).is_provisional, "no calendar was asked"


def test_what_was_only_recalled_is_marked_unverified() -> None:
    """The ten days of re-inspection were not read in the text in force."""
    assert rule("REINSPECT").unverified
    assert due(rule("REINSPECT"), date(2021, 6, 1), CALENDAR).words == "2021年6月11日〔待核实〕"
    assert not rule("PEN_SERVE").unverified


def test_the_version_in_force_on_the_day_of_the_event_decides() -> None:
    """A penalty of 31 August 2021 is published under the older paper, one of 1 September under the law."""
    assert rule("PEN_PUBLISH", date(2021, 8, 31)).basis == "国办发〔2018〕118号"
    assert rule("PEN_PUBLISH", date(2021, 9, 1)).basis == "安全生产法第78条"
    assert rule("JOINT_2017", date(2023, 9, 30)).n == 1
    with pytest.raises(NoRuleInForce, match="手工填写期限"):
        rule("JOINT_2017", date(2023, 10, 1))
    with pytest.raises(NoRuleInForce):
        rule("NO_SUCH_RULE")


def test_versions_of_a_rule_never_overlap_and_every_rule_cites_its_paper() -> None:
    """On any one day at most one version applies."""
    for row in rules():
        assert row.title
        assert row.basis
        assert (row.sureness is Sureness.PRODUCT) == (row.basis == "本系统约定")
        starts = [other for other in rules() if other.code == row.code and other.is_in_force(row.effective_from)]
        assert starts == [row]


def test_hours_run_from_the_moment() -> None:
    """One hour for the unit, two for each level, a day's notice before the power is cut."""
    at = datetime(2021, 9, 30, 23, 30, tzinfo=UTC)
    assert due_at(rule("ACC_UNIT_REPORT"), at) == datetime(2021, 10, 1, 0, 30, tzinfo=UTC)
    assert due_at(rule("ACC_LEVEL_UP"), at) - at == timedelta(hours=2)
    assert at - due_at(rule("POWER_CUT_NOTICE"), at) == timedelta(hours=24)


def test_hours_and_days_are_not_confused() -> None:
    """A rule in hours needs an aware instant, a rule in days a date."""
    with pytest.raises(ValueError, match="instant"):
        due(rule("ACC_LEVEL_UP"), date(2021, 9, 30), CALENDAR)
    with pytest.raises(ValueError, match="aware"):
        due_at(rule("ACC_LEVEL_UP"), datetime(2021, 9, 30, 12, 0))  # noqa: DTZ001 - the mistake itself
    with pytest.raises(ValueError, match="in hours"):
        due_at(rule("SEIZE"), datetime(2021, 9, 30, tzinfo=UTC))


def a_rule(unit: Unit, n: int) -> Rule:
    """A rule that rolls over holidays."""
    return Rule(
        code="T", title="t", unit=unit, n=n, basis="b", effective_from=date(2021, 1, 1), sureness=Sureness.LAW,
        roll=Roll.NEXT_WORKING_DAY,
    )  # fmt: skip


@given(DAYS, st.sampled_from([Unit.WORKING_DAY, Unit.DAY, Unit.MONTH]), st.integers(1, 3))
def test_a_rolled_deadline_is_always_a_working_day_and_never_early(start: date, unit: Unit, n: int) -> None:
    """The legal last day is worked, not before the safe day, and after the event."""
    deadline = due(a_rule(unit, n), start, CALENDAR)
    assert CALENDAR.is_workday(deadline.latest_on)
    assert start < deadline.safe_on <= deadline.latest_on
    assert CALENDAR.workdays(deadline.safe_on, deadline.latest_on) == 1


@given(DAYS, st.integers(1, 40))
def test_a_later_event_is_never_due_earlier(start: date, n: int) -> None:
    """Deadlines keep the order of the events, whatever holidays lie between."""
    for unit in (Unit.WORKING_DAY, Unit.DAY):
        first, second = (due(a_rule(unit, n), start + timedelta(days=d), CALENDAR) for d in (0, 1))
        assert first.latest_on <= second.latest_on


@pytest.mark.parametrize(
    ("days", "fee"), [(-1, 0), (0, 0), (1, 60_000), (10, 600_000), (33, 1_980_000), (34, 2_000_000), (400, 2_000_000)]
)
def test_a_late_fine_grows_by_three_percent_a_day_up_to_itself(days: int, fee: int) -> None:
    """A fine of 20,000 yuan (A125)."""
    assert late_fee(2_000_000, days) == fee
