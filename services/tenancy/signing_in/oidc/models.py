"""Signing in through a provider: which account a provider's subject is, and the visits that are still under way there."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from services.kernel.clock import new_id
from services.kernel.table import GlobalTable, Login, one_of

PURPOSES = ("sign_in", "link", "invitation")


class ExternalIdentity(GlobalTable):
    """A provider's subject that belongs to one account; made by the person's own act, never by a matching address."""

    __tablename__ = "external_identity"
    __access__ = {Login.IDENTITY: "SELECT, INSERT, DELETE"}
    __table_args__ = (UniqueConstraint("issuer", "subject"), UniqueConstraint("user_id", "issuer"))

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    user_id: Mapped[UUID] = mapped_column(ForeignKey("user_account.id", ondelete="CASCADE"))
    issuer: Mapped[str]
    subject: Mapped[str]
    name: Mapped[str]
    """What the provider calls the person, shown in the profile."""
    linked_at: Mapped[datetime]


class OidcState(GlobalTable):
    """A visit to the provider that has not come back yet; read once, by the browser that began it."""

    __tablename__ = "oidc_state"
    __access__ = {Login.IDENTITY: "SELECT, INSERT, DELETE"}
    __table_args__ = (one_of("purpose", PURPOSES),)

    state_hash: Mapped[bytes] = mapped_column(primary_key=True)
    browser_hash: Mapped[bytes]
    """SHA-256 of the cookie of the browser that began."""
    purpose: Mapped[str]
    nonce: Mapped[str]
    verifier: Mapped[str]
    """What proves to the provider that whoever redeems the code also began (PKCE, RFC 7636)."""
    target: Mapped[str]
    user_id: Mapped[UUID | None] = mapped_column(ForeignKey("user_account.id", ondelete="CASCADE"))
    """The signed-in person of a link."""
    expires_at: Mapped[datetime] = mapped_column(index=True)


class ProvenIdentity(GlobalTable):
    """What a provider has just proven for an invitation that is not accepted yet; held by a cookie, used once."""

    __tablename__ = "proven_identity"
    __access__ = {Login.IDENTITY: "SELECT, INSERT, DELETE"}

    token_hash: Mapped[bytes] = mapped_column(primary_key=True)
    issuer: Mapped[str]
    subject: Mapped[str]
    name: Mapped[str]
    is_strong: Mapped[bool]
    expires_at: Mapped[datetime] = mapped_column(index=True)
