"""How dates, rates, names and addresses are written on the pages."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Final
from urllib.parse import parse_qsl, urlencode, urlsplit

from services.kernel.clock import SHANGHAI, legal_day
from services.tenancy.members import masked

NOTHING: Final = "—"
NOT_APPLICABLE: Final = "不适用"
WEEKDAYS: Final = "一二三四五六日"


def _day(when: date | datetime) -> date:
    return legal_day(when) if isinstance(when, datetime) else when


def date_zh(when: date | datetime | None) -> str:
    """A day as officials write it, 2026年11月23日; an instant falls on its day in Asia/Shanghai."""
    if when is None:
        return NOTHING
    day = _day(when)
    return f"{day.year}年{day.month}月{day.day}日"


def weekday_zh(when: date | datetime | None) -> str:
    """A day with its weekday, 11月23日 星期一."""
    if when is None:
        return NOTHING
    day = _day(when)
    return f"{day.month}月{day.day}日 星期{WEEKDAYS[day.weekday()]}"


def datetime_zh(when: datetime | None) -> str:
    """An instant in Asia/Shanghai, 2026年11月23日 09:30."""
    return NOTHING if when is None else f"{date_zh(when)} {when.astimezone(SHANGHAI):%H:%M}"


def iso(when: date | datetime | None) -> str:
    """The same moment for machines, as the datetime attribute of a time element."""
    if when is None:
        return ""
    return when.astimezone(SHANGHAI).isoformat(timespec="minutes") if isinstance(when, datetime) else when.isoformat()


def percent(numerator: int, denominator: int) -> str:
    """A rate with one decimal; without a denominator there is no rate, and it is not zero."""
    return NOT_APPLICABLE if denominator == 0 else f"{numerator / denominator:.1%}"


def grouped(number: float | None) -> str:
    """A figure with thousands apart."""
    return NOTHING if number is None else f"{number:,}"


def masked_name(name: str | None) -> str:
    """A person's name of which only the first character is shown."""
    return NOTHING if not name else name[0] + "*" * max(1, len(name) - 1)


def masked_phone(phone: str | None) -> str:
    """A telephone number of which the ends are shown, 138****5678."""
    return masked(phone) or NOTHING


def link_with(here: str, **changes: object) -> str:
    """The address of the present page with some filters changed; a filter set to none disappears."""
    parts = urlsplit(here)
    kept = [(key, value) for key, value in parse_qsl(parts.query, keep_blank_values=True) if key not in changes]
    kept += [(key, str(value)) for key, value in changes.items() if value is not None]
    return f"{parts.path}?{urlencode(kept)}" if kept else parts.path


def query_of(here: str, *left_out: str) -> list[tuple[str, str]]:
    """The filters of this page's address, without those named: what a form must carry on."""
    pairs = parse_qsl(urlsplit(here).query, keep_blank_values=False)
    return [(key, value) for key, value in pairs if key not in left_out]


def query_value(here: str, name: str) -> str:
    """What this page is filtered by under one name; empty when it is not."""
    return dict(parse_qsl(urlsplit(here).query)).get(name, "")


FILTERS: Final[Mapping[str, object]] = {
    f.__name__: f for f in (date_zh, weekday_zh, datetime_zh, iso, grouped, masked_name, masked_phone)
}
GLOBALS: Final[Mapping[str, object]] = {f.__name__: f for f in (percent, link_with, query_of, query_value)}
