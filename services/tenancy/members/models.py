"""The people and departments of a town: names are copied here, so that tenant rows never point at identity."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Mapped, mapped_column

from services.kernel.published import Published
from services.kernel.table import Login, TenantTable, belongs_to, one_of, tenant_index
from services.tenancy.roles import HELD


class Department(TenantTable):
    """A department of the town: the office itself or one that oversees sectors."""

    __tablename__ = "department"
    __only_enterprise__ = None
    __access__ = {
        Login.TOWN: "SELECT",
        Login.IDENTITY: "SELECT, INSERT, UPDATE",
        Login.DISTRICT: "SELECT",
        Login.WORKER: "SELECT",
    }
    __published__ = Published("published_department", ("tenant_id", "id", "name"))
    __table_args__ = (
        one_of("kind", ("leadership", "office", "sector")),
        tenant_index("name", unique=True, where=text("ended_on IS NULL")),
    )

    name: Mapped[str]
    kind: Mapped[str]
    sectors: Mapped[list[str]]
    aliases: Mapped[list[str]]
    """Other words by which notices name it (经信办、经济发展办…)."""
    ended_on: Mapped[date | None]
    version: Mapped[int] = mapped_column()

    __mapper_args__ = {"version_id_col": version}


class Member(TenantTable):
    """One person's row inside a tenant."""

    __tablename__ = "member"
    __access__ = {
        Login.TOWN: "SELECT",
        Login.IDENTITY: "SELECT, INSERT, UPDATE",
        Login.ENTERPRISE: "SELECT",
        Login.DISTRICT: "SELECT",
        Login.DESK: "SELECT",
        Login.WORKER: "SELECT",
    }
    __table_args__ = (
        belongs_to("department", "department_id"),
        one_of("role", tuple(role.value for role in HELD)),
        one_of("state", ("active", "left")),
        tenant_index("department_id"),
        tenant_index("enterprise_id"),
        tenant_index("phone_index", where=text("phone_index IS NOT NULL")),
    )

    name: Mapped[str]
    role: Mapped[str]
    post: Mapped[str]
    """The job title as the town writes it."""
    is_head: Mapped[bool] = mapped_column(default=False)
    """The head of the department, to whom lateness is reported after a day."""
    department_id: Mapped[UUID | None]
    enterprise_id: Mapped[UUID | None]
    phone: Mapped[bytes | None]
    """Sealed; shown masked unless revealed, and each reveal is recorded."""
    phone_index: Mapped[bytes | None]
    email: Mapped[str | None]
    certificate_no: Mapped[str | None]
    """Number of the law-enforcement certificate of an inspector."""
    certificate_from: Mapped[date | None]
    certificate_to: Mapped[date | None]
    is_dedicated: Mapped[bool] = mapped_column(default=False)
    """A full-time safety supervisor (专职监管人员)."""
    state: Mapped[str] = mapped_column(default="active")
    joined_on: Mapped[date]
    left_on: Mapped[date | None]
    created_at: Mapped[datetime]
    version: Mapped[int] = mapped_column()

    __mapper_args__ = {"version_id_col": version}
