"""The papers that rules stand on, each with its number, its days in force, and how surely it is known."""

import tomllib
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any

DOCUMENTS = Path(__file__).parent / "documents.toml"


class Mark(StrEnum):
    """How a paper is known: named by the town's notice, read itself, read on a page, or only recalled."""

    STATED = "stated"
    LAW = "law"
    WEB = "web"
    RECALLED = "recalled"


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """One version of a law, order or notice; both of its days are days in force, Asia/Shanghai."""

    key: str
    title: str
    cited: str
    effective_from: date
    mark: Mark
    number: str = ""
    effective_to: date | None = None
    date_unverified: bool = False
    local: bool = False
    """Made by one town: it binds only there."""

    @property
    def unverified(self) -> bool:
        """Whether people must see 待核实 beside what stands on it."""
        return self.mark is Mark.RECALLED

    def is_in_force(self, on: date) -> bool:
        """Whether it applied on a day."""
        return self.effective_from <= on and (self.effective_to is None or on <= self.effective_to)


class NoSuchDocument(LookupError):  # noqa: N818 - a finding about the data
    """A key that no shipped paper has."""


@cache
def documents() -> dict[str, Document]:
    """All shipped papers by their key."""
    rows = tomllib.loads(DOCUMENTS.read_text(encoding="utf-8"))["document"]
    return {row["key"]: _document(row) for row in rows}


def document(key: str) -> Document:
    """One paper; raises NoSuchDocument."""
    if key not in documents():
        raise NoSuchDocument(f"没有登记键名为 {key} 的文件")
    return documents()[key]


def _document(row: dict[str, Any]) -> Document:
    return Document(**(row | {"mark": Mark(row["mark"])}))
