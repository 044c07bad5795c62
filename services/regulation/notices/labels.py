"""The signs that open an item: 一、 （一） 1. (1) ① 第一条 —— and their kin."""

import re
from dataclasses import dataclass
from enum import IntEnum

from services.regulation.notices.numerals import CHINESE, whole_number


class Rank(IntEnum):
    """How deep a sign stands in a paper: a smaller rank opens a larger part."""

    CHAPTER = 0
    SECTION = 1
    CHINESE = 2
    ARTICLE = 3
    CHINESE_IN_BRACKETS = 4
    ARABIC = 5
    ARABIC_IN_BRACKETS = 6
    CIRCLED = 7
    DASH = 8


@dataclass(frozen=True, slots=True)
class Label:
    """A sign at the beginning of a line: its rank, its number (None for a dash), and how many characters it takes."""

    rank: Rank
    ordinal: int | None
    length: int


_CN = rf"[{CHINESE}]{{1,4}}"
_NUMBER = r"\d{1,3}"
# 3.2021年… is item 3 without a blank, 3.5米 is a decimal.
_POINT = r" ?\.(?!\d)| ?\.(?=(?:19|20)\d\d ?年)"
_SIGNS: tuple[tuple[Rank, re.Pattern[str]], ...] = (
    (Rank.CHAPTER, re.compile(rf"第 ?({_CN}|{_NUMBER}) ?(?:章|部分|篇)[ 、.:]?")),
    (Rank.SECTION, re.compile(rf"第 ?({_CN}|{_NUMBER}) ?节[ 、.:]?")),
    (Rank.ARTICLE, re.compile(rf"第 ?({_CN}|{_NUMBER}) ?条(?!件|例|规定|第|[,、])[ :]?")),
    (Rank.CHINESE, re.compile(rf"({_CN})(?: ?[、.．]|(?= \S))")),
    (Rank.CHINESE_IN_BRACKETS, re.compile(rf"[(〔] ?({_CN}) ?[)〕]、?")),
    (Rank.CHINESE_IN_BRACKETS, re.compile(r"([㈠-㈩])")),
    (Rank.ARABIC, re.compile(rf"({_NUMBER})(?: ?、|{_POINT})")),
    (Rank.ARABIC, re.compile(r"([⒈-⒛])")),
    (Rank.ARABIC_IN_BRACKETS, re.compile(rf"[(〔] ?({_NUMBER}) ?[)〕]、?")),
    (Rank.ARABIC_IN_BRACKETS, re.compile(rf"({_NUMBER}) ?\)")),
    (Rank.ARABIC_IN_BRACKETS, re.compile(r"([⑴-⒇])")),
    (Rank.CIRCLED, re.compile(r"([①-⑳])[ 、.]?")),
    (Rank.DASH, re.compile(r"()(?:[—–―─]{1,3}|-{2,3}|[●•▪◆■★·])")),
)
_ROW = 20
_ROWS_OF_SIGNS = "㈠⒈⑴①"


def label_of(words: str) -> Label | None:
    """The sign that opens a line of folded words, or None; the blanks after it belong to it."""
    for rank, pattern in _SIGNS:
        found = pattern.match(words)
        if found:
            rest = words[found.end() :]
            return Label(rank, _ordinal(found[1]), found.end() + len(rest) - len(rest.lstrip()))
    return None


def _ordinal(words: str) -> int | None:
    places = (ord(words) - ord(first) for first in _ROWS_OF_SIGNS) if len(words) == 1 else ()
    return next((place + 1 for place in places if 0 <= place < _ROW), whole_number(words))
