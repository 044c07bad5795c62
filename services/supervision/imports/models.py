"""A file of the office's own ledger on its way into the registry."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Index, text
from sqlalchemy.orm import Mapped, mapped_column

from services.kernel.table import Login, TenantTable, one_of, tenant_index

STATES = {
    "reading": "正在核对",
    "checked": "已核对，待保存",
    "saving": "正在保存",
    "done": "已保存",
    "cancelled": "已放弃",
    "failed": "未能读取",
}


class RegistryImport(TenantTable):
    """One upload: what was read of it, what is wrong with it, and how far its saving has come."""

    __tablename__ = "registry_import"
    __access__ = {Login.TOWN: "SELECT, INSERT, UPDATE", Login.WORKER: "SELECT, UPDATE"}
    __table_args__ = (
        one_of("state", STATES),
        tenant_index("created_at"),
        Index("ix_registry_import_one_saving", "tenant_id", unique=True, postgresql_where=text("state = 'saving'")),
    )

    state: Mapped[str]
    file_name: Mapped[str]
    file_sha256: Mapped[str]
    valid_from: Mapped[date | None]
    """The day from which what it says holds, in Asia/Shanghai; None for one from before it was asked for."""
    heads: Mapped[dict[str, Any]]
    """Which column of the sheet was taken for which field, and the heads that nobody understood."""
    total: Mapped[int]
    valid: Mapped[int]
    bad: Mapped[int]
    rows_read: Mapped[int] = mapped_column(default=0)
    """How far its reading, or its saving, has come; what was saved up to here is never saved again."""
    saved: Mapped[int]
    """Rows that are in the registry by now; counts up while it is saved."""
    created: Mapped[int]
    """As it would be until it is saved, as it was from then on; likewise the next two."""
    changed: Mapped[int]
    unchanged: Mapped[int]
    error_sha256: Mapped[str | None]
    """The file that returns the bad rows, each with its reason."""
    preview: Mapped[list[dict[str, Any]]]
    """The first rows as they would be saved, and the first bad ones with their reasons."""
    note: Mapped[str]
    member_id: Mapped[UUID]
    person: Mapped[str]
    created_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column()

    __mapper_args__ = {"version_id_col": version}
