"""Messages: one per event, recipient and channel, with what became of each."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Mapped, mapped_column

from services.kernel.table import Login, TenantTable, belongs_to, one_of, tenant_index

CHANNELS = ("in_app", "email")
DELIVERY = ("pending", "sending", "sent", "failed", "unknown")


class Message(TenantTable):
    """What one person is told of one event by one channel."""

    __tablename__ = "message"
    __access__ = {
        Login.TOWN: "SELECT, UPDATE",
        Login.ENTERPRISE: "SELECT, UPDATE",
        Login.DESK: "SELECT, UPDATE",
        Login.WORKER: "SELECT, INSERT, UPDATE",
    }
    __table_args__ = (
        belongs_to("member", "member_id"),
        one_of("channel", CHANNELS),
        one_of("state", DELIVERY),
        tenant_index("event", "member_id", "channel", unique=True),
        tenant_index("member_id", "created_at"),
        tenant_index("member_id", where=text("read_at IS NULL AND channel = 'in_app'")),
        tenant_index("sent_by", "created_at"),
    )

    event: Mapped[str]
    """The event's own key: the same event tells nobody twice."""
    member_id: Mapped[UUID]
    enterprise_id: Mapped[UUID | None]
    sent_by: Mapped[UUID | None]
    """The member whose act it tells of: that person sees who has read it; None where the system reminds by itself."""
    channel: Mapped[str]
    subject: Mapped[str]
    body: Mapped[str]
    link: Mapped[str]
    """A page of ours, beginning with one slash."""
    state: Mapped[str] = mapped_column(default="pending")
    error: Mapped[str | None]
    """Why it was not delivered, in words that name nobody."""
    created_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]
    read_at: Mapped[datetime | None]
