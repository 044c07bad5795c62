"""The calendar in the database: reference that every town reads and only the platform's operator changes."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import Integer, UniqueConstraint
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from services.kernel.calendar_days.calendar import Status
from services.kernel.clock import new_id
from services.kernel.table import GlobalTable, Login, one_of

READERS = dict.fromkeys(
    (Login.TOWN, Login.ENTERPRISE, Login.DISTRICT, Login.DESK, Login.WORKER, Login.IDENTITY), "SELECT"
)


class CalendarDayRow(GlobalTable):
    """One day of a year whose arrangement is known or shipped as a guess; years without rows are guessed when asked."""

    __tablename__ = "calendar_day"
    __access__ = {**READERS, Login.PLATFORM: "SELECT, INSERT, UPDATE"}
    __table_args__ = (one_of("status", [status.value for status in Status]),)

    day: Mapped[date] = mapped_column(primary_key=True)
    is_workday: Mapped[bool]
    name: Mapped[str]
    source: Mapped[str]
    """The paper by which the day is worked or not."""
    status: Mapped[str]
    is_imported: Mapped[bool] = mapped_column(default=False)
    """An administrator brought it: an upgrade of the product leaves it as it is."""


class CalendarChange(GlobalTable):
    """One change of the calendar; the newest tells every process whether what it holds in memory still stands."""

    __tablename__ = "calendar_change"
    __access__ = {**READERS, Login.PLATFORM: "SELECT, INSERT"}
    __table_args__ = (UniqueConstraint("number"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    number: Mapped[int]
    """1, 2, 3 … in the order of the changes."""
    at: Mapped[datetime]
    person: Mapped[str]
    source: Mapped[str]
    """The papers that were brought, or how the days came."""
    years: Mapped[list[int]] = mapped_column(ARRAY(Integer))
    days: Mapped[int]
    """How many days changed."""
