"""Somebody forgot the password and asks the town's office for a new code."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Mapped, mapped_column

from services.kernel.table import Login, TenantTable, belongs_to, one_of, tenant_index


class PasswordRequest(TenantTable):
    """One wish for a new code, as it waits for the office; a member has at most one open."""

    __tablename__ = "password_request"
    __only_enterprise__ = None
    __access__ = {Login.IDENTITY: "SELECT, INSERT, UPDATE", Login.TOWN: "SELECT", Login.WORKER: "SELECT"}
    __table_args__ = (
        belongs_to("member", "member_id"),
        one_of("state", ("open", "issued", "refused")),
        tenant_index("member_id", unique=True, where=text("state = 'open'")),
        tenant_index("state", "asked_at"),
    )

    member_id: Mapped[UUID]
    state: Mapped[str] = mapped_column(default="open")
    note: Mapped[str]
    """How the person can be reached, in their own words."""
    asked_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    ended_by: Mapped[str | None]
