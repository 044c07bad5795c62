"""Identity: who a person is on this deployment, where they may act, and which sessions are open; readable by one login alone."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from services.kernel.clock import new_id
from services.kernel.table import GlobalTable, Login, one_of
from services.tenancy.roles import HELD

IDENTITY_ALONE = {Login.IDENTITY: "SELECT, INSERT, UPDATE, DELETE"}


class User(GlobalTable):
    """A person who signs in; the same person may act in several towns."""

    __tablename__ = "user_account"
    __access__ = IDENTITY_ALONE
    __table_args__ = (UniqueConstraint("login"), one_of("state", ("invited", "active", "locked", "left")))

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    login: Mapped[str]
    """Lower-case, NFKC; unique over the whole deployment."""
    name: Mapped[str]
    password_hash: Mapped[str | None]
    totp_secret: Mapped[bytes | None]
    """Sealed under the platform's data key."""
    totp_confirmed_at: Mapped[datetime | None]
    totp_last_step: Mapped[int | None]
    """The last time step that was accepted: a code works once."""
    activation_hash: Mapped[str | None]
    """SHA-256 of the one-time code that an administrator handed over."""
    activation_expires_at: Mapped[datetime | None]
    must_change_password: Mapped[bool] = mapped_column(default=False)
    state: Mapped[str] = mapped_column(default="invited")
    created_at: Mapped[datetime]
    password_changed_at: Mapped[datetime | None]


class RecoveryCode(GlobalTable):
    """A code that stands in once for a lost second factor."""

    __tablename__ = "recovery_code"
    __access__ = IDENTITY_ALONE

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    user_id: Mapped[UUID] = mapped_column(ForeignKey("user_account.id", ondelete="CASCADE"), index=True)
    code_hash: Mapped[str]
    used_at: Mapped[datetime | None]


class Membership(GlobalTable):
    """Who may act where, as what; `member_id` names the person's row inside that tenant."""

    __tablename__ = "membership"
    __access__ = IDENTITY_ALONE
    __table_args__ = (
        one_of("role", tuple(role.value for role in HELD)),
        one_of("state", ("active", "ended")),
        CheckConstraint(
            "(enterprise_id IS NOT NULL) = (role IN ('legal_representative', 'safety_officer'))", name="enterprise_role"
        ),
        Index(
            "uq_membership_one_administrator",
            "user_id",
            unique=True,
            postgresql_where=text(
                "state = 'active' AND role IN ('platform_operator', 'security_administrator', 'audit_administrator')"
            ),
        ),
        Index(
            "uq_membership_place",
            "user_id",
            "tenant_id",
            "role",
            text("coalesce(enterprise_id, tenant_id)"),
            unique=True,
            postgresql_where=text("state = 'active'"),
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    user_id: Mapped[UUID] = mapped_column(ForeignKey("user_account.id", ondelete="CASCADE"))
    tenant_id: Mapped[UUID] = mapped_column(ForeignKey("tenant.id"), index=True)
    member_id: Mapped[UUID | None]
    role: Mapped[str]
    enterprise_id: Mapped[UUID | None]
    enterprise_name: Mapped[str | None]
    department_id: Mapped[UUID | None]
    sectors: Mapped[list[str]]
    """The industries that a sector department oversees; empty means none besides its assignments."""
    state: Mapped[str] = mapped_column(default="active")
    created_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]


class UserSession(GlobalTable):
    """One signed-in browser; the cookie holds a random token, the table its SHA-256."""

    __tablename__ = "user_session"
    __access__ = IDENTITY_ALONE

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    token_hash: Mapped[bytes] = mapped_column(unique=True)
    user_id: Mapped[UUID] = mapped_column(ForeignKey("user_account.id", ondelete="CASCADE"), index=True)
    membership_id: Mapped[UUID] = mapped_column(ForeignKey("membership.id"), index=True)
    second_factor_at: Mapped[datetime | None]
    """When the code was accepted; in a demo, when the password was. None owes it where the role or the account asks for one."""
    created_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    """Absolute end; idle time ends it sooner."""
    address: Mapped[str]
    agent: Mapped[str]


class KnownDevice(GlobalTable):
    """A browser in which the person has signed in with success; its cookie opens nothing, its attempts are counted apart."""

    __tablename__ = "known_device"
    __access__ = {Login.IDENTITY: "SELECT, INSERT, DELETE"}

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    token_hash: Mapped[bytes] = mapped_column(unique=True)
    """SHA-256 of the cookie; another one after each success."""
    user_id: Mapped[UUID] = mapped_column(ForeignKey("user_account.id", ondelete="CASCADE"), index=True)
    used_at: Mapped[datetime]
    expires_at: Mapped[datetime] = mapped_column(index=True)


class Throttle(GlobalTable):
    """How often something failed for one key within its window."""

    __tablename__ = "throttle"
    __access__ = IDENTITY_ALONE

    key: Mapped[str] = mapped_column(primary_key=True)
    """what:who, such as password:account and address, or device:id; who is hashed."""
    failures: Mapped[int]
    window_from: Mapped[datetime]
    locked_until: Mapped[datetime | None]


class SignInEvent(GlobalTable):
    """What happened at the door; read by the audit administrator."""

    __tablename__ = "sign_in_event"
    __access__ = {Login.IDENTITY: "SELECT, INSERT", Login.PLATFORM: "SELECT"}
    __table_args__ = (Index(None, "at"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    at: Mapped[datetime]
    user_id: Mapped[UUID | None]
    login: Mapped[str]
    outcome: Mapped[str]
    """One of `events.OUTCOMES`."""
    address: Mapped[str]
    detail: Mapped[dict[str, Any]]
