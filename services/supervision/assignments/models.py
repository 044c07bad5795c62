"""Assignments: who does what of the plan until when, and everything that happened to each."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from services.kernel.table import Login, TenantTable, belongs_to, one_of, tenant_index
from services.supervision.assignments.states import LABELS, Life

EVENTS = (
    "assigned",
    "received",
    "progressed",
    "submitted",
    "returned",
    "accepted",
    "extension_asked",
    "extension_granted",
    "extension_refused",
    "urged",
    "transferred",
    "cancelled",
    "escalated",
    "recounted",
)


class Assignment(Life, TenantTable):
    """A measure of the plan given to a department, a person or one enterprise."""

    __tablename__ = "assignment"
    __access__ = {
        Login.TOWN: "SELECT, INSERT, UPDATE",
        Login.ENTERPRISE: "SELECT, UPDATE",
        Login.DISTRICT: "SELECT",
        Login.WORKER: "SELECT, UPDATE",
    }
    __table_args__ = (
        belongs_to("plan", "plan_id"),
        belongs_to("department", "department_id"),
        belongs_to("member", "member_id"),
        belongs_to("enterprise", "enterprise_id"),
        one_of("state", tuple(LABELS)),
        CheckConstraint("accepted_by <> submitted_by", name="accepted_by_another"),
        CheckConstraint("percent BETWEEN 0 AND 100", name="percent"),
        CheckConstraint("(due_workdays IS NULL) = (due_start IS NULL)", name="due_counted"),
        CheckConstraint("num_nonnulls(department_id, member_id, enterprise_id) BETWEEN 1 AND 2", name="owner"),
        CheckConstraint("(state = 'completed') = (accepted_at IS NOT NULL)", name="completed"),
        tenant_index("plan_id"),
        tenant_index("state", "due_on"),
        tenant_index("department_id", where=text("department_id IS NOT NULL")),
        tenant_index("member_id", where=text("member_id IS NOT NULL")),
        tenant_index("enterprise_id", where=text("enterprise_id IS NOT NULL")),
    )

    plan_id: Mapped[UUID]
    node_id: Mapped[UUID]
    """The node of the plan; nodes may be amended, so the words are copied here."""
    section: Mapped[str]
    """Heading of the section of the notice, for the board's columns."""
    basis: Mapped[str]
    """Where the paper says so: number, section and item."""
    title: Mapped[str]
    text: Mapped[str]
    evidence_wanted: Mapped[str]
    department_id: Mapped[UUID | None]
    member_id: Mapped[UUID | None]
    enterprise_id: Mapped[UUID | None]
    owner_name: Mapped[str]
    state: Mapped[str] = mapped_column(default="pending")
    percent: Mapped[int] = mapped_column(default=0)
    due_on: Mapped[date]
    due_provisional: Mapped[bool] = mapped_column(default=False)
    """A year whose calendar is not published yet plays a part in it."""
    due_workdays: Mapped[int | None]
    """So many working days after `due_start`; None where a person chose the day, which is then never moved."""
    due_start: Mapped[date | None]
    assigned_by: Mapped[UUID]
    assigned_at: Mapped[datetime]
    received_at: Mapped[datetime | None]
    submitted_by: Mapped[UUID | None]
    submitted_at: Mapped[datetime | None]
    accepted_by: Mapped[UUID | None]
    accepted_at: Mapped[datetime | None]
    cancelled_at: Mapped[datetime | None]
    returns: Mapped[int] = mapped_column(default=0)
    extension_to: Mapped[date | None]
    """The day asked for; None when no request is open."""
    extension_reason: Mapped[str | None]
    escalation: Mapped[int] = mapped_column(default=0)
    """0 none, 1 the owner's head was told, 2 the town leader, 3 on the district's list."""
    version: Mapped[int] = mapped_column()

    __mapper_args__ = {"version_id_col": version}


class AssignmentEvent(TenantTable):
    """One thing that happened to an assignment; never changed."""

    __tablename__ = "assignment_event"
    __access__ = {
        Login.TOWN: "SELECT, INSERT",
        Login.ENTERPRISE: "SELECT, INSERT",
        Login.DISTRICT: "SELECT",
        Login.WORKER: "SELECT, INSERT",
    }
    __table_args__ = (
        belongs_to("assignment", "assignment_id"),
        one_of("kind", EVENTS, name="known_kind"),
        tenant_index("assignment_id", "at"),
    )

    assignment_id: Mapped[UUID]
    enterprise_id: Mapped[UUID | None]
    at: Mapped[datetime]
    member_id: Mapped[UUID | None]
    person: Mapped[str]
    kind: Mapped[str]
    note: Mapped[str]
    percent: Mapped[int | None]
