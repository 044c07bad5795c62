"""First answers, kept for a day."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Mapped

from services.kernel.table import Login, TenantTable, tenant_index

KEEPS = "SELECT, INSERT"


class KeptAnswer(TenantTable):
    """What was answered to an act that its caller had named; `id` is made of the caller and that name."""

    __tablename__ = "kept_answer"
    __access__ = {
        Login.TOWN: KEEPS,
        Login.ENTERPRISE: KEEPS,
        Login.DESK: KEEPS,
        Login.IDENTITY: KEEPS,
        Login.PLATFORM: KEEPS,
        Login.WORKER: "SELECT, DELETE",
    }
    __table_args__ = (tenant_index("at"),)

    enterprise_id: Mapped[UUID | None]
    at: Mapped[datetime]
    fingerprint: Mapped[bytes]
    """SHA-256 of what was asked."""
    answer: Mapped[bytes]
    """Sealed: it may hold a code that is shown once, or a number in full."""
