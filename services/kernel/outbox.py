"""The outbox: what must happen after a transaction is written inside it, so that neither is ever lost or doubled."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import text
from sqlalchemy.orm import Mapped, mapped_column

from services.kernel.table import Login, TenantTable, one_of, tenant_index

LEASE = timedelta(seconds=30)
"""How long a rung row may take before it is rung again."""
MOST_ATTEMPTS = 8
"""After so many a row is dead and waits for a person."""
NAMESPACE = "anzhen"
"""What every key in Redis begins with."""


class Pace(msgspec.Struct, frozen=True, kw_only=True):
    """How fast the outbox moves; tests hurry it."""

    lease: timedelta = LEASE
    first_delay: timedelta = timedelta(seconds=5)
    """After the first failure; each further one waits four times as long, at most an hour."""
    look_every: timedelta = timedelta(milliseconds=500)
    """How long a due row may lie when no wake-up came through."""

    def delay(self, attempts: int) -> timedelta:
        """How long a row waits after so many attempts."""
        factor: int = 4 ** (max(attempts, 1) - 1)
        return min(self.first_delay * factor, timedelta(hours=1))


class Outbox(TenantTable):
    """One job to be done once, at or after `due_at`."""

    __tablename__ = "outbox"
    __only_enterprise__ = "enterprise_id"
    __access__ = {
        Login.TOWN: "SELECT, INSERT",
        Login.ENTERPRISE: "INSERT",
        Login.DESK: "SELECT, INSERT",
        Login.IDENTITY: "INSERT",
        Login.PLATFORM: "INSERT",
        Login.WORKER: "SELECT, INSERT, UPDATE, DELETE",
        Login.RELAY: (
            "SELECT (tenant_id, id, queue, due_at, lease, begun_at, attempts, state), "
            "UPDATE (due_at, lease, begun_at, attempts, state)"
        ),
    }
    __table_args__ = (
        one_of("state", ("pending", "done", "dead")),
        tenant_index("due_at", where=text("state <> 'done'")),
    )

    job: Mapped[str]
    args: Mapped[list[Any]]
    """The job's arguments in order: ids as text, numbers, short words."""
    queue: Mapped[str]
    due_at: Mapped[datetime]
    lease: Mapped[datetime | None]
    """Until when the row counts as under way."""
    begun_at: Mapped[datetime | None]
    """When a worker took it up under the present lease; None while it was only rung."""
    attempts: Mapped[int] = mapped_column(default=0)
    """How often a worker took it up: a bell that nobody heard does not count."""
    state: Mapped[str] = mapped_column(default="pending")
    enterprise_id: Mapped[UUID | None]
    error: Mapped[str | None]
    """What went wrong last: the kind of fault and where, no value of any row."""
    done_at: Mapped[datetime | None]


class Inbox(TenantTable):
    """The proof that a job's effect is already in the database; `id` is the outbox row's."""

    __tablename__ = "inbox"
    __access__ = {Login.WORKER: "SELECT, INSERT, DELETE"}

    done_at: Mapped[datetime]
