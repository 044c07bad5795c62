"""What members and enterprises say about the town's work and about this system, and what the town answered."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint
from sqlalchemy.orm import Mapped

from services.kernel.table import Login, TenantTable, one_of, tenant_index

KINDS = {"complaint": "投诉", "burden": "反映基层负担", "suggestion": "建议", "fault": "系统问题"}


class Feedback(TenantTable):
    """One complaint or suggestion; the words stay as they were written, the answer is added once."""

    __tablename__ = "feedback"
    __access__ = {
        Login.TOWN: "SELECT, INSERT, UPDATE",
        Login.ENTERPRISE: "SELECT, INSERT",
        Login.WORKER: "SELECT",
    }
    __table_args__ = (
        one_of("kind", KINDS),
        CheckConstraint("(answered_at IS NULL) = (answer IS NULL)", name="answered"),
        tenant_index("created_at"),
        tenant_index("member_id"),
    )

    kind: Mapped[str]
    words: Mapped[str]
    page: Mapped[str]
    """The page from which it was written, without its query."""
    member_id: Mapped[UUID]
    person: Mapped[str]
    enterprise_id: Mapped[UUID | None]
    created_at: Mapped[datetime]
    answer: Mapped[str | None]
    answered_by: Mapped[str | None]
    answered_at: Mapped[datetime | None]

    @property
    def kind_label(self) -> str:
        """The word for the kind."""
        return KINDS[self.kind]
