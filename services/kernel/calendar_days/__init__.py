"""Which days offices work: the official calendar as far as it was published, and an honest guess beyond."""

from services.kernel.calendar_days.calendar import Calendar, CalendarDay, Status
from services.kernel.calendar_days.keeping import IN_HAND, change_of, current, fill, put
from services.kernel.calendar_days.reading import CalendarNotReadable, decoded, read, shipped, written

__all__ = [
    "IN_HAND",
    "Calendar",
    "CalendarDay",
    "CalendarNotReadable",
    "Status",
    "change_of",
    "current",
    "decoded",
    "fill",
    "put",
    "read",
    "shipped",
    "written",
]
