"""Every rule is shown from both sides of every boundary it has."""

import tomllib
from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest

from services.regulation.duties import Facts, Rule, evaluate, facts_from, rulebook
from services.regulation.duties.conditions import Condition, condition, getter
from services.regulation.duties.loading import RULES
from services.regulation.duties.rules import Sample, Version
from tests.regulation.duties.enterprises import TODAY

BOOK = rulebook()
DATA: dict[str, dict[str, Any]] = {
    row["code"]: row
    for file in sorted(RULES.glob("*.toml"))
    for row in tomllib.loads(file.read_text(encoding="utf-8"))["rule"]
}
LAST = date(2099, 1, 1)


def the_facts(sample: Sample) -> Facts:
    """A small machinery works, except for what the sample says."""
    return facts_from({"sector": "机械", "headcount": 10} | sample.facts)


def days(rule: Rule, sample: Sample) -> list[date]:
    """The day that the sample names, else the first and last day of each version, and today for an open one."""
    if sample.on:
        return [sample.on]
    return [
        day for v in rule.versions for day in (v.effective_from, v.effective_to or TODAY) if day >= v.effective_from
    ]


@pytest.mark.parametrize("rule", BOOK.all, ids=lambda rule: rule.code)
def test_each_sample_of_a_rule_is_judged_as_it_says(rule: Rule) -> None:
    """On every version's first and last day."""
    for sample in rule.samples:
        for day in days(rule, sample):
            found = [duty.state for duty in evaluate(the_facts(sample), day) if duty.code == rule.code]
            assert (found or ["absent"])[0] == sample.expect, (rule.code, sample, day)


def leaves(data: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Every single comparison in a condition, also in the rules it names."""
    if "fact" in data:
        yield data
    elif "rule" in data:
        yield from of_rule(DATA[data["rule"]], ("when",))
    for word in ("all", "any"):
        for part in data.get(word, ()):
            yield from leaves(part)
    if "not" in data:
        yield from leaves(data["not"])


def of_rule(
    row: dict[str, Any], keys: tuple[str, ...] = ("when", "requires", "unmet_when")
) -> Iterator[dict[str, Any]]:
    """Every comparison that decides about a rule."""
    for key in keys:
        yield from leaves(row.get(key, {}))
    if not isinstance(row["because"], str):
        for ground in row["because"]:
            yield from leaves(ground["when"])


@pytest.mark.parametrize("code", DATA)
def test_samples_stand_on_both_sides_of_every_comparison(code: str) -> None:
    """Each comparison is true of one sample and false of another; each number has its two neighbours."""
    rule = BOOK.rule(code)
    cases = [(the_facts(sample), day) for sample in rule.samples for day in days(rule, sample)]
    for leaf in of_rule(DATA[code]):
        asked = condition(leaf, {})
        assert {asked(facts, on) for facts, on in cases} == {True, False}, leaf
        for bound in asked.bounds:
            assert {getter(bound.fact)(facts, on) for facts, on in cases} >= set(bound.sides), bound


@pytest.mark.parametrize("rule", BOOK.all, ids=lambda rule: rule.code)
def test_a_rule_with_conditions_shows_whom_it_binds_and_whom_not(rule: Rule) -> None:
    """Absent and owed, met and unmet, wherever facts can tell."""
    expected = {sample.expect for sample in rule.samples}
    version: Version = rule.versions[-1]
    conditions: list[Condition | None] = [version.when, version.requires, version.unmet_when]
    if version.when.test:
        assert "absent" in expected
        assert expected - {"absent"}
    if version.requires:
        assert {"met", "unmet"} <= expected
    if version.unmet_when:
        assert "needs_evidence" in expected
    assert expected or not any(asked and asked.test for asked in conditions)


@pytest.mark.parametrize("rule", BOOK.all, ids=lambda rule: rule.code)
def test_every_rule_tells_an_owner_what_to_do_and_how_to_prove_it(rule: Rule) -> None:
    """Plain words, steps, proof, what good proof is, and a reason that begins as reasons do."""
    assert rule.title
    assert rule.topic
    assert rule.plain.endswith("。")
    assert rule.how
    assert rule.evidence
    assert rule.good_evidence
    assert rule.category in {"重点", "一般"}
    for version in rule.versions:
        assert version.article
        assert all(words.startswith("因为") for _, words in version.grounds)


def test_every_row_of_the_list_of_duties_has_a_rule() -> None:
    """I01 to I32, and the tasks of the notice that speak to enterprises."""
    heads = {code.split("-")[0] for code in DATA}
    assert heads >= {f"I{n:02d}" for n in range(1, 33)} | {"T05", "T06", "T07", "T10", "T14"}


def test_the_five_kinds_without_tolerance_are_marked() -> None:
    """Duties of the main person, certificates, three simultaneities, and hazards that stay."""
    assert {rule.code for rule in BOOK.all if rule.zero_tolerance} == {"I01", "I09", "I10", "I10-2", "I19"}
