"""A ledger of enterprises that is too long to be written while somebody waits."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Mapped, mapped_column

from services.kernel.table import Login, TenantTable, one_of, tenant_index

STATES = {"writing": "正在生成", "done": "已生成"}


class RegistryExport(TenantTable):
    """One file with exactly the enterprises that were chosen, made in the background and kept for a day."""

    __tablename__ = "registry_export"
    __access__ = {Login.TOWN: "SELECT, INSERT", Login.WORKER: "SELECT, UPDATE"}
    __table_args__ = (one_of("state", STATES), tenant_index("member_id", "created_at"))

    state: Mapped[str]
    asked: Mapped[dict[str, Any]]
    """What the enterprises are chosen by, as EnterpriseFilter has it."""
    filters: Mapped[str]
    """The same in words."""
    total: Mapped[int]
    written: Mapped[int]
    sha256: Mapped[str | None]
    bytes: Mapped[int]
    member_id: Mapped[UUID]
    person: Mapped[str]
    created_at: Mapped[datetime]
    done_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column()

    __mapper_args__ = {"version_id_col": version}
