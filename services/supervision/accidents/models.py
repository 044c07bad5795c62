"""Accidents as the town recorded them; the yearly target is computed from these facts."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint
from sqlalchemy.orm import Mapped

from services.kernel.table import Login, TenantTable, belongs_to, one_of, tenant_index


class Accident(TenantTable):
    """One work safety accident with the three measures that grade it (国务院令第493号 第三条)."""

    __tablename__ = "accident"
    __only_enterprise__ = None
    __access__ = {Login.TOWN: "SELECT, INSERT, UPDATE", Login.DISTRICT: "SELECT", Login.WORKER: "SELECT"}
    __table_args__ = (
        belongs_to("enterprise", "enterprise_id"),
        one_of("responsibility", ("责任", "非责任", "待定")),
        CheckConstraint("deaths >= 0 AND serious_injuries >= 0 AND loss_fen >= 0", name="counts"),
        tenant_index("occurred_on"),
    )

    enterprise_id: Mapped[UUID | None]
    occurred_on: Mapped[date]
    place: Mapped[str]
    summary: Mapped[str]
    deaths: Mapped[int]
    serious_injuries: Mapped[int]
    loss_fen: Mapped[int]
    """Direct economic loss in 分."""
    is_traffic_or_fire: Mapped[bool]
    has_social_impact: Mapped[bool]
    responsibility: Mapped[str]
    created_by: Mapped[UUID]
    created_at: Mapped[datetime]
