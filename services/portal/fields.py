"""What a form or an address carries, read without ever failing: text, numbers, days and ids."""

from datetime import date
from math import ceil
from typing import Annotated, Any
from uuid import UUID

import msgspec
from litestar.enums import RequestEncodingType
from litestar.params import Body

FormData = Annotated[dict[str, Any], Body(media_type=RequestEncodingType.URL_ENCODED)]
MOST_PAGES = 10_000


class Page(msgspec.Struct, frozen=True, kw_only=True):
    """Where one stands in a long ledger."""

    number: int
    total: int
    size: int

    @property
    def pages(self) -> int:
        """How many pages there are."""
        return ceil(self.total / self.size)


def word(data: Any, name: str) -> str:
    """One field as text that a database takes; a field sent twice counts with its last value."""
    value = data.get(name, "")
    value = value[-1] if isinstance(value, list) and value else value
    return value.replace("\0", "").encode(errors="ignore").decode() if isinstance(value, str) else ""


def words(data: Any, name: str) -> list[str]:
    """All values of a field that may be ticked several times."""
    value = data.get(name, [])
    values = value if isinstance(value, list) else [value]
    return [word({"value": one}, "value") for one in values if isinstance(one, str) and one]


def ticked(data: Any, name: str) -> bool:
    """Whether a box is ticked."""
    return word(data, name) in {"true", "on", "1"}


def identifier(data: Any, name: str) -> UUID | None:
    """An id; None where there is none or it is none."""
    try:
        return UUID(word(data, name))
    except ValueError:
        return None


def day(data: Any, name: str, wrong: dict[str, str] | None = None) -> date | None:
    """A day as 2026-11-23; what is no day is told in `wrong`."""
    typed = word(data, name).strip()
    try:
        return date.fromisoformat(typed) if typed else None
    except ValueError:
        if wrong is not None:
            wrong[name] = "日期不对，请按 2026-11-23 这样填写"
        return None


def page_number(data: Any) -> int:
    """Which page of a ledger is asked for; the first instead of anything that is no number."""
    typed = word(data, "page")
    return min(max(int(typed), 1), MOST_PAGES) if typed.isascii() and typed.isdigit() and len(typed) < 8 else 1  # noqa: PLR2004 - more digits are no page
