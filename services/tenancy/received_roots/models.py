"""A town's root of a day, as its district received it."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import BigInteger, text
from sqlalchemy.orm import Mapped, mapped_column

from services.kernel.table import Login, TenantTable, tenant_index


class ReceivedRoot(TenantTable):
    """One arrival; the tenant is the district. Whatever arrives differently for the same day stands beside it as a conflict."""

    __tablename__ = "received_root"
    __only_enterprise__ = None
    __access__ = {Login.WORKER: "SELECT, INSERT", Login.DESK: "SELECT"}
    __table_args__ = (
        tenant_index("town_id", "day", unique=True, where=text("NOT is_conflict")),
        tenant_index("town_id", "day", "root", "head", unique=True),
    )

    town_id: Mapped[UUID]
    day: Mapped[date]
    """In Asia/Shanghai."""
    root: Mapped[bytes]
    """The day's root over the chains of all places."""
    head: Mapped[bytes]
    """The last link of the town's own chain under that root."""
    seq: Mapped[int] = mapped_column(BigInteger)
    """How many acts of the town that link covers."""
    is_conflict: Mapped[bool] = mapped_column(default=False)
    """Another root or head was received for that day before."""
    received_at: Mapped[datetime]
