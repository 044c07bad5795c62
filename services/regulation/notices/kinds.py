"""What an item is in the plan of the year, told from the words of the headings above it."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from services.regulation.notices.tree import Kind

# The order decides: 总体要求 is no requirement, 保障措施 is no measure, 目标任务 is a target.
_WORDS: tuple[tuple[Kind, re.Pattern[str]], ...] = (
    (
        Kind.TEXT,
        re.compile(r"总体(?:思路|要求)|指导思想|基本原则|工作(?:思路|原则|背景)|编制依据|基本情况|^附则$|适用范围"),
    ),
    (
        Kind.REQUIREMENT,
        re.compile(
            r"(?:工作|有关|相关|几点|具体|纪律|实施|落实)要求|保障(?:措施|机制)?$|组织(?:保障|实施|领导)|^要求$"
        ),
    ),
    (Kind.TASK, re.compile(r"目标(?:和|及|与|、).{0,4}任务")),
    (Kind.TARGET, re.compile(r"目标(?:任务|要求|指标)?$|^(?:控制|考核|主要|年度)?指标$")),
    (
        Kind.TASK,
        re.compile(r"任务|措施|(?:重点|主要|具体)工作|工作(?:重点|内容|安排|举措)|整治(?:重点|内容)|实施步骤|重点内容"),
    ),
)
_LONGEST = 16


@dataclass(frozen=True, slots=True)
class Item:
    """What classification needs of an item: its heading, how it is written, and where it stands."""

    parent: int | None
    heading: str
    own_line: bool
    ordinal: int | None


@dataclass(frozen=True, slots=True)
class Placed:
    """The kind of an item, the kind that things below it have, and whether signs open items below it."""

    kind: Kind
    area: Kind
    has_items: bool


def known_area(heading: str) -> Kind | None:
    """What a heading such as 工作目标 or 保障措施 announces; TEXT for 总体思路 and its kin, None for any other heading."""
    plain = re.sub(r"[\s:。]", "", heading)
    if len(plain) > _LONGEST:
        return None
    return next((kind for kind, words in _WORDS if words.search(plain)), None)


def placed(items: Sequence[Item]) -> list[Placed]:
    """The kind of each item, in the order of the paper."""
    return _Classifier(items).placed()


class _Classifier:
    def __init__(self, items: Sequence[Item]) -> None:
        self._items = items
        self._below_of: dict[int, list[int]] = {}
        for index, item in enumerate(items):
            if item.parent is not None:
                self._below_of.setdefault(item.parent, []).append(index)
        self._placed: list[Placed] = []

    def placed(self) -> list[Placed]:
        for index, item in enumerate(self._items):
            kind, area = self._top(index) if item.parent is None else self._below(index, item.parent)
            self._placed.append(Placed(kind, area, has_items=index in self._below_of))
        return self._placed

    def _top(self, index: int) -> tuple[Kind, Kind]:
        known = known_area(self._items[index].heading)
        if known is not None:
            return Kind.SECTION, known
        return (Kind.SECTION if self._divides(index) else Kind.TASK), Kind.TASK

    def _below(self, index: int, parent: int) -> tuple[Kind, Kind]:
        item, area = self._items[index], self._placed[parent].area
        if self._placed[parent].kind is not Kind.SECTION:
            return Kind.TEXT, area
        if area is Kind.TEXT:
            return self._within_general(index, item)
        above = self._items[parent].parent
        return (Kind.SECTION if above is None and self._divides(index) else area), area

    def _within_general(self, index: int, item: Item) -> tuple[Kind, Kind]:
        known = known_area(item.heading)
        if known in (None, Kind.TEXT):
            return (Kind.SECTION if known or (item.own_line and index in self._below_of) else Kind.TEXT), Kind.TEXT
        return (Kind.SECTION if item.own_line or index in self._below_of else known or Kind.TEXT), known or Kind.TEXT

    def _divides(self, index: int) -> bool:
        """A heading on its own line with items below it, or one whose items go on counting from those before."""
        below = self._below_of.get(index, [])
        return bool(below) and (self._items[index].own_line or (self._items[below[0]].ordinal or 0) > 1)
