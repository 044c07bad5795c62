"""What an enterprise owes on a day, by which article, because of which fact, until when and how to finish it.

Rules are TOML in rules/; changing a line there changes page, command and difference.
"""

from collections.abc import Iterable, Iterator
from datetime import date
from functools import cache

from services.regulation.duties.book import NoSuchRule, Rulebook
from services.regulation.duties.conditions import BadRule
from services.regulation.duties.difference import Change, Difference, between
from services.regulation.duties.duty import Duty
from services.regulation.duties.facts import Certificate, Circumstance, Facts, ProductionState, changes_between
from services.regulation.duties.json_shape import as_json, difference_as_json
from services.regulation.duties.loading import load
from services.regulation.duties.periods import Occurrence, Period, Span
from services.regulation.duties.reading import BadFacts, facts_from
from services.regulation.duties.rules import Rule, Severity, State, Version

LOCAL = frozenset({"NOTICE"})
"""The papers of towns that are shipped."""


@cache
def rulebook(local: frozenset[str] = LOCAL) -> Rulebook:
    """The shipped rules; `local` names the towns' own papers that apply (frozenset() for a town without any)."""
    return Rulebook(load(), local=local)


def rules(on: date) -> tuple[Rule, ...]:
    """The shipped rules that have a version in force on a day, by code."""
    return rulebook().rules(on)


def evaluate(facts: Facts, on: date) -> tuple[Duty, ...]:
    """What an enterprise owes on a day by the shipped rules, by code; a closed one owes nothing."""
    return rulebook().evaluate(facts, on)


def difference(before: Facts, after: Facts, on: date, book: Rulebook | None = None) -> Difference:
    """What an enterprise would owe in addition, no more, or in another way, if its facts were others."""
    book = book or rulebook()
    return between(changes_between(before, after), book.evaluate(before, on), book.evaluate(after, on))


def occurrences(
    rule: Rule | Duty | str, first: date, last: date, *, suspended: Iterable[Span] = ()
) -> Iterator[Occurrence]:
    """Every coming round of a duty from first to last; see Rulebook.occurrences."""
    return rulebook().occurrences(rule, first, last, suspended=suspended)


__all__ = [
    "LOCAL",
    "BadFacts",
    "BadRule",
    "Certificate",
    "Change",
    "Circumstance",
    "Difference",
    "Duty",
    "Facts",
    "NoSuchRule",
    "Occurrence",
    "Period",
    "ProductionState",
    "Rule",
    "Rulebook",
    "Severity",
    "Span",
    "State",
    "Version",
    "as_json",
    "changes_between",
    "difference",
    "difference_as_json",
    "evaluate",
    "facts_from",
    "load",
    "occurrences",
    "rulebook",
    "rules",
]
