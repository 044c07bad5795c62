"""The only place that asks what time it is."""

import os
import uuid
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import uuid_utils

SHANGHAI = ZoneInfo("Asia/Shanghai")


def now() -> datetime:
    """This instant in UTC; in tests moved by the offset in seconds that the shared clock file holds."""
    return datetime.now(UTC) + _offset()


def legal_day(instant: datetime) -> date:
    """The date in Asia/Shanghai on which an instant falls."""
    return instant.astimezone(SHANGHAI).date()


def in_words(day: date) -> str:
    """A day as officials write it, 2026年11月23日."""
    return f"{day.year}年{day.month}月{day.day}日"


def new_id() -> uuid.UUID:
    """A UUIDv7: rows that are made later sort later."""
    return uuid.UUID(bytes=uuid_utils.uuid7().bytes)


def _offset() -> timedelta:
    file = os.environ.get("ANZHEN_CLOCK_FILE")
    if not file or not os.environ.get("ANZHEN_TESTING"):
        return timedelta()
    try:
        return timedelta(seconds=float(Path(file).read_text(encoding="ascii") or 0))
    except FileNotFoundError:
        return timedelta()
