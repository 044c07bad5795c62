"""The audit trail: each business act leaves a row in its own transaction; the application can only add."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger
from sqlalchemy.orm import Mapped, mapped_column

from services.kernel.published import Published
from services.kernel.table import GlobalTable, Login, TenantTable, tenant_index


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


class AuditSeal(TenantTable):
    """A link of a tenant's chain: `id` is the audit row's, and the digest covers that row and the link before."""

    __tablename__ = "audit_seal"
    __only_enterprise__ = None
    __access__ = {Login.WORKER: "SELECT, INSERT", Login.TOWN: "SELECT"}
    __table_args__ = (tenant_index("seq", unique=True),)

    seq: Mapped[int] = mapped_column(BigInteger)
    """1, 2, 3 … without a gap."""
    previous: Mapped[bytes]
    digest: Mapped[bytes]
    sealed_at: Mapped[datetime]


class SealState(GlobalTable):
    """How far a tenant's trail is sealed: figures alone, for those who look after seals and see no business."""

    __tablename__ = "seal_state"
    __access__ = {
        Login.WORKER: "SELECT, INSERT, UPDATE",
        Login.PLATFORM: "SELECT",
        Login.IDENTITY: "SELECT",
    }

    tenant_id: Mapped[UUID] = mapped_column(primary_key=True)
    seq: Mapped[int] = mapped_column(BigInteger)
    digest: Mapped[bytes]
    sealed_at: Mapped[datetime | None]
    unsealed_since: Mapped[datetime | None]
    """The oldest act that has no seal yet."""
    checked_at: Mapped[datetime]


class AuditRoot(GlobalTable):
    """The day's anchor: one hash over the heads of all chains and the day before's root; handed to the district and printed."""

    __tablename__ = "audit_root"
    __access__ = {
        Login.WORKER: "SELECT, INSERT",
        Login.PLATFORM: "SELECT",
        Login.DISTRICT: "SELECT",
        Login.TOWN: "SELECT",
    }
    __published__ = Published("published_audit_root", ("day", "root", "previous", "heads"))

    day: Mapped[date] = mapped_column(primary_key=True)
    root: Mapped[bytes]
    previous: Mapped[bytes]
    heads: Mapped[list[dict[str, Any]]]
    """tenant, seq and digest (hexadecimal) of each chain, in the order of the tenants' ids."""
    made_at: Mapped[datetime]
