"""What people type and what cells of a sheet hold, read as values; each refusal is a Chinese sentence that says what to write."""

import re
import unicodedata
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any

from services.kernel.clock import in_words
from services.tenancy.members.facts import tidy

DAY = re.compile(r"(\d{4})\s*(?:年|[-/.])\s*(\d{1,2})\s*(?:月|[-/.])\s*(\d{1,2})\s*日?(?:[ T]\s*00?:00(?::00)?)?")
COMPACT_DAY = re.compile(r"(\d{4})(\d{2})(\d{2})")
SERIAL_DAYS = range(20_000, 80_000)
"""Days that a sheet counts from 30 December 1899: 1954 to 2119."""
SERIAL_START = date(1899, 12, 30)
FIRST_DAY, LAST_DAY = date(1949, 10, 1), date(2199, 12, 31)
TRUE = frozenset({"是", "有", "√", "✓", "✔", "☑", "对", "1", "y", "yes", "true", "on"})
FALSE = frozenset({"否", "无", "没有", "×", "✗", "✘", "☐", "x", "0", "n", "no", "false", "off", "/", "-", "—"})
NOTHING = frozenset({"", "/", "-", "—", "--", "——", "无", "无有", "暂无", "不适用", "未达标", "未投保", "none"})
MOST_PEOPLE = 1_000_000
MOST_MONEY = 10**16
"""A hundred billion yuan."""
UNITS = {"": 1_000_000, "万": 1_000_000, "万元": 1_000_000, "元": 100, "亿元": 10_000_000_000, "亿": 10_000_000_000}
"""How many 分 one of it is; a figure without a unit is in 万元."""
SEPARATORS = " \t\r\n、,，;；|/·"


def text_of(cell: object) -> str:
    """A cell as one line of text; a whole number has no decimal point, a day is written 2026-03-01."""
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "是" if cell else "否"
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if isinstance(cell, datetime):
        return cell.date().isoformat()
    if isinstance(cell, (list, tuple, frozenset, set)):
        return "、".join(map(str, cell))
    return tidy(str(cell))


def plain(cell: object) -> str:
    """The text in half-width characters without blanks around it."""
    return unicodedata.normalize("NFKC", text_of(cell)).strip()


def a_day(cell: object) -> date | None:
    """A day in one of its usual spellings; None for an empty cell."""
    typed = plain(cell)
    if typed in NOTHING:
        return None
    if typed.isdigit() and len(typed) == 5 and int(typed) in SERIAL_DAYS:  # noqa: PLR2004 - 20000 to 79999
        return SERIAL_START + timedelta(days=int(typed))
    found = DAY.fullmatch(typed) or COMPACT_DAY.fullmatch(typed)
    try:
        day = date(*map(int, found.groups())) if found else None
    except ValueError:
        day = None
    if day is None or not FIRST_DAY <= day <= LAST_DAY:
        raise ValueError(f"“{typed}”不是日期，请写成 2026-03-01 或 2026年3月1日")
    return day


def a_number(cell: object) -> int | None:
    """How many people: a whole number from zero on."""
    typed = plain(cell)
    if typed in NOTHING - {"无"}:
        return None
    digits = re.sub(r"[,\s]|[人名个]$", "", typed)
    if not (digits.isascii() and digits.isdigit()) or len(digits) > len(str(MOST_PEOPLE)) or int(digits) > MOST_PEOPLE:
        raise ValueError(f"“{typed}”不是人数，请只写数字，例如 101")
    return int(digits)


def money(cell: object) -> int | None:
    """An amount in 分, exact; a figure without a unit is in 万元."""
    typed = re.sub(r"[,\s¥]", "", plain(str(cell) if isinstance(cell, float) else cell))
    if typed in NOTHING:
        return None
    found = re.fullmatch(r"(\d{1,14}(?:\.\d{1,8})?)(亿元|万元|亿|万|元|)", typed)
    try:
        amount = Decimal(found[1]) * UNITS[found[2]] if found else Decimal(-1)
    except InvalidOperation:
        amount = Decimal(-1)
    if amount < 0 or amount != amount.to_integral_value() or amount > MOST_MONEY:
        raise ValueError(f"“{typed}”不是金额，请以万元为单位只写数字，例如 3000.15")
    return int(amount)


def yes_or_no(cell: object) -> bool:
    """Whether a box is ticked; an empty one is not."""
    typed = plain(cell).lower()
    if typed in TRUE:
        return True
    if typed in FALSE or not typed:
        return False
    raise ValueError(f"“{typed}”看不出是或否，请写“是”或“否”")


def one_choice(cell: object, known: Mapping[str, str]) -> str | None:
    """The value that a word stands for; `known` has every spelling."""
    typed = plain(cell)
    if typed in known:
        return known[typed]
    if typed in NOTHING:
        return None
    raise ValueError(f"“{typed}”不在可选范围内，请从{_names(known)}中选一项")


def several(cell: object, known: Mapping[str, str]) -> list[str]:
    """The values that are named, each once, in the order of their values; names may hold a separator themselves."""
    rest, found = plain(cell), set[str]()
    spelled = sorted(known, key=len, reverse=True)
    while rest := rest.lstrip(SEPARATORS):
        name = next((name for name in spelled if rest.startswith(name)), None)
        if name is None:
            word = re.split(f"[{SEPARATORS}]", rest, maxsplit=1)[0]
            if word not in NOTHING:
                raise ValueError(f"不认识“{word}”，请从{_names(known)}中选写，用顿号隔开")
            rest = rest[len(word) :]
            continue
        found.add(known[name])
        rest = rest[len(name) :]
    return sorted(found)


def words(cell: object, longest: int) -> str | None:
    """A text of so many characters at most, with Chinese punctuation as it was written; None for an empty one."""
    typed = text_of(cell).strip()
    if len(typed) > longest:
        raise ValueError(f"最多 {longest} 个字，现在是 {len(typed)} 个，请缩短")
    return typed or None


def said(value: Any, labels: Mapping[str, str]) -> str:
    """A value as people write it."""
    if value is None or value in ([], ""):
        return "无"
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, date):
        return in_words(value)
    if isinstance(value, list):
        return "、".join(labels.get(one, one) for one in value)
    return labels.get(str(value), str(value))


def in_ten_thousands(fen: int) -> str:
    """An amount in 万元 with all its figures, 3000.15."""
    amount = Decimal(fen) / UNITS["万元"]
    return f"{amount.normalize():,f}"


def _names(known: Mapping[str, str]) -> str:
    """How each value is spelled first."""
    first: dict[str, str] = {}
    for name, value in known.items():
        first.setdefault(value, name)
    return "、".join(first.values())
