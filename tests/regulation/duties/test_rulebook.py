"""Which rules bind on which day and where, and that a line of data is enough to change them."""

import random
import shutil
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.commands.duties import explained
from services.regulation.documents import NoSuchDocument, document, documents
from services.regulation.duties import (
    BadRule,
    Facts,
    ProductionState,
    Rulebook,
    State,
    difference,
    evaluate,
    load,
    rulebook,
    rules,
)
from services.regulation.duties.loading import RULES
from services.regulation.tags import Tag
from tests.regulation.duties.enterprises import DAYS, FACTS, TODAY, a_factory, a_smelter, owed


@pytest.mark.parametrize(
    ("on", "citation", "unverified"),
    [
        ("2014-12-01", "《安全生产法》（2014年修正）第二十一条第二款", True),
        ("2021-08-31", "《安全生产法》（2014年修正）第二十一条第二款", True),
        ("2021-09-01", "《安全生产法》（2021年修正）第二十四条第二款", False),
    ],
)
def test_the_law_of_the_day_is_cited(on: str, citation: str, *, unverified: bool) -> None:
    """The older law's articles were only recalled and say so; its fines are not guessed."""
    duty = owed(a_factory(headcount=101), date.fromisoformat(on))["I04-2"]
    assert (duty.citation, duty.unverified) == (citation, unverified)
    assert ("罚则待核实" in duty.consequence) is unverified


def test_nothing_is_owed_before_the_oldest_law_that_is_known() -> None:
    """Except by the papers that were in force already."""
    assert {duty.document.key for duty in evaluate(a_factory(), date(2014, 11, 30))} == {"L16"}
    assert not rules(date(2000, 1, 1))


def test_duties_of_the_newer_law_begin_with_it() -> None:
    """Graded control of risks on 1 September 2021, confined spaces by their own order in 2024."""
    for code, first in (("I17", date(2021, 9, 1)), ("I31", date(2024, 1, 1)), ("I32", date(2021, 9, 1))):
        facts = a_factory(tags=frozenset({Tag.CONFINED_SPACE, Tag.DUST}))
        assert code in owed(facts, first)
        assert code not in owed(facts, first.replace(day=1) - date.resolution)


def test_a_towns_notice_binds_that_town_from_its_day() -> None:
    """The checks by day of 15 March 2021; a town without the notice never sees them."""
    assert "T05-2" in owed(a_factory(), date(2021, 3, 15))
    assert "T05-2" not in owed(a_factory(), date(2021, 3, 14))
    elsewhere = rulebook(frozenset())
    assert not [duty for duty in elsewhere.evaluate(a_factory(headcount=301), TODAY) if duty.document.local]
    assert "I04-2" in {duty.code for duty in elsewhere.evaluate(a_factory(headcount=301), TODAY)}
    assert not [
        rule for rule in elsewhere.rules(TODAY) if rule.code.startswith("T") and rule.code not in {"T05-6", "T05-7"}
    ]


def test_a_closed_enterprise_owes_nothing_and_a_stopped_one_no_checks() -> None:
    """关闭 ends all duties, 停产 those of production days."""
    assert evaluate(a_factory(production_state=ProductionState.CLOSED), TODAY) == ()
    stopped = owed(a_factory(production_state=ProductionState.STOPPED))
    assert not {"T05-2", "T05-3", "T05-4", "I24"} & stopped.keys()
    assert {"I01", "I07", "I28-1"} <= stopped.keys()
    assert "T05-2" in owed(a_factory(production_state=ProductionState.PARTLY))


def test_one_line_of_data_changes_page_command_and_difference(tmp_path: Path) -> None:
    """With eighty instead of a hundred, the eighty-first person makes the duty, in reason and sentence alike."""
    shutil.copytree(RULES, tmp_path, dirs_exist_ok=True)
    file = tmp_path / "02-staffing.toml"
    words = file.read_text(encoding="utf-8")
    assert words.count("over = 100 ") == 1
    file.write_text(words.replace("over = 100 ", "over = 80 "), encoding="utf-8")
    book, eighty, more = Rulebook(load(tmp_path)), a_factory(headcount=80), a_factory(headcount=81)
    duty = next(duty for duty in book.evaluate(more, TODAY) if duty.code == "I04-2")
    assert duty.because == "因为从业人员 81 人，超过 80 人"
    assert not [duty for duty in book.evaluate(eighty, TODAY) if duty.code == "I04-2"]
    assert "没有超过 80 人" in explained(book.evaluate(eighty, TODAY), TODAY)
    told = difference(eighty, more, TODAY, book).sentence
    assert told.startswith("再招 1 人，将新增义务：设安全管理机构或配专职安全管理人员，依据：")
    assert "新增义务" not in difference(eighty, more, TODAY).sentence


@pytest.mark.parametrize(
    ("old", "new", "found"),
    [
        ('fact = "headcount", over = 100', 'fact = "headcunt", over = 100', "headcunt"),
        ('fact = "headcount", over = 100', 'fact = "headcount", over = "100"', "整数"),
        ('fact = "headcount", over = 100', 'fact = "headcount", above = 100', "above"),
        ('fact = "headcount", over = 100', 'fact = "headcount", over = 100, upto = 3', "一个比较"),
        ('{ rule = "I04-2" }', '{ rule = "T10" }', "T10"),
        ('{ rule = "I04-2" }', "{ every = [] }", "every"),
        ('code = "I04-2"', 'code = "I04-1"', "重复"),
        ('document = "AQF14"', 'document = "AQF99"', "AQF99"),
        ('{headcount} 人，超过 {limit} 人"\n\n[rule.when]', '{heads} 人"\n\n[rule.when]', "heads"),
        ('period = "standing"', 'period = "sometimes"', "sometimes"),
        ('article = "第二十四条第二款"', 'artikel = "第二十四条第二款"', "artikel"),
        ('document = "AQF14"', 'document = "AQF21"', "重叠"),
        ('title = "', 'titel = "', "titel"),
    ],
)
def test_a_rule_that_contradicts_itself_is_refused_by_its_name(old: str, new: str, found: str, tmp_path: Path) -> None:
    """The file, the rule and the slip are named."""
    shutil.copytree(RULES, tmp_path, dirs_exist_ok=True)
    file = tmp_path / "02-staffing.toml"
    words = file.read_text(encoding="utf-8")
    assert old in words
    file.write_text(words.replace(old, new), encoding="utf-8")
    with pytest.raises(BadRule, match=found) as refused:
        load(tmp_path)
    assert "02-staffing.toml" in str(refused.value)


@given(FACTS, DAYS, st.randoms(use_true_random=False))
def test_the_answer_depends_on_facts_and_day_alone(facts: Facts, on: date, chance: random.Random) -> None:
    """Not on the order of rules, of certificates, or of what was asked before."""
    found = evaluate(facts, on)
    shuffled = list(rulebook().all)
    chance.shuffle(shuffled)
    assert Rulebook(shuffled).evaluate(facts, on) == found
    turned = Facts(
        **{name: getattr(facts, name) for name in facts.__slots__ if name not in {"certificates", "certificate_days"}},
        certificates=facts.certificates[::-1],
    )
    evaluate(a_factory(headcount=301), on)
    assert evaluate(turned, on) == found
    assert [duty.code for duty in found] == sorted(duty.code for duty in found)


@given(FACTS, DAYS)
def test_every_duty_can_be_said_in_words(facts: Facts, on: date) -> None:
    """Reason, citation, consequence and term, whatever the enterprise and the day."""
    for duty in evaluate(facts, on):
        assert duty.because.startswith("因为")
        assert "{" not in duty.because
        assert duty.citation.startswith(duty.document.cited)
        assert duty.consequence
        assert duty.document.is_in_force(on)
        assert duty.due_on is None or duty.starts_on is None or duty.starts_on <= duty.due_on
    assert explained(evaluate(facts, on), on)


def test_versions_are_named_by_code_paper_and_day() -> None:
    """What was decided by a version can be told apart from what a later one would say."""
    ids = [version.id for rule in rulebook().all for version in rule.versions]
    assert len(ids) == len(set(ids))
    assert owed(a_factory(headcount=101))["I04-2"].version_id == "I04-2@AQF21@2021-09-01"


def test_papers_follow_each_other_without_overlap() -> None:
    """The law of 2014 ends where that of 2021 begins; a key that nobody registered is refused."""
    for older, newer in (("AQF14", "AQF21"), ("P129", "L10"), ("P49", "L11"), ("CY19", "CY24"), ("AZX140", "AZX27")):
        ends_on = document(older).effective_to
        assert ends_on is not None
        assert ends_on + date.resolution == document(newer).effective_from
        assert document(older).is_in_force(ends_on)
        assert not document(newer).is_in_force(ends_on)
    assert {key for key, paper in documents().items() if paper.local} == {"NOTICE"}
    assert document("AQF14").unverified
    assert not document("AQF21").unverified
    with pytest.raises(NoSuchDocument, match="AQF99"):
        document("AQF99")


def test_an_examined_smelter_has_met_all_that_facts_can_tell() -> None:
    """Nothing is unmet where everybody needed is there."""
    full = a_smelter(
        full_time_officers=1,
        certified_engineers=1,
        chief_engineers=1,
        examined_principal=True,
        examined_officers=1,
        insured_from=date(2026, 1, 1),
        insured_to=date(2027, 12, 31),
    )
    assert not [duty.code for duty in evaluate(full, TODAY) if duty.state is State.UNMET]
