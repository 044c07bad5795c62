"""Other systems that read and write for a town, and the tokens that they hold for a quarter of an hour."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from services.kernel.clock import new_id
from services.kernel.table import GlobalTable, Login, one_of


class ApiClient(GlobalTable):
    """One system that one town lets in; its secret is kept by nobody but that system."""

    __tablename__ = "api_client"
    __access__ = {Login.IDENTITY: "SELECT, INSERT, UPDATE"}
    __table_args__ = (
        one_of("state", ("active", "revoked")),
        Index("uq_api_client_name", "tenant_id", "name", unique=True, postgresql_where=text("state = 'active'")),
        Index(None, "tenant_id", "created_at"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    """What OAuth calls client_id."""
    tenant_id: Mapped[UUID] = mapped_column(ForeignKey("tenant.id"))
    name: Mapped[str]
    purpose: Mapped[str]
    """Why the town lets it in, and who answers for it there."""
    scopes: Mapped[list[str]]
    addresses: Mapped[list[str]]
    """Networks from which alone it may come; empty where any may be."""
    secret_hash: Mapped[bytes]
    """SHA-256 of 256 random bits."""
    secret_set_at: Mapped[datetime]
    state: Mapped[str] = mapped_column(default="active")
    created_at: Mapped[datetime]
    created_by: Mapped[str]
    used_at: Mapped[datetime | None]
    used_from: Mapped[str | None]
    ended_at: Mapped[datetime | None]
    ended_by: Mapped[str | None]
    version: Mapped[int] = mapped_column()

    __mapper_args__ = {"version_id_col": version}


class ApiToken(GlobalTable):
    """What a system shows with each request; the table has its SHA-256."""

    __tablename__ = "api_token"
    __access__ = {Login.IDENTITY: "SELECT, INSERT, DELETE"}

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    token_hash: Mapped[bytes] = mapped_column(unique=True)
    client_id: Mapped[UUID] = mapped_column(ForeignKey("api_client.id", ondelete="CASCADE"), index=True)
    scopes: Mapped[list[str]]
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
