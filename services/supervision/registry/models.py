"""The registry: which enterprises a town supervises, and what is known of each."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from services.kernel.table import Login, TenantTable, one_of, tenant_index

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


class Enterprise(TenantTable):
    """One industrial or trade enterprise as one town knows it; the same credit code may stand in two towns."""

    __tablename__ = "enterprise"
    __only_enterprise__ = "id"
    __access__ = {
        Login.TOWN: "SELECT, INSERT, UPDATE",
        Login.ENTERPRISE: "SELECT",
        Login.DISTRICT: "SELECT",
        Login.IDENTITY: "SELECT",
        Login.WORKER: "SELECT",
    }
    __table_args__ = (
        one_of("sector", ("冶金", "有色", "建材", "机械", "轻工", "纺织", "烟草", "商贸")),
        one_of("production_state", ("正常", "停产", "半停产", "在建", "关闭")),
        one_of("size", ("大", "中", "小", "微")),
        CheckConstraint("headcount >= 0", name="headcount"),
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
    size: Mapped[str]
    headcount: Mapped[int]
    village_code: Mapped[str]
    address: Mapped[str]
    production_state: Mapped[str]
    is_above_scale: Mapped[bool]
    is_peri_urban: Mapped[bool]
    is_smelter: Mapped[bool]
    is_state_owned: Mapped[bool]
    """Owned by the municipality (市属国有)."""
    batch: Mapped[str | None]
    """Which of the five batches a peri-urban enterprise belongs to (待核实)."""
    batch_done_on: Mapped[date | None]
    tags: Mapped[list[str]]
    standard_level: Mapped[str | None]
    standard_granted_on: Mapped[date | None]
    standard_expires_on: Mapped[date | None]
    insured_from: Mapped[date | None]
    insured_to: Mapped[date | None]
    left_on: Mapped[date | None]
    """Struck off or moved away."""
    created_at: Mapped[datetime]
    version: Mapped[int] = mapped_column()

    __mapper_args__ = {"version_id_col": version}
