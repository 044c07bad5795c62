"""The plan for the year: the notice it was read from, its tree, and its numbered versions."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Integer, text
from sqlalchemy.orm import Mapped, mapped_column

from services.kernel.published import Published
from services.kernel.table import Login, TenantTable, belongs_to, one_of, tenant_index
from services.supervision.plans.refusals import (
    NotADraft,
    PlanNotPublished,
    PlanNotReady,
    PlanNotSent,
    PlanNotSigned,
)

STATES = ("draft", "signed", "published", "closed", "discarded")
"""草稿 → 已签发 → 已发布 → 已办结; a draft may be discarded."""
ORIGINS = ("notice", "last_year", "template")
KINDS = ("section", "target", "task", "requirement", "text")
ENTERPRISE_SETS = ("all", "above_scale", "peri_urban", "smelter", "state_owned", "key")
"""Whom a measure binds: all enterprises, above scale, peri-urban, smelters, the municipality's own, those with a key tag."""

READ = {Login.DISTRICT: "SELECT", Login.WORKER: "SELECT"}


class Notice(TenantTable):
    """A town's paper as it was uploaded: the decoded text and what the parser read at its head and foot."""

    __tablename__ = "notice"
    __only_enterprise__ = None
    __access__ = {Login.TOWN: "SELECT, INSERT", **READ}
    __table_args__ = (tenant_index("sha256"),)

    filename: Mapped[str]
    sha256: Mapped[str]
    format: Mapped[str]
    """docx or txt; last_year and template where the text was made here."""
    text: Mapped[str]
    """Normalised: the spans of the plan's nodes count its code points."""
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
    __published__ = Published(
        "published_plan",
        ("tenant_id", "id", "year", "title", "state", "amendment", "published_at", "closed_at"),
        only="state IN ('published', 'closed')",
    )
    __table_args__ = (
        belongs_to("notice", "notice_id"),
        one_of("state", STATES),
        one_of("origin", ORIGINS),
        CheckConstraint("year BETWEEN 2000 AND 2100", name="year"),
        CheckConstraint("(state IN ('draft', 'discarded')) = (signed_by IS NULL)", name="signed"),
        CheckConstraint("signed_by <> made_by", name="signed_by_another"),
        CheckConstraint("(state IN ('published', 'closed')) = (published_at IS NOT NULL)", name="published"),
        tenant_index("year", unique=True, where=text("state NOT IN ('draft', 'discarded')")),
        tenant_index("notice_id"),
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
    sent_at: Mapped[datetime | None]
    """When the draft was last laid before the leaders for signature."""
    returned_because: Mapped[str | None]
    """Why a leader gave it back; empty again when it is sent anew."""
    signed_by: Mapped[UUID | None]
    signed_name: Mapped[str | None]
    signed_at: Mapped[datetime | None]
    published_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    changed_at: Mapped[datetime | None]
    changed_by_name: Mapped[str | None]
    created_at: Mapped[datetime]
    version: Mapped[int] = mapped_column()

    __mapper_args__ = {"version_id_col": version}

    def require_draft(self) -> None:
        """Raise NotADraft unless the plan may still be edited."""
        if self.state != "draft":
            raise NotADraft

    def send_for_signature(self, *, at: datetime) -> None:
        """Lay the draft before the leaders."""
        self.require_draft()
        self.sent_at, self.returned_because = at, None

    def sign(self, *, by: UUID, name: str, at: datetime) -> None:
        """A leader signs what was sent; raises NotADraft, PlanNotSent, or PlanNotReady for one who made it."""
        self.require_draft()
        if self.sent_at is None:
            raise PlanNotSent
        if by == self.made_by:
            raise PlanNotReady("起草人不能签发自己起草的工作要点，请由其他镇领导签发")
        self.state, self.signed_by, self.signed_name, self.signed_at = "signed", by, name, at

    def give_back(self, *, reason: str) -> None:
        """A leader gives the plan back: it is a draft again and must be sent anew; raises PlanNotSent."""
        if self.state != "signed" and not (self.state == "draft" and self.sent_at):
            raise PlanNotSent("这份工作要点没有在等签发，也不是刚签发未发布的，不能退回")
        self.state, self.sent_at, self.returned_because = "draft", None, reason
        self.signed_by = self.signed_name = self.signed_at = None

    def publish(self, *, at: datetime) -> None:
        """What was signed comes into force; raises PlanNotSigned."""
        if self.state != "signed":
            raise PlanNotSigned
        self.state, self.published_at = "published", at

    def amend(self) -> int:
        """The number of the next amendment; raises PlanNotPublished."""
        if self.state != "published":
            raise PlanNotPublished
        self.amendment += 1
        return self.amendment

    def conclude(self, *, at: datetime) -> None:
        """The year is over and the plan is kept as it stands; raises PlanNotPublished."""
        if self.state != "published":
            raise PlanNotPublished("只有已发布的工作要点才能办结")
        self.state, self.closed_at = "closed", at

    def discard(self) -> None:
        """Throw a draft away; it stays in the trail."""
        self.require_draft()
        self.state, self.sent_at = "discarded", None


class PlanNode(TenantTable):
    """One item of a plan: section, target, task, requirement or plain text."""

    __tablename__ = "plan_node"
    __only_enterprise__ = None
    __access__ = {Login.TOWN: "SELECT, INSERT, UPDATE, DELETE", **READ}
    __table_args__ = (
        belongs_to("plan", "plan_id"),
        one_of("kind", KINDS),
        one_of("enterprise_set", ENTERPRISE_SETS),
        CheckConstraint("0 <= span_from AND span_from <= span_to", name="span"),
        tenant_index("plan_id", "position"),
    )

    plan_id: Mapped[UUID]
    position: Mapped[int]
    parent_id: Mapped[UUID | None]
    kind: Mapped[str]
    role: Mapped[str] = mapped_column(default="item")
    """Which part of the paper it is: an item, a paragraph, a row, or a part of the frame such as title or signature."""
    label: Mapped[str]
    heading: Mapped[str]
    text: Mapped[str]
    span_from: Mapped[int] = mapped_column(Integer)
    span_to: Mapped[int] = mapped_column(Integer)
    """The characters of the notice that are this node's own, without those of its children; empty for what an amendment added."""
    measures: Mapped[list[Any]]
    numbers: Mapped[list[Any]]
    documents: Mapped[list[Any]]
    years: Mapped[list[Any]] = mapped_column(default=list)
    named_owners: Mapped[list[str]]
    """Actors as the paper names them."""
    owner_parts: Mapped[list[str]] = mapped_column(default=list)
    """How the paper binds each of them: leading, responsible, supporting, named."""
    edited: Mapped[list[str]] = mapped_column(default=list)
    """Which of the parser's fields a person has corrected."""
    department_ids: Mapped[list[UUID]]
    """Departments chosen from the suggestions."""
    enterprise_set: Mapped[str | None]
    """Which enterprises the measure binds, where it binds any."""
    due_on: Mapped[date | None]
    due_words: Mapped[str | None]
    evidence_wanted: Mapped[str | None]
    check_note: Mapped[str | None]
    """What somebody still has to look at, such as figures carried over from last year."""
    withdrawn_in: Mapped[int | None]
    """The amendment that withdrew the item."""
    changed_version: Mapped[int] = mapped_column(default=0)
    """The plan's version that last changed this node: who read an earlier one must look again."""

    @property
    def is_work(self) -> bool:
        """Whether somebody must answer for it: a task that was not withdrawn."""
        return self.kind == "task" and self.withdrawn_in is None

    @property
    def has_owner(self) -> bool:
        """Whether a department or a set of enterprises answers for it."""
        return bool(self.department_ids) or self.enterprise_set is not None

    @property
    def name(self) -> str:
        """The sign and heading by which people speak of it."""
        return f"{self.label}{self.heading}" if self.heading else (self.label + self.text)[:20]


class PlanVersion(TenantTable):
    """A plan as it stood when it was published (number 0) or amended (1, 2, …): never changed again, and public."""

    __tablename__ = "plan_version"
    __only_enterprise__ = None
    __access__ = {Login.TOWN: "SELECT, INSERT", **READ}
    # Every row: a version is written only by the act that publishes it.
    __published__ = Published(
        "published_plan_version", ("tenant_id", "id", "plan_id", "number", "reason", "nodes", "created_at")
    )
    __table_args__ = (belongs_to("plan", "plan_id"), tenant_index("plan_id", "number", unique=True))

    plan_id: Mapped[UUID]
    number: Mapped[int]
    reason: Mapped[str]
    nodes: Mapped[list[dict[str, Any]]]
    changes: Mapped[list[dict[str, Any]]]
    made_by: Mapped[UUID]
    made_by_name: Mapped[str]
    created_at: Mapped[datetime]
