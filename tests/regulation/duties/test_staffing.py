"""Who must be there: the numbers of people at which offices, officers and engineers are owed."""

from collections.abc import Iterator
from datetime import date

import pytest
from hypothesis import given

from services.regulation.duties import Facts, ProductionState, Severity, State, difference, evaluate, facts_from
from services.regulation.industries import Sector
from tests.regulation.duties.enterprises import FACTS, TODAY, UNDER_AQF21, a_factory, a_smelter, owed

STAFFING = {"I04-1", "I04-2", "I04-3", "I04-4", "I06", "T07"}


def test_a_hundred_people_may_be_looked_after_by_a_part_time_officer() -> None:
    """A001: exactly one hundred is not more than one hundred."""
    duties = owed(a_factory(headcount=100, part_time_officers=1))
    assert duties["I04-3"].state is State.MET
    assert "I04-2" not in duties


def test_the_hundred_and_first_needs_an_office_or_a_full_time_officer() -> None:
    """A002, A003: a part-time officer is no longer enough."""
    unmet = owed(a_factory(headcount=101, part_time_officers=1))["I04-2"]
    assert unmet.state is State.UNMET
    assert unmet.severity is Severity.VIOLATION
    assert unmet.citation == "《安全生产法》（2021年修正）第二十四条第二款"
    assert unmet.because == "因为从业人员 101 人，超过 100 人"
    assert "第九十七条第一项" in unmet.consequence
    assert "10 万元以下" in unmet.consequence
    assert owed(a_factory(headcount=101, full_time_officers=1))["I04-2"].state is State.MET
    assert owed(a_factory(headcount=101, has_safety_office=True))["I04-2"].state is State.MET


def test_one_person_alone_still_needs_somebody_who_looks_after_safety() -> None:
    """A005."""
    assert owed(a_factory(headcount=1))["I04-3"].state is State.UNMET
    assert owed(a_factory(headcount=1, full_time_officers=1))["I04-3"].state is State.MET


def test_a_smelter_of_twelve_needs_a_full_time_officer() -> None:
    """A006: at any size, by the first paragraph."""
    duty = owed(a_smelter(part_time_officers=1))["I04-1"]
    assert duty.state is State.UNMET
    assert duty.citation.endswith("第二十四条第一款")
    assert not {"I04-2", "I04-3"} & owed(a_smelter(headcount=101)).keys()


@pytest.mark.parametrize(
    ("facts", "advised"),
    [
        (a_factory(headcount=300), False),
        (a_factory(headcount=301), True),
        (a_factory(headcount=301, sector=Sector.COMMERCE), False),
        (a_factory(headcount=50, is_state_owned=True), True),
        (a_smelter(), True),
    ],
)
def test_a_chief_safety_engineer_is_advised_never_demanded(facts: Facts, *, advised: bool) -> None:
    """A009, A010, A012: a hint of the notice, not a breach of law."""
    duty = owed(facts).get("T07")
    assert (duty is not None) is advised
    if duty:
        assert (duty.state, duty.severity, duty.state_words) == (State.UNMET, Severity.GUIDANCE, "建议办理")
        assert "没有罚则" in duty.consequence


def test_every_reason_for_a_chief_engineer_is_named() -> None:
    """Whoever has three reasons reads three, each with its own figures."""
    duty = owed(a_smelter(headcount=301, is_state_owned=True))["T07"]
    assert duty.because == "因为是市属国有企业；是金属冶炼企业；从业人员 301 人，超过 300 人"
    assert owed(a_factory(headcount=301))["T07"].because == "因为从业人员 301 人，超过 300 人"


def test_the_day_of_the_hundred_and_first_decides() -> None:
    """A014: on 14 June 2021 all is well, on 15 June not; asked twice, the duty is the same one."""
    before, after = (a_factory(headcount=n, part_time_officers=1) for n in (100, 101))
    assert owed(before, date(2021, 6, 14))["I04-3"].state is State.MET
    first, again = (owed(after, date(2021, 6, 15))["I04-2"] for _ in range(2))
    assert first.state is State.UNMET
    assert first == again
    assert (first.code, first.period_key) == ("I04-2", "once")
    assert owed(after, date(2021, 12, 31))["I04-2"].period_key == "once"


def test_dispatched_and_temporary_workers_count() -> None:
    """Ninety own, ten dispatched and one temporary are one hundred and one."""
    facts = facts_from({"sector": "机械", "own": 90, "dispatched": 10, "temporary": 1})
    assert facts.headcount == 101
    assert "I04-2" in owed(facts)
    with pytest.raises(ValueError, match="合计 101 人"):
        Facts(sector=Sector.MACHINERY, headcount=100, own=90, dispatched=10, temporary=1)


def the_references_own_words(facts: Facts) -> Iterator[str]:
    """The table of the reference, written a second time and without its data."""
    smelter, people = facts.is_smelter, facts.headcount
    if smelter:
        yield from ("I04-1", "I04-4", "I06")
    elif people >= 101:
        yield "I04-2"
    else:
        yield "I04-3"
    if facts.is_state_owned or smelter or (people >= 301 and facts.sector != Sector.COMMERCE):
        yield "T07"


@given(FACTS, FACTS)
def test_no_boundary_is_crossed_without_its_duty_changing(before: Facts, after: Facts) -> None:
    """Whatever two enterprises differ in, staffing differs as the table says, and the difference tells it."""
    wanted = [
        set() if facts.production_state is ProductionState.CLOSED else set(the_references_own_words(facts))
        for facts in (before, after)
    ]
    for facts, codes in zip((before, after), wanted, strict=True):
        assert {duty.code for duty in evaluate(facts, TODAY)} & STAFFING == codes
    changed = difference(before, after, TODAY)
    assert {duty.code for duty in changed.added} & STAFFING == wanted[1] - wanted[0]
    assert {duty.code for duty in changed.removed} & STAFFING == wanted[0] - wanted[1]


@given(FACTS)
def test_staffing_is_met_just_when_the_table_is(facts: Facts) -> None:
    """States follow the people who are there."""
    full = facts.has_safety_office or facts.full_time_officers >= 1
    wanted = {
        "I04-1": full,
        "I04-2": full,
        "I04-3": facts.full_time_officers + facts.part_time_officers >= 1,
        "I04-4": facts.certified_engineers >= 1,
        "T07": facts.chief_engineers >= 1,
    }
    for duty in evaluate(facts, UNDER_AQF21):
        if duty.code in wanted:
            assert (duty.state is State.MET) is wanted[duty.code]
            assert duty.state is not State.NEEDS_EVIDENCE
