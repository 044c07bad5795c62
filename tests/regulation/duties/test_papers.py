"""Certificates, policies and standardization: duties that end on the day a paper names."""

from datetime import date

import pytest

from services.kernel.calendar_days import shipped
from services.regulation.deadlines import due, rule
from services.regulation.duties import Certificate, Circumstance, Facts, ProductionState, State
from services.regulation.targets import insurance_rate, standardization_rate
from tests.regulation.duties.enterprises import TODAY, a_factory, a_smelter, owed
from tests.regulation.duties.test_periods import ends_of

WELDING = frozenset({Circumstance.SPECIAL_OPERATIONS})


def a_certificate(issued_on: date) -> Certificate:
    """Reviewed after three years, ended after six."""
    review, end = (due(rule(code), issued_on, shipped()).latest_on for code in ("CERT_REVIEW", "CERT_VALID"))
    return Certificate(review, end)


def test_a_certificate_of_july_2018_is_reviewed_in_july_2021() -> None:
    """A170: review on 2021-07-01, end on 2024-07-01, first reminder ninety days before on 2021-04-02."""
    held = a_certificate(date(2018, 7, 1))
    assert held == (date(2021, 7, 1), date(2024, 7, 1))
    duty = owed(a_factory(certificates=(held,), circumstances=WELDING), date(2021, 4, 2))["I09-2"]
    reminders = ["2021-04-02", "2021-05-02", "2021-06-01", "2021-06-24"]
    assert ends_of(duty) == ("2021-07-01", "2021-05-02", "2021-07-01", reminders)
    assert duty.unverified
    assert duty.latest_on(shipped()) == date(2021, 7, 1)


@pytest.mark.parametrize(("on", "state"), [("2021-07-01", State.MET), ("2021-07-02", State.UNMET)])
def test_a_missed_review_makes_work_without_certificate(on: str, state: State) -> None:
    """On the day itself the certificate still counts; from the next day it is a major hazard once that standard says so."""
    facts = a_factory(certificates=(a_certificate(date(2018, 7, 1)),), circumstances=WELDING)
    duty = owed(facts, date.fromisoformat(on))["I09"]
    assert duty.state is state
    assert duty.zero_tolerance
    assert "重大事故隐患" not in duty.consequence


@pytest.mark.parametrize(("on", "major"), [("2023-05-14", False), ("2023-05-15", True)])
def test_a_major_hazard_is_named_since_the_standard_of_2023(on: str, *, major: bool) -> None:
    """The day before it came into force nothing of it is said."""
    consequence = owed(a_factory(circumstances=WELDING), date.fromisoformat(on))["I09"].consequence
    assert ("《工贸企业重大事故隐患判定标准》第三条第二项" in consequence) is major


def a_standard(granted_on: str, expires_on: str) -> Facts:
    """An above-scale works with a certificate of the third level."""
    return a_factory(
        is_above_scale=True,
        standard_level="三级",
        standard_granted_on=date.fromisoformat(granted_on),
        standard_expires_on=date.fromisoformat(expires_on),
    )


@pytest.mark.parametrize(("on", "state"), [("2021-05-31", State.MET), ("2021-06-01", State.UNMET)])
def test_a_certificate_counts_to_the_day_it_names(on: str, state: State) -> None:
    """A151: granted on 2018-06-01 for three years, it is valid on 2021-05-31 and not on 2021-06-01."""
    assert owed(a_standard("2018-06-01", "2021-05-31"), date.fromisoformat(on))["T05-5"].state is state


def test_the_targets_count_what_the_duties_say() -> None:
    """A150, A153: 21 of 35 and 23 of 37 reach, 22 of 37 lacks one; three producing smelters of four, all insured."""
    day = date(2021, 6, 1)
    valid, none = a_standard("2020-01-01", "2022-12-31"), a_factory(is_above_scale=True)

    def rate(certified: int, without: int) -> str:
        states = [owed(facts, day)["T05-5"].state for facts in [valid] * certified + [none] * without]
        return standardization_rate(states.count(State.MET), len(states)).words

    assert rate(21, 14) == "21/35，60.00%，已达标"
    assert rate(22, 15) == "22/37，59.46%，还差 1 家"
    assert rate(23, 14) == "23/37，62.16%，已达标"
    insured = a_smelter(insured_from=date(2021, 1, 1), insured_to=date(2021, 12, 31))
    stopped = a_smelter(production_state=ProductionState.STOPPED)
    duties = [duty for facts in (insured, insured, insured, stopped) if (duty := owed(facts, day).get("I27-2"))]
    assert insurance_rate(sum(duty.state is State.MET for duty in duties), len(duties)).words == "3/3，100.00%，已达标"


def test_renewal_is_asked_for_ninety_and_thirty_days_before() -> None:
    """The certificate of 2024-06-01 is renewed before 2027-05-31."""
    duty = owed(a_standard("2024-06-01", "2027-05-31"), date(2027, 3, 2))["T05-6"]
    assert ends_of(duty) == ("2027-05-31", "2027-03-02", "2027-05-31", ["2027-03-02", "2027-05-01"])
    assert (duty.state, duty.unverified) == (State.NEEDS_EVIDENCE, True)
    assert owed(a_standard("2024-06-01", "2027-05-31"), date(2027, 3, 1))["T05-6"].state is State.MET
    assert "T05-6" not in owed(a_factory(is_above_scale=True))


def test_a_smelter_is_insured_by_law_also_while_it_stands_still() -> None:
    """The notice asked smelters in normal production; the law since September 2021 asks all of them."""
    stopped = a_smelter(production_state=ProductionState.STOPPED)
    assert "I27-2" not in owed(stopped, date(2021, 8, 31))
    duty = owed(stopped, date(2021, 9, 1))["I27-2"]
    assert duty.state is State.UNMET
    assert duty.citation == "《安全生产法》（2021年修正）第五十一条第二款"
    assert "5 万元至 10 万元" in duty.consequence
    assert owed(a_smelter(), date(2021, 8, 31))["I27-2"].document.key == "NOTICE"


def test_other_enterprises_are_only_encouraged_to_insure() -> None:
    """Nobody reads 未满足 about what is voluntary."""
    duty = owed(a_factory(), TODAY)["T14"]
    assert (duty.state, duty.state_words) == (State.UNMET, "建议办理")
    assert "T14" not in owed(a_smelter(), TODAY)


def test_a_policy_of_a_year_is_renewed_sixty_days_before_its_end() -> None:
    """365 days insured; on the 366th the smelter stands without."""
    facts = a_smelter(insured_from=date(2025, 3, 6), insured_to=date(2026, 3, 5))
    assert owed(facts, date(2026, 3, 5))["I27-2"].state is State.MET
    assert owed(facts, date(2026, 3, 6))["I27-2"].state is State.UNMET
    reminders = ["2026-01-04", "2026-02-03", "2026-02-26"]
    assert ends_of(owed(facts, date(2026, 1, 4))["I27-3"]) == ("2026-03-05", "2026-01-04", "2026-03-05", reminders)
