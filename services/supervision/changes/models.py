"""What an enterprise asks the office to change in the registry."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint
from sqlalchemy.orm import Mapped, mapped_column

from services.kernel.table import Login, TenantTable, belongs_to, one_of, tenant_index

STATES = {"waiting": "待审核", "approved": "已同意", "refused": "未同意", "withdrawn": "已撤回"}


class ChangeRequest(TenantTable):
    """Facts that an enterprise says have changed; the office approves or refuses them as a whole."""

    __tablename__ = "change_request"
    __access__ = {
        Login.TOWN: "SELECT, UPDATE",
        Login.ENTERPRISE: "SELECT, INSERT, UPDATE",
        Login.WORKER: "SELECT",
    }
    __table_args__ = (
        belongs_to("enterprise", "enterprise_id"),
        one_of("state", STATES),
        CheckConstraint(
            "decided_by IS DISTINCT FROM asked_by OR state = 'withdrawn' OR decided_by IS NULL", name="two_persons"
        ),
        tenant_index("enterprise_id"),
        tenant_index("state"),
    )

    enterprise_id: Mapped[UUID]
    state: Mapped[str]
    valid_from: Mapped[date]
    before: Mapped[dict[str, Any]]
    after: Mapped[dict[str, Any]]
    """By field, as EnterpriseFact writes values."""
    reason: Mapped[str]
    asked_by: Mapped[UUID]
    asked_by_name: Mapped[str]
    asked_at: Mapped[datetime]
    decided_by: Mapped[UUID | None]
    decided_by_name: Mapped[str | None]
    decided_at: Mapped[datetime | None]
    decision_note: Mapped[str]
    version: Mapped[int] = mapped_column()

    __mapper_args__ = {"version_id_col": version}
