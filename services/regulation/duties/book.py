"""The rules in force on a day, asked of the facts of an enterprise."""

from collections.abc import Callable, Iterable, Iterator
from datetime import date, timedelta
from functools import lru_cache

from services.regulation.documents import document
from services.regulation.duties.conditions import Condition, Test, getter
from services.regulation.duties.duty import Duty, Owed
from services.regulation.duties.facts import Facts, ProductionState, in_chinese
from services.regulation.duties.loading import fields_of
from services.regulation.duties.periods import ONCE, Occurrence, Span, current, occurrences
from services.regulation.duties.rules import Rule, State, Version

DAYS_KEPT = 64
"""Prepared days that are kept: a night's run asks for a handful."""
ENDS_KEPT = 4096
"""Days on which papers end."""
HAZARD_STANDARD = "L10"

BECAUSE = "因为"

Words = Callable[[Facts, date], str]
Maker = Callable[[Facts, date], Duty]
Line = tuple[Test | None, tuple[Duty, ...], Maker]
"""Whether it is owed (None: always), the duty itself where no fact changes it, and else how to make it.

Neighbours that everybody owes and that no fact changes stand in one line.
"""


class NoSuchRule(LookupError):  # noqa: N818 - a finding about what was asked
    """A code that no rule has."""


class Rulebook:
    """A set of rules, and what they say; `local` names the papers of towns that apply (None: all)."""

    def __init__(self, rules: Iterable[Rule], *, local: frozenset[str] | None = None) -> None:
        self.all = tuple(sorted(rules, key=lambda rule: rule.code))
        self.local = local
        self._prepared = lru_cache(DAYS_KEPT)(self._prepare)

    def rules(self, on: date) -> tuple[Rule, ...]:
        """The rules that have a version in force on a day, by code."""
        return tuple(rule for rule in self.all if self.version(rule, on) is not None)

    def rule(self, code: str) -> Rule:
        """One rule; raises NoSuchRule."""
        found = next((rule for rule in self.all if rule.code == code), None)
        if found is None:
            raise NoSuchRule(f"没有编号为 {code} 的义务规则")
        return found

    def version(self, rule: Rule, on: date) -> Version | None:
        """The version of a rule in force here on a day."""
        found = rule.version(on)
        if found is None or not found.document.local or self.local is None:
            return found
        return found if found.document.key in self.local else None

    def evaluate(self, facts: Facts, on: date) -> tuple[Duty, ...]:
        """What an enterprise owes on a day, by code; one that is closed (关闭) owes nothing."""
        if facts.production_state == ProductionState.CLOSED:
            return ()
        found: list[Duty] = []
        for test, same, make in self._prepared(on):
            if test is None or test(facts, on):
                if same:
                    found += same
                else:
                    found.append(make(facts, on))
        return tuple(found)

    def occurrences(
        self, rule: Rule | Duty | str, first: date, last: date, *, suspended: Iterable[Span] = ()
    ) -> Iterator[Occurrence]:
        """Every coming round of a duty in periods that meet first to last, while a version is in force.

        `suspended` are spans without production, both days included: what is owed only for production is left out there.
        """
        rule = self.rule(rule) if isinstance(rule, str) else rule.owed.rule if isinstance(rule, Duty) else rule
        spans = tuple(suspended) if rule.production_only else ()
        for found in occurrences(rule.period, first, last, deadline=rule.deadline, suspended=spans):
            if found.ends_on is not None and self.version(rule, found.ends_on) is not None:
                yield found

    def _prepare(self, on: date) -> tuple[Line, ...]:
        versions = ((rule, self.version(rule, on)) for rule in self.all)
        lines: list[Line] = []
        for test, same, make in (_line(rule, version, on) for rule, version in versions if version is not None):
            if lines and test is None and same and lines[-1][0] is None and lines[-1][1]:
                lines[-1] = (None, lines[-1][1] + same, make)
            else:
                lines.append((test, same, make))
        return tuple(lines)


def _line(rule: Rule, version: Version, on: date) -> Line:
    owed = Owed(rule, version, _major_hazard(rule, on))
    occurrence = current(rule.period, on, rule.deadline)
    because, words = _because(version.grounds)
    if words is not None and version.requires is None and rule.due_fact is None:
        same = Duty(owed, occurrence, State.NEEDS_EVIDENCE, words)
        return version.when.test, (same,), lambda _facts, _on: same
    return version.when.test, (), _maker(owed, occurrence, because)


def _maker(owed: Owed, occurrence: Occurrence, because: Words) -> Maker:
    rule, judge = owed.rule, _judge(owed.version)
    opens_days = rule.opens_days
    due = getter(rule.due_fact) if rule.due_fact else None

    def make(facts: Facts, on: date) -> Duty:
        when = occurrence if due is None else _by_fact(opens_days, due(facts, on))
        return Duty(owed, when, judge(facts, on), because(facts, on))

    return make


def _judge(version: Version) -> Callable[[Facts, date], State]:
    met, unmet = version.requires, version.unmet_when
    if met is None or met.test is None:
        return lambda _facts, _on: State.NEEDS_EVIDENCE
    holds, fails = met.test, unmet.test if unmet else None
    if fails is None:
        return lambda facts, on: State.MET if holds(facts, on) else State.UNMET
    return lambda facts, on: (
        State.MET if holds(facts, on) else State.UNMET if fails(facts, on) else State.NEEDS_EVIDENCE
    )


def _because(grounds: tuple[tuple[Condition, str], ...]) -> tuple[Words, str | None]:
    """How to say why, and the words themselves where no fact changes them."""
    if len(grounds) == 1:
        return _shown(grounds[0][1])
    reasons = [(holds.test or _always, _shown(words.removeprefix(BECAUSE))[0]) for holds, words in grounds]

    def joined(facts: Facts, on: date) -> str:
        return BECAUSE + "；".join([words(facts, on) for holds, words in reasons if holds(facts, on)])

    return joined, None


def _always(_facts: Facts, _on: date) -> bool:
    return True


def _shown(template: str) -> tuple[Words, str | None]:
    names = fields_of(template)
    if not names:
        return lambda _facts, _on: template, template
    reads = tuple(map(getter, names))
    # str.format by position is twice as quick as by name.
    places = template.format_map({name: f"{{{place}}}" for place, name in enumerate(names)})
    return lambda facts, on: places.format(*[in_chinese(read(facts, on)) for read in reads]), None


@lru_cache(ENDS_KEPT)
def _by_fact(opens_days: int, due_on: date | None) -> Occurrence:
    if due_on is None:
        return Occurrence(ONCE, None, None, None)
    return Occurrence(due_on.isoformat(), due_on - timedelta(days=opens_days), due_on, None)


def _major_hazard(rule: Rule, on: date) -> str:
    standard = document(HAZARD_STANDARD)
    return f"{standard.cited}{rule.major_hazard}" if rule.major_hazard and standard.is_in_force(on) else ""
