"""The plan for the year: the notice it was read from, its tree, and its numbered versions."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Integer, text
from sqlalchemy.orm import Mapped, mapped_column

from services.kernel.table import Login, TenantTable, belongs_to, one_of, tenant_index

READ = {Login.DISTRICT: "SELECT", Login.WORKER: "SELECT"}


class Notice(TenantTable):
    """A town's paper as it was uploaded: the decoded text and what the parser read at its head and foot."""

    __tablename__ = "notice"
    __only_enterprise__ = None
    __access__ = {Login.TOWN: "SELECT, INSERT", **READ}

    filename: Mapped[str]
    sha256: Mapped[str]
    format: Mapped[str]
    text: Mapped[str]
    issuer: Mapped[str | None]
    number: Mapped[str | None]
    title: Mapped[str]
    addressees: Mapped[str | None]
    issued_on: Mapped[date | None]
    copy_to: Mapped[str | None]
    documents: Mapped[list[dict[str, Any]]]
    uploaded_by: Mapped[UUID]
    created_at: Mapped[datetime]


class Plan(TenantTable):
    """What a town means to do in a year: draft, signed by a leader, published, closed."""

    __tablename__ = "plan"
    __only_enterprise__ = None
    __access__ = {Login.TOWN: "SELECT, INSERT, UPDATE", **READ}
    __table_args__ = (
        belongs_to("notice", "notice_id"),
        one_of("state", ("draft", "signed", "published", "closed")),
        one_of("origin", ("notice", "last_year", "template")),
        CheckConstraint("year BETWEEN 2000 AND 2100", name="year"),
        CheckConstraint("(state = 'draft') = (signed_by IS NULL)", name="signed"),
        tenant_index("year", unique=True, where=text("state <> 'draft'")),
    )

    year: Mapped[int]
    title: Mapped[str]
    state: Mapped[str] = mapped_column(default="draft")
    origin: Mapped[str]
    notice_id: Mapped[UUID | None]
    from_plan_id: Mapped[UUID | None]
    amendment: Mapped[int] = mapped_column(default=0)
    """How often the published plan was amended."""
    made_by: Mapped[UUID]
    signed_by: Mapped[UUID | None]
    signed_name: Mapped[str | None]
    signed_at: Mapped[datetime | None]
    published_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    created_at: Mapped[datetime]
    version: Mapped[int] = mapped_column()

    __mapper_args__ = {"version_id_col": version}


class PlanNode(TenantTable):
    """One item of a plan: section, target, task, requirement or plain text."""

    __tablename__ = "plan_node"
    __only_enterprise__ = None
    __access__ = {Login.TOWN: "SELECT, INSERT, UPDATE, DELETE", **READ}
    __table_args__ = (
        belongs_to("plan", "plan_id"),
        one_of("kind", ("section", "target", "task", "requirement", "text")),
        tenant_index("plan_id", "position"),
    )

    plan_id: Mapped[UUID]
    position: Mapped[int]
    parent_id: Mapped[UUID | None]
    kind: Mapped[str]
    label: Mapped[str]
    heading: Mapped[str]
    text: Mapped[str]
    span_from: Mapped[int] = mapped_column(Integer)
    span_to: Mapped[int] = mapped_column(Integer)
    measures: Mapped[list[Any]]
    numbers: Mapped[list[Any]]
    documents: Mapped[list[Any]]
    named_owners: Mapped[list[str]]
    """Actors as the paper names them."""
    department_ids: Mapped[list[UUID]]
    """Departments chosen from the suggestions."""
    due_on: Mapped[date | None]
    due_words: Mapped[str | None]
    evidence_wanted: Mapped[str | None]


class PlanVersion(TenantTable):
    """A plan as it stood when it was published (number 0) or amended (1, 2, …): never changed again."""

    __tablename__ = "plan_version"
    __only_enterprise__ = None
    __access__ = {Login.TOWN: "SELECT, INSERT", **READ}
    __table_args__ = (belongs_to("plan", "plan_id"), tenant_index("plan_id", "number", unique=True))

    plan_id: Mapped[UUID]
    number: Mapped[int]
    reason: Mapped[str]
    nodes: Mapped[list[dict[str, Any]]]
    changes: Mapped[list[dict[str, Any]]]
    made_by: Mapped[UUID]
    made_by_name: Mapped[str]
    created_at: Mapped[datetime]
