"""Accidents as the town recorded them; the yearly target is computed from these facts."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ARRAY, BigInteger, CheckConstraint, Date
from sqlalchemy.orm import Mapped, mapped_column

from services.kernel.table import Login, TenantTable, belongs_to, one_of, tenant_index
from services.regulation.accidents import AccidentLevel, deaths_counted, level_of, window_ends_on

RESPONSIBILITY = ("责任", "非责任", "待定")


class Accident(TenantTable):
    """One work safety accident with the three measures that grade it (国务院令第493号 第三条)."""

    __tablename__ = "accident"
    __only_enterprise__ = None
    __access__ = {Login.TOWN: "SELECT, INSERT, UPDATE", Login.DISTRICT: "SELECT", Login.WORKER: "SELECT"}
    __table_args__ = (
        belongs_to("enterprise", "enterprise_id"),
        one_of("responsibility", RESPONSIBILITY),
        CheckConstraint(
            "deaths >= 0 AND serious_injuries >= 0 AND minor_injuries >= 0 AND loss_fen >= 0", name="counts"
        ),
        tenant_index("occurred_on"),
    )

    enterprise_id: Mapped[UUID | None]
    occurred_on: Mapped[date]
    place: Mapped[str]
    summary: Mapped[str]
    deaths: Mapped[int]
    """Those who were dead when it was recorded."""
    died_later: Mapped[list[date]] = mapped_column(ARRAY(Date), default=list)
    """The days on which further people died of it."""
    serious_injuries: Mapped[int]
    minor_injuries: Mapped[int] = mapped_column(default=0)
    loss_fen: Mapped[int] = mapped_column(BigInteger)
    """Direct economic loss in 分."""
    is_traffic_or_fire: Mapped[bool]
    has_social_impact: Mapped[bool]
    responsibility: Mapped[str]
    created_by: Mapped[UUID | None]
    """None where another system of the town reported it; the trail names it."""
    created_at: Mapped[datetime]

    @property
    def deaths_counted(self) -> int:
        """Deaths that grade it: those at once and those within the window (第13条)."""
        later = deaths_counted(self.occurred_on, self.died_later, is_traffic_or_fire=self.is_traffic_or_fire)
        return self.deaths + later

    @property
    def level(self) -> AccidentLevel:
        """The gravest of the levels by deaths, serious injuries and loss."""
        return level_of(
            deaths=self.deaths_counted,
            serious_injuries=self.serious_injuries,
            loss_fen=self.loss_fen,
            minor_injuries=self.minor_injuries,
        )

    @property
    def window_ends_on(self) -> date:
        """The last day on which a death still counts."""
        return window_ends_on(self.occurred_on, is_traffic_or_fire=self.is_traffic_or_fire)

    @property
    def counts(self) -> bool:
        """Whether the yearly target counts it: graded, and not concluded to be nobody's responsibility."""
        return self.level is not AccidentLevel.NEAR_MISS and self.responsibility != "非责任"
