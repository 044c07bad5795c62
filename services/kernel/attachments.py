"""Attachments: a row in the transaction, the bytes by their hash beside it."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Mapped

from services.kernel.table import Login, TenantTable, tenant_index


class Attachment(TenantTable):
    """A file that belongs to one row of a tenant and is seen by whoever sees that row."""

    __tablename__ = "attachment"
    __access__ = {
        Login.TOWN: "SELECT, INSERT",
        Login.ENTERPRISE: "SELECT, INSERT",
        Login.DISTRICT: "SELECT",
        Login.WORKER: "SELECT",
    }
    __table_args__ = (tenant_index("owner_kind", "owner_id"), tenant_index("sha256"))

    owner_kind: Mapped[str]
    owner_id: Mapped[UUID]
    enterprise_id: Mapped[UUID | None]
    sha256: Mapped[str]
    media_type: Mapped[str]
    bytes: Mapped[int]
    name: Mapped[str]
    """The original name, cleaned for display."""
    added_by: Mapped[UUID]
    added_by_name: Mapped[str]
    created_at: Mapped[datetime]
