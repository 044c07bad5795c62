"""Conditions on facts as data (all, any, not, over, upto, is, has …), read once into closures."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from operator import attrgetter, ge, gt, le, lt
from typing import Any

from services.regulation.duties.facts import DERIVED, FIELDS, Circumstance, Facts
from services.regulation.tags import Tag

Test = Callable[[Facts, date], bool]
NUMBERS = {"over": 1, "upto": 1, "at_least": 0, "below": 0}
"""How a bound compares; the number is added to the bound to find the first value above the boundary."""
RELATIONS: dict[str, Callable[[Any, int], bool]] = {"over": gt, "upto": le, "at_least": ge, "below": lt}


class BadRule(ValueError):  # noqa: N818 - a finding about the data
    """A rule that cannot be understood; the sentence names what."""


@dataclass(frozen=True, slots=True)
class Bound:
    """A number at which a condition turns, and the two neighbouring values on its sides."""

    fact: str
    number: int
    sides: tuple[int, int]


@dataclass(frozen=True, slots=True)
class Condition:
    """Whether something holds of an enterprise on a day; without a test it always does."""

    test: Test | None = None
    facts: frozenset[str] = frozenset()
    bounds: tuple[Bound, ...] = field(default=())

    def __call__(self, facts: Facts, on: date) -> bool:
        """Ask it."""
        return self.test is None or self.test(facts, on)


ALWAYS = Condition()


def getter(name: str) -> Callable[[Facts, date], Any]:
    """How to read a fact, given or derived; raises BadRule for a name that does not exist."""
    if name in DERIVED:
        return DERIVED[name]
    if name not in FIELDS:
        raise BadRule(f"没有名为 {name} 的事实")
    read = attrgetter(name)
    return lambda facts, _: read(facts)


def condition(data: Mapping[str, Any], known: Mapping[str, Condition]) -> Condition:
    """Read one condition; `known` are the conditions of earlier rules that it may name by {rule = code}."""
    if not data:
        return ALWAYS
    if "fact" in data:
        return _leaf(data)
    if len(data) != 1:
        raise BadRule(f"一个条件只能有一种写法：{dict(data)}")
    (word, inner), *_ = data.items()
    if word == "rule":
        if inner not in known:
            raise BadRule(f"条件引用了前面没有的规则 {inner}")
        return known[inner]
    if word == "not":
        return _negated(condition(inner, known))
    if word not in {"all", "any"}:
        raise BadRule(f"不认识的条件写法 {word}")
    return _joined([condition(part, known) for part in inner], every=word == "all")


def _leaf(data: Mapping[str, Any]) -> Condition:
    given = dict(data)
    name = given.pop("fact")
    if len(given) != 1:
        raise BadRule(f"{name} 的条件应当只有一个比较")
    (word, value), *_ = given.items()
    if word in NUMBERS:
        if type(value) is not int:
            raise BadRule(f"{name} 只能与整数比较")
        above = value + NUMBERS[word]
        return Condition(_compared(name, word, value), frozenset({name}), (Bound(name, value, (above - 1, above)),))
    return Condition(_matched(name, word, value), frozenset({name}))


def _compared(name: str, word: str, n: int) -> Test:
    read, relation = getter(name), RELATIONS[word]
    if name in DERIVED:
        return lambda facts, on: relation(read(facts, on), n)
    field_of = attrgetter(name)
    return lambda facts, _: relation(field_of(facts), n)


def _matched(name: str, word: str, value: Any) -> Test:
    read = getter(name)
    if word == "is" and name in DERIVED:
        return lambda facts, on: bool(read(facts, on) == value)
    field_of = attrgetter(name)
    if word == "is" and isinstance(value, bool):
        return lambda facts, _: field_of(facts) is value
    if word == "is":
        return lambda facts, _: bool(field_of(facts) == value)
    if word == "has" and name == "tags":
        tag = Tag(value)
        return lambda facts, _: tag in facts.tags
    if word == "has" and name == "circumstances":
        circumstance = Circumstance(value)
        return lambda facts, _: circumstance in facts.circumstances
    raise BadRule(f"不认识的比较 {name} {word}")


def _negated(inner: Condition) -> Condition:
    test = _test(inner)
    return Condition(lambda facts, on: not test(facts, on), inner.facts, inner.bounds)


def _test(inner: Condition) -> Test:
    return inner.test or (lambda _facts, _on: True)


def _joined(parts: list[Condition], *, every: bool) -> Condition:
    if not parts:
        raise BadRule("all 和 any 里至少要有一个条件")
    if len(parts) == 1:
        return parts[0]
    tests = tuple(map(_test, parts))
    asked = frozenset[str]().union(*(part.facts for part in parts))
    bounds = tuple(dict.fromkeys(bound for part in parts for bound in part.bounds))
    return Condition(_all(tests) if every else _any(tests), asked, bounds)


def _all(tests: tuple[Test, ...]) -> Test:
    if len(tests) == 2:  # noqa: PLR2004 - the common case, without a loop
        first, second = tests
        return lambda facts, on: first(facts, on) and second(facts, on)

    def holds(facts: Facts, on: date) -> bool:
        for test in tests:  # noqa: SIM110 - a generator would cost as much as the tests
            if not test(facts, on):
                return False
        return True

    return holds


def _any(tests: tuple[Test, ...]) -> Test:
    if len(tests) == 2:  # noqa: PLR2004 - the common case, without a loop
        first, second = tests
        return lambda facts, on: first(facts, on) or second(facts, on)

    def holds(facts: Facts, on: date) -> bool:
        for test in tests:  # noqa: SIM110 - a generator would cost as much as the tests
            if test(facts, on):
                return True
        return False

    return holds
