"""The keys under which a tenant's personal data is sealed; useless without the installation's master key."""

from datetime import datetime

from sqlalchemy.orm import Mapped

from services.kernel.table import Login, TenantTable, tenant_index


class TenantKeyRow(TenantTable):
    """A tenant's data key and index key, wrapped by the master key."""

    __tablename__ = "tenant_key"
    __only_enterprise__ = None
    __access__ = {
        Login.TOWN: "SELECT",
        Login.IDENTITY: "SELECT, INSERT, UPDATE (wrapped)",
        Login.WORKER: "SELECT",
        Login.DESK: "SELECT",
    }
    __table_args__ = (tenant_index("version", unique=True),)

    version: Mapped[int]
    """Counts the tenant's data keys; the newest seals."""
    wrapped: Mapped[bytes]
    created_at: Mapped[datetime]
