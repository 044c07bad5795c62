"""Invitations: the office hands somebody of an enterprise a code, and whoever spends it acts for that enterprise."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from services.kernel.table import GlobalTable, Login, TenantTable, belongs_to, one_of, tenant_index
from services.tenancy.roles import ENTERPRISE_ROLES

STATES = ("sent", "opened", "used", "revoked")


class Invitation(TenantTable):
    """One person is asked to act for one enterprise; the code itself is kept by nobody."""

    __tablename__ = "invitation"
    __only_enterprise__ = None
    __access__ = {Login.IDENTITY: "SELECT, INSERT, UPDATE", Login.TOWN: "SELECT", Login.WORKER: "SELECT"}
    __table_args__ = (
        belongs_to("enterprise", "enterprise_id"),
        belongs_to("member", "member_id"),
        one_of("role", sorted(role.value for role in ENTERPRISE_ROLES)),
        one_of("state", STATES),
        CheckConstraint("(state = 'used') = (member_id IS NOT NULL)", name="used"),
        tenant_index("enterprise_id"),
        tenant_index("created_at"),
    )

    enterprise_id: Mapped[UUID]
    enterprise_name: Mapped[str]
    role: Mapped[str]
    name: Mapped[str]
    """Empty where the person writes it when accepting."""
    phone: Mapped[bytes | None]
    """Sealed to this row; goes over to the member's when the invitation is accepted, and is gone when it is taken back."""
    state: Mapped[str] = mapped_column(default="sent")
    expires_at: Mapped[datetime]
    opened_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    """When it was used or taken back."""
    member_id: Mapped[UUID | None]
    """Who the invited person became."""
    follows: Mapped[UUID | None]
    """The member who left and whom this person follows."""
    invited_by: Mapped[str]
    created_at: Mapped[datetime]
    version: Mapped[int] = mapped_column()

    __mapper_args__ = {"version_id_col": version}


class InvitationKey(GlobalTable):
    """Where a code leads: whoever has it does not know the town yet."""

    __tablename__ = "invitation_key"
    __access__ = {Login.IDENTITY: "SELECT, INSERT, DELETE"}

    code_hash: Mapped[str] = mapped_column(primary_key=True)
    """SHA-256 of eighty random bits."""
    tenant_id: Mapped[UUID] = mapped_column(ForeignKey("tenant.id"), index=True)
    invitation_id: Mapped[UUID] = mapped_column(unique=True)
