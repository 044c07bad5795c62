"""Dates and deadlines in the words of papers: 2021年3月15日, 6月底前, 上半年, 第三季度, 每季度."""

import re
from calendar import monthrange
from datetime import date

from services.regulation.notices.numerals import whole_number
from services.regulation.notices.tree import Due

_CN = "零〇○一二三四五六七八九十"
_YEAR = rf"(?:\d{{4}}|[{_CN}]{{4}})"
_FEW = rf"(?:\d{{1,2}}|[{_CN}]{{1,3}})"
WHOLE_DATE = rf"({_YEAR})年({_FEW})月({_FEW})日"
_WHOLE = re.compile(WHOLE_DATE)
_PLAIN = re.compile(r"(\d{4})[-./](\d{1,2})[-./](\d{1,2})(?!\d)")
_WHEN = (
    rf"(?:(?P<year>{_YEAR})年|(?P<near>本年|今年|当年)度?|(?P<next>明年|次年|翌年))?"
    rf"(?:(?P<month>{_FEW})月(?:份)?(?:(?P<day>{_FEW})[日号]|(?P<third>上旬|中旬|下旬|底|末|初))?"
    rf"|(?P<half>上半年|下半年)|第?(?P<quarter>[一二三四1-4])季度末?|(?P<end>年底|年末|年内|年终|年中|全年|底|末|内|度)?)"
)
_DEADLINE = re.compile(_WHEN)
_BEFORE = re.compile(
    rf"(?<!每)(?<![\d{_CN}])(?=[\d{_CN}本今当明次翌年上下第])({_WHEN})(?:之前|以前|前)(?![期往后三两])"
)
_PERIODIC = re.compile(r"每(?:半|个)?[年季月周旬日天]|长期|持续|常态|随时|适时|立即|按季|按月")
_YEARS = range(1900, 2201)
_THIRDS = {"上旬": 10, "初": 10, "中旬": 20}
_ENDS = {"上半年": (6, 30), "年中": (6, 30)}


def day_of(words: str) -> date | None:
    """The first whole date in the words (2021年3月15日, 二〇二一年三月十五日, 2021-03-15), or None."""
    found = _WHOLE.search(words) or _PLAIN.search(words)
    return _day(*(_whole(group) for group in found.groups())) if found else None


def due_of(words: str, year: int | None) -> Due | None:
    """A deadline written as 完成时限, counted in `year` where the words name none; what recurs keeps its words only."""
    if not words:
        return None
    plain = _PLAIN.search(words)
    if plain:
        return Due(words, day_of(words))
    days = [day for day in (_resolve(found, year) for found in _DEADLINE.finditer(words) if found[0]) if day]
    return Due(words, max(days) if days and not _PERIODIC.search(words) else None)


def due_within(words: str, year: int | None) -> Due | None:
    """The latest deadline that running text sets with 前, as in 于6月底前完成."""
    dues = [Due(found[0], _resolve(found, year)) for found in _BEFORE.finditer(words) if found[1]]
    return max((due for due in dues if due.on), key=lambda due: due.on or date.min, default=None)


def _resolve(found: re.Match[str], year: int | None) -> date | None:
    named = _whole(found["year"]) if found["year"] else None
    chosen = named or (year + 1 if year and found["next"] else year)
    if found["month"]:
        return _in_month(chosen, _whole(found["month"]), found)
    if found["quarter"]:
        month = 3 * (whole_number(found["quarter"]) or 0)
        return _day(chosen, month, 30 if month in (6, 9) else 31)
    if found["half"] or found["end"] or found["year"] or found["near"] or found["next"]:
        return _day(chosen, *_ENDS.get(found["half"] or found["end"] or "", (12, 31)))
    return None


def _in_month(year: int | None, month: int | None, found: re.Match[str]) -> date | None:
    if found["day"]:
        return _day(year, month, _whole(found["day"]))
    if year is None or month is None or _day(year, month, 1) is None:
        return None
    return _day(year, month, _THIRDS.get(found["third"] or "", monthrange(year, month)[1]))


def _whole(words: str) -> int | None:
    """The number; a circle drawn for the Chinese zero is one."""
    return whole_number(words.replace("○", "〇"))


def _day(year: int | None, month: int | None, day: int | None) -> date | None:
    if year is None or month is None or day is None or year not in _YEARS:
        return None
    try:
        return date(year, month, day)
    except ValueError:
        return None
