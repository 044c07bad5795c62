"""What one enterprise owes: rules read once into closures against the same rules interpreted at each asking."""

import random
import time
import tomllib
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from operator import ge, gt, le, lt
from statistics import median
from typing import Any

from services.regulation.duties import Certificate, Circumstance, Facts, ProductionState, evaluate, load, rules
from services.regulation.duties.conditions import getter
from services.regulation.duties.loading import RULES
from services.regulation.industries import Sector
from services.regulation.tags import Tag
from tests.scale.figures import Asked, median_ratio, ratios, spread, three, told

ON = date(2026, 1, 5)
ENTERPRISES = 1000
RELATIONS: dict[str, Callable[[Any, Any], bool]] = {"over": gt, "upto": le, "at_least": ge, "below": lt}
LARGEST = Facts(
    sector=Sector.METALLURGY,
    headcount=400,
    is_smelter=True,
    is_state_owned=True,
    is_above_scale=True,
    tags=frozenset(Tag),
    circumstances=frozenset(Circumstance),
    full_time_officers=2,
    certificates=(Certificate(date(2026, 3, 1), date(2029, 3, 1)),) * 10,
    standard_level="三级",
    standard_granted_on=date(2024, 6, 1),
    standard_expires_on=date(2027, 5, 31),
    insured_from=date(2025, 6, 1),
    insured_to=date(2026, 5, 31),
    open_hazards=3,
)
"""One that owes everything at once."""


async def measure(asked: Asked) -> None:
    """At most 50 µs each; both find the same duties, and the peer is spared all words, terms and states."""
    chance = random.Random(asked.seed)
    town = [_an_enterprise(chance) for _ in range(ENTERPRISES)]
    data = _data()
    for facts in town:
        assert [duty.code for duty in evaluate(facts, ON)] == sorted(_interpreted(data, facts))
    rounds = range(asked.rounds)
    pairs = [(_each(town, lambda f: evaluate(f, ON)), _each(town, lambda f: _interpreted(data, f))) for _ in rounds]
    ours, peer = map(list, zip(*pairs, strict=True))
    largest = [_each([LARGEST] * 200, lambda f: evaluate(f, ON)) for _ in rounds]
    told(
        asked,
        "duties",
        {
            "≤ 50 µs": median(ours) <= 50,
            "the largest ≤ 50 µs": median(largest) <= 50,
            "100,000 by two workers ≤ 60 s": median(ours) * 100_000 / 2 <= 60e6,
            "faster than interpreted": median_ratio(ours, peer) <= 1,
        },
        unit="µs of processor time an enterprise",
        rules=len(rules(ON)),
        duties_each=three(sum(len(evaluate(facts, ON)) for facts in town) / len(town)),
        ours=spread(ours),
        largest=spread(largest),
        peer=spread(peer),
        ratio_to_peer=ratios(ours, peer),
        load_ms=spread([_load() for _ in rounds]),
    )


def _each(town: Sequence[Facts], ask: Callable[[Facts], object]) -> float:
    at = time.process_time()
    for facts in town:
        ask(facts)
    return (time.process_time() - at) / len(town) * 1e6


def _load() -> float:
    at = time.process_time()
    load()
    return (time.process_time() - at) * 1e3


def _an_enterprise(chance: random.Random) -> Facts:
    return Facts(
        sector=chance.choice(list(Sector)),
        headcount=int(chance.paretovariate(1) * 8),
        production_state=chance.choices(list(ProductionState), (90, 4, 3, 2, 0))[0],
        is_smelter=chance.random() < 0.05,
        is_above_scale=chance.random() < 0.2,
        tags=frozenset(tag for tag in Tag if chance.random() < 0.15),
        circumstances=frozenset(known for known in Circumstance if chance.random() < 0.3),
        full_time_officers=chance.randrange(2),
        part_time_officers=chance.randrange(2),
        certificates=(Certificate(None, date(2027, 1, 1)),) * chance.randrange(4),
        standard_level="三级" if chance.random() < 0.2 else None,
        standard_expires_on=date(2027, 5, 31),
        insured_to=date(2026, 5, 31) if chance.random() < 0.3 else None,
    )


def _data() -> dict[str, dict[str, Any]]:
    files = (tomllib.loads(file.read_text(encoding="utf-8")) for file in sorted(RULES.glob("*.toml")))
    rows = {row["code"]: row for file in files for row in file["rule"]}
    in_force = {rule.code for rule in rules(ON)}
    return {code: _condition(row) for code, row in rows.items() if code in in_force}


def _condition(row: Mapping[str, Any]) -> dict[str, Any]:
    because = row["because"]
    if "when" in row or isinstance(because, str):
        return row.get("when", {})
    return {"any": [ground["when"] for ground in because]}


def _interpreted(data: Mapping[str, dict[str, Any]], facts: Facts) -> list[str]:
    return [code for code, condition in data.items() if _holds(condition, facts, data)]


def _holds(condition: Mapping[str, Any], facts: Facts, data: Mapping[str, dict[str, Any]]) -> bool:
    if not condition:
        return True
    if "fact" in condition:
        return _compared(condition, facts)
    ((word, inner),) = condition.items()
    if word == "rule":
        return _holds(data[inner], facts, data)
    if word == "not":
        return not _holds(inner, facts, data)
    return (all if word == "all" else any)(_holds(part, facts, data) for part in inner)


def _compared(condition: Mapping[str, Any], facts: Facts) -> bool:
    value = getter(condition["fact"])(facts, ON)
    ((word, wanted),) = ((key, value) for key, value in condition.items() if key != "fact")
    if word == "has":
        return wanted in value
    return value == wanted if word == "is" else RELATIONS[word](value, wanted)
