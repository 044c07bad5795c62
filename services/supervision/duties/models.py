"""What an enterprise did about a duty; a duty that nobody has touched has no row."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint
from sqlalchemy.orm import Mapped, mapped_column

from services.kernel.table import Login, TenantTable, belongs_to, one_of, tenant_index

STATES = {
    "not_started": "未开始",
    "in_progress": "进行中",
    "submitted": "待审核",
    "returned": "被退回",
    "done": "已完成",
    "exemption_asked": "申请不适用",
    "not_applicable": "不适用",
}
"""未开始 has a row once it was reminded of or late; 逾期 is read from the deadline."""


class Duty(TenantTable):
    """One duty of one enterprise in one period, since somebody did something about it."""

    __tablename__ = "duty"
    __access__ = {
        Login.TOWN: "SELECT, INSERT, UPDATE",
        Login.ENTERPRISE: "SELECT, INSERT, UPDATE",
        Login.DISTRICT: "SELECT",
        Login.WORKER: "SELECT, INSERT, UPDATE",
    }
    __table_args__ = (
        belongs_to("enterprise", "enterprise_id"),
        one_of("state", STATES, name="known_state"),
        CheckConstraint("decided_by IS NULL OR submitted_by IS NULL OR decided_by <> submitted_by", name="two_persons"),
        tenant_index("enterprise_id", "code", "period", unique=True),
        tenant_index("state"),
        tenant_index("code", "period"),
    )

    enterprise_id: Mapped[UUID]
    code: Mapped[str]
    """Of the rule (services.regulation.duties)."""
    period: Mapped[str]
    """2026, 2026H1, 2026Q1, 2026-03, 2026-W10, 2026-03-05 or once."""
    rule_version: Mapped[str]
    """The version of the rule by which it was owed; a later change of rules leaves it."""
    state: Mapped[str]
    due_on: Mapped[date | None]
    why: Mapped[str]
    note: Mapped[str]
    """What the enterprise wrote last."""
    answer: Mapped[str]
    """What the office said last."""
    submitted_by: Mapped[UUID | None]
    submitted_by_name: Mapped[str | None]
    submitted_at: Mapped[datetime | None]
    decided_by: Mapped[UUID | None]
    decided_by_name: Mapped[str | None]
    decided_at: Mapped[datetime | None]
    urged_at: Mapped[datetime | None]
    escalation: Mapped[int] = mapped_column(default=0)
    version: Mapped[int] = mapped_column()

    __mapper_args__ = {"version_id_col": version}


class DutyEvent(TenantTable):
    """One thing that happened to a duty; only ever added."""

    __tablename__ = "duty_event"
    __access__ = {
        Login.TOWN: "SELECT, INSERT",
        Login.ENTERPRISE: "SELECT, INSERT",
        Login.DISTRICT: "SELECT",
        Login.WORKER: "SELECT, INSERT",
    }
    __table_args__ = (
        belongs_to("duty", "duty_id"),
        belongs_to("enterprise", "enterprise_id"),
        one_of(
            "kind",
            (
                "progressed",
                "evidence_added",
                "submitted",
                "accepted",
                "returned",
                "exemption_asked",
                "exemption_granted",
                "exemption_refused",
                "urged",
                "reminded",
                "escalated",
            ),
        ),
        tenant_index("duty_id"),
        tenant_index("enterprise_id"),
    )

    duty_id: Mapped[UUID]
    enterprise_id: Mapped[UUID]
    at: Mapped[datetime]
    member_id: Mapped[UUID | None]
    person: Mapped[str]
    kind: Mapped[str]
    note: Mapped[str]


class DutyView(TenantTable):
    """Who of an enterprise has seen a duty, and when first."""

    __tablename__ = "duty_view"
    __access__ = {
        Login.TOWN: "SELECT",
        Login.ENTERPRISE: "SELECT, INSERT",
        Login.WORKER: "SELECT",
    }
    __table_args__ = (
        belongs_to("enterprise", "enterprise_id"),
        tenant_index("enterprise_id", "code", "period", "member_id", unique=True),
    )

    enterprise_id: Mapped[UUID]
    code: Mapped[str]
    period: Mapped[str]
    member_id: Mapped[UUID]
    person: Mapped[str]
    seen_at: Mapped[datetime]
