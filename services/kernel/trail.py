"""The audit trail: each business act leaves a row in its own transaction; the application can only add."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Mapped, mapped_column

from services.kernel.table import Login, TenantTable, tenant_index


class AuditEntry(TenantTable):
    """One act of one person (or of the system) on one thing."""

    __tablename__ = "audit_entry"
    __access__ = {
        Login.TOWN: "SELECT, INSERT",
        Login.ENTERPRISE: "SELECT, INSERT",
        Login.DESK: "SELECT, INSERT",
        Login.WORKER: "SELECT, INSERT",
        Login.IDENTITY: "SELECT, INSERT",
        Login.PLATFORM: "SELECT, INSERT",
        Login.DISTRICT: "SELECT",
    }
    __table_args__ = (tenant_index("about_kind", "about_id"), tenant_index("at"))

    at: Mapped[datetime]
    act: Mapped[str]
    """object:what_happened, such as hazard:closed_out."""
    about_kind: Mapped[str]
    about_id: Mapped[UUID]
    enterprise_id: Mapped[UUID | None]
    member_id: Mapped[UUID | None]
    person: Mapped[str]
    """The name as it stood on that day."""
    role: Mapped[str]
    refused: Mapped[bool] = mapped_column(default=False)
    detail: Mapped[dict[str, Any]]
