"""The registry: which enterprises a town supervises, and what is known of each."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from services.kernel.table import Login, TenantTable, belongs_to, one_of, tenant_index

TAGS = (
    "dust",
    "molten_metal",
    "metallurgical_gas",
    "ammonia",
    "confined_space",
    "steel",
    "aluminium_casting",
    "chemicals",
)
"""四涉一有限, 三类重点 and the use of hazardous chemicals."""
OWNERSHIPS = ("民营", "市属国企", "区属国企", "集体", "外资", "个体", "其他")
CREDIT_CLASSES = ("A", "B", "C", "D")


class Enterprise(TenantTable):
    """One industrial or trade enterprise as one town knows it; the same credit code may stand in two towns."""

    __tablename__ = "enterprise"
    __only_enterprise__ = "id"
    __access__ = {
        Login.TOWN: "SELECT, INSERT, UPDATE",
        Login.ENTERPRISE: "SELECT",
        Login.DISTRICT: "SELECT",
        Login.IDENTITY: "SELECT",
        Login.WORKER: "SELECT, INSERT, UPDATE",
    }
    __table_args__ = (
        one_of("sector", ("冶金", "有色", "建材", "机械", "轻工", "纺织", "烟草", "商贸")),
        one_of("production_state", ("正常", "停产", "半停产", "在建", "关闭")),
        one_of("size", ("大", "中", "小", "微")),
        one_of("ownership", OWNERSHIPS),
        one_of("credit_class", CREDIT_CLASSES),
        CheckConstraint("headcount >= 0", name="headcount"),
        CheckConstraint(
            "headcount = headcount_own + headcount_dispatched + headcount_temporary"
            " AND least(headcount_own, headcount_dispatched, headcount_temporary) >= 0",
            name="headcount_parts",
        ),
        CheckConstraint("is_state_owned = (ownership = '市属国企')", name="state_owned"),
        CheckConstraint("(credit_code IS NULL) = (no_code_reason IS NOT NULL)", name="code_or_reason"),
        tenant_index("credit_code", unique=True, where=text("credit_code IS NOT NULL")),
        tenant_index("sector"),
        tenant_index("name"),
    )

    name: Mapped[str]
    credit_code: Mapped[str | None]
    no_code_reason: Mapped[str | None]
    industry_code: Mapped[str]
    """GB/T 4754-2017, four digits."""
    sector: Mapped[str]
    sector_reason: Mapped[str | None]
    """Why the sector differs from what the map says of the code; None where it does not."""
    size: Mapped[str]
    headcount: Mapped[int]
    """Own people, dispatched workers and temporary ones together (安全生产法 61)."""
    headcount_own: Mapped[int]
    headcount_dispatched: Mapped[int] = mapped_column(default=0)
    headcount_temporary: Mapped[int] = mapped_column(default=0)
    ownership: Mapped[str]
    village_code: Mapped[str]
    address: Mapped[str]
    production_state: Mapped[str]
    is_above_scale: Mapped[bool]
    above_scale_since: Mapped[date | None]
    above_scale_source: Mapped[str | None]
    """The list of the statistics office by which it counts as above scale."""
    yearly_revenue: Mapped[int | None] = mapped_column(BigInteger)
    """In 分, of the last whole year."""
    credit_class: Mapped[str] = mapped_column(default="B")
    is_peri_urban: Mapped[bool]
    is_smelter: Mapped[bool]
    is_state_owned: Mapped[bool]
    """Owned by the municipality (市属国有)."""
    batch: Mapped[str | None]
    """Which of the five batches a peri-urban enterprise belongs to (待核实)."""
    batch_done_on: Mapped[date | None]
    tags: Mapped[list[str]]
    circumstances: Mapped[list[str]] = mapped_column(default=list)
    """What else makes duties: special operations, contractors, dormitories and so on (regulation.duties.Circumstance)."""
    has_safety_office: Mapped[bool] = mapped_column(default=False)
    """It set up an office for work safety (安全生产管理机构)."""
    dust_workers: Mapped[int | None]
    standard_level: Mapped[str | None]
    standard_granted_on: Mapped[date | None]
    standard_expires_on: Mapped[date | None]
    insured_from: Mapped[date | None]
    insured_to: Mapped[date | None]
    left_on: Mapped[date | None]
    """Struck off or moved away."""
    left_reason: Mapped[str | None]
    registered_on: Mapped[date]
    """The first day of which the registry can tell its facts, in Asia/Shanghai."""
    created_at: Mapped[datetime]
    version: Mapped[int] = mapped_column()

    __mapper_args__ = {"version_id_col": version}

    @property
    def enterprise_id(self) -> UUID:
        """What is recorded about an enterprise is its own to see."""
        return self.id


class EnterpriseFact(TenantTable):
    """One fact of an enterprise from a day on; a later row of the same field and day corrects an earlier one."""

    __tablename__ = "enterprise_fact"
    __access__ = {
        Login.TOWN: "SELECT, INSERT",
        Login.ENTERPRISE: "SELECT",
        Login.DISTRICT: "SELECT",
        Login.WORKER: "SELECT, INSERT",
    }
    __table_args__ = (
        belongs_to("enterprise", "enterprise_id"),
        one_of("source", ("office", "import", "approved", "history")),
        tenant_index("enterprise_id", "field", "valid_from"),
        tenant_index("valid_from"),
    )

    enterprise_id: Mapped[UUID]
    field: Mapped[str]
    """A column of Enterprise."""
    value: Mapped[Any] = mapped_column(JSONB)
    """As JSON: days as 2026-11-23, None as null."""
    valid_from: Mapped[date]
    source: Mapped[str]
    """By the office, by an import, by a change that the enterprise asked for, or from before facts were dated."""
    note: Mapped[str]
    member_id: Mapped[UUID | None]
    person: Mapped[str]
    recorded_at: Mapped[datetime]


class Site(TenantTable):
    """A place where an enterprise works, in a village or community of this town."""

    __tablename__ = "site"
    __access__ = {
        Login.TOWN: "SELECT, INSERT, UPDATE",
        Login.ENTERPRISE: "SELECT",
        Login.DISTRICT: "SELECT",
        Login.WORKER: "SELECT, INSERT, UPDATE",
    }
    __table_args__ = (belongs_to("enterprise", "enterprise_id"), tenant_index("enterprise_id"))

    enterprise_id: Mapped[UUID]
    name: Mapped[str]
    village_code: Mapped[str]
    address: Mapped[str]
    latitude: Mapped[float | None]
    longitude: Mapped[float | None]
    """Degrees, as maps in China give them (GCJ-02)."""
    use: Mapped[str]
    """What is done there: production, store, office, dormitory."""
    opened_on: Mapped[date]
    closed_on: Mapped[date | None]
    version: Mapped[int] = mapped_column()

    __mapper_args__ = {"version_id_col": version}
