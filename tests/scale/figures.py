"""What a measurement prints: one JSON line whose ratios come from rounds in which all were measured in turn."""

import json
import statistics
import sys
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """What one run is asked for; with the same values it measures the same work again."""

    towns: int = 1000
    rows: int = 1000
    """Enterprises of each town."""
    rounds: int = 7
    seed: int = 20260105

    def command(self, name: str) -> str:
        """The command that measures one row again."""
        given = (("towns", self.towns), ("rows", self.rows), ("rounds", self.rounds), ("seed", self.seed))
        return f"python -m tests.scale {name} " + " ".join(f"--{word} {value}" for word, value in given)


def spread(values: Sequence[float]) -> dict[str, float]:
    """The lowest, the middle and the highest of the rounds."""
    return {"min": three(min(values)), "median": three(statistics.median(values)), "max": three(max(values))}


def ratios(ours: Sequence[float], others: Sequence[float]) -> dict[str, float]:
    """Ours divided by another's, round by round."""
    return spread([mine / theirs for mine, theirs in zip(ours, others, strict=True)])


def median_ratio(ours: Sequence[float], others: Sequence[float]) -> float:
    """What a goal is held against: the middle of the rounds' ratios."""
    return statistics.median(mine / theirs for mine, theirs in zip(ours, others, strict=True))


def three(value: float) -> float:
    """Three digits: no figure of a shared machine deserves more."""
    return float(f"{value:.3g}")


def percentile(values: Sequence[float], share: float) -> float:
    """The value below which that share of all lies."""
    return sorted(values)[min(len(values) - 1, int(len(values) * share))]


def told(asked: Asked, name: str, goals: Mapping[str, bool], **facts: Any) -> None:
    """Print one figure with its goals, each with whether it was reached."""
    head = {"figure": name, "command": asked.command(name), "seed": asked.seed, "rounds": asked.rounds}
    line = {**head, **facts, "goals": dict(goals), "reached": all(goals.values())}
    sys.stdout.write(json.dumps(line, ensure_ascii=False) + "\n")
    sys.stdout.flush()
