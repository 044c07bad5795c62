"""What follows when a duty is not done, as numbers in 分 and as words; the district decides, this only informs."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

FEN_PER_TEN_THOUSAND = 1_000_000
STAGES = {"first": "责令限期改正", "overdue": "逾期未改", "refused": "拒不执行"}
PAYERS = {"unit": "单位", "principal": "主要负责人", "persons": "直接责任人"}

Range = tuple[int, int]
"""From and up to, in 分, both included."""


@dataclass(frozen=True, slots=True)
class Stage:
    """What one step of the article threatens, in 分 for each who pays."""

    name: str
    fines: tuple[tuple[str, Range], ...]
    stop: bool

    @property
    def words(self) -> str:
        """One clause in plain Chinese."""
        parts = ["停产停业整顿"] * self.stop
        parts += [f"{PAYERS[payer]}罚款{_money(amount)}" for payer, amount in self.fines]
        return (
            "，".join([STAGES[self.name], *parts])
            if self.name == "first"
            else STAGES[self.name] + "：" + "，".join(parts)
        )


@dataclass(frozen=True, slots=True)
class Consequence:
    """The article that threatens, and its steps; `note` says what numbers cannot."""

    citation: str
    stages: tuple[Stage, ...]
    note: str = ""

    @property
    def words(self) -> str:
        """All steps, then the article."""
        steps = "；".join([*(stage.words for stage in self.stages), *([self.note] if self.note else [])])
        return f"{steps}（{self.citation}）" if steps else f"按{self.citation}处理"


def consequence(data: Mapping[str, Any], cited: str, known: Mapping[str, Any]) -> Consequence:
    """Read one from a version's data, whose `like` may name a shared article."""
    shape = {**known[data["like"]], **data} if "like" in data else dict(data)
    stages = tuple(_stage(name, shape[name]) for name in STAGES if name in shape)
    return Consequence(cited + shape["article"], stages, shape.get("note", ""))


def _stage(name: str, data: Mapping[str, Any]) -> Stage:
    fines = tuple((payer, (data[payer][0], data[payer][1])) for payer in PAYERS if payer in data)
    return Stage(name, fines, bool(data.get("stop")))


def _money(amount: Range) -> str:
    low, high = (f"{value / FEN_PER_TEN_THOUSAND:g} 万元" for value in amount)
    return f" {low}至 {high}" if amount[0] else f" {high}以下"
