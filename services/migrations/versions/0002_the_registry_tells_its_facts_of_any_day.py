"""The registry tells its facts of any day, and what each enterprise owes by them."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0002"
down_revision = "0001"

CHECKS = {
    "ownership": "ownership IN ('民营', '市属国企', '区属国企', '集体', '外资', '个体', '其他')",
    "credit_class": "credit_class IN ('A', 'B', 'C', 'D')",
    "headcount_parts": "headcount = headcount_own + headcount_dispatched + headcount_temporary"
    " AND least(headcount_own, headcount_dispatched, headcount_temporary) >= 0",
    "state_owned": "is_state_owned = (ownership = '市属国企')",
}


def upgrade() -> None:
    op.create_table(
        "registry_import",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("file_name", sa.Text(), nullable=False),
        sa.Column("file_sha256", sa.Text(), nullable=False),
        sa.Column("heads", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("valid", sa.Integer(), nullable=False),
        sa.Column("bad", sa.Integer(), nullable=False),
        sa.Column("saved", sa.Integer(), nullable=False),
        sa.Column("created", sa.Integer(), nullable=False),
        sa.Column("changed", sa.Integer(), nullable=False),
        sa.Column("unchanged", sa.Integer(), nullable=False),
        sa.Column("error_sha256", sa.Text(), nullable=True),
        sa.Column("preview", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "state IN ('reading', 'checked', 'saving', 'done', 'cancelled', 'failed')",
            name=op.f("ck_registry_import_state"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_registry_import")),
    )
    op.create_index(
        op.f("ix_registry_import_tenant_id_created_at"),
        "registry_import",
        ["tenant_id", "created_at"],
        unique=False,
        postgresql_where=None,
    )
    op.create_table(
        "change_request",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("enterprise_id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("before", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("after", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("asked_by", sa.Uuid(), nullable=False),
        sa.Column("asked_by_name", sa.Text(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("decided_by_name", sa.Text(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decision_note", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "decided_by IS DISTINCT FROM asked_by OR state = 'withdrawn' OR decided_by IS NULL",
            name=op.f("ck_change_request_two_persons"),
        ),
        sa.CheckConstraint(
            "state IN ('waiting', 'approved', 'refused', 'withdrawn')", name=op.f("ck_change_request_state")
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "enterprise_id"],
            ["enterprise.tenant_id", "enterprise.id"],
            name=op.f("fk_change_request_tenant_id_enterprise_id"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_change_request")),
    )
    op.create_index(
        op.f("ix_change_request_tenant_id_enterprise_id"),
        "change_request",
        ["tenant_id", "enterprise_id"],
        unique=False,
        postgresql_where=None,
    )
    op.create_index(
        op.f("ix_change_request_tenant_id_state"),
        "change_request",
        ["tenant_id", "state"],
        unique=False,
        postgresql_where=None,
    )
    op.create_table(
        "duty",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("enterprise_id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("period", sa.Text(), nullable=False),
        sa.Column("rule_version", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("submitted_by", sa.Uuid(), nullable=True),
        sa.Column("submitted_by_name", sa.Text(), nullable=True),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("decided_by_name", sa.Text(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("urged_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("escalation", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "state IN ('in_progress', 'submitted', 'returned', 'done', 'exemption_asked', 'not_applicable')",
            name=op.f("ck_duty_state"),
        ),
        sa.CheckConstraint(
            "decided_by IS NULL OR submitted_by IS NULL OR decided_by <> submitted_by", name=op.f("ck_duty_two_persons")
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "enterprise_id"],
            ["enterprise.tenant_id", "enterprise.id"],
            name=op.f("fk_duty_tenant_id_enterprise_id"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_duty")),
    )
    op.create_index(
        op.f("ix_duty_tenant_id_code_period"),
        "duty",
        ["tenant_id", "code", "period"],
        unique=False,
        postgresql_where=None,
    )
    op.create_index(
        op.f("ix_duty_tenant_id_enterprise_id_code_period"),
        "duty",
        ["tenant_id", "enterprise_id", "code", "period"],
        unique=True,
        postgresql_where=None,
    )
    op.create_index(
        op.f("ix_duty_tenant_id_state"), "duty", ["tenant_id", "state"], unique=False, postgresql_where=None
    )
    op.create_table(
        "duty_view",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("enterprise_id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("period", sa.Text(), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "enterprise_id"],
            ["enterprise.tenant_id", "enterprise.id"],
            name=op.f("fk_duty_view_tenant_id_enterprise_id"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_duty_view")),
    )
    op.create_index(
        op.f("ix_duty_view_tenant_id_enterprise_id_code_period_member_id"),
        "duty_view",
        ["tenant_id", "enterprise_id", "code", "period", "member_id"],
        unique=True,
        postgresql_where=None,
    )
    op.create_table(
        "enterprise_fact",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("enterprise_id", sa.Uuid(), nullable=False),
        sa.Column("field", sa.Text(), nullable=False),
        sa.Column("value", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=True),
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "source IN ('office', 'import', 'approved', 'history')", name=op.f("ck_enterprise_fact_source")
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "enterprise_id"],
            ["enterprise.tenant_id", "enterprise.id"],
            name=op.f("fk_enterprise_fact_tenant_id_enterprise_id"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_enterprise_fact")),
    )
    op.create_index(
        op.f("ix_enterprise_fact_tenant_id_enterprise_id_field_valid_from"),
        "enterprise_fact",
        ["tenant_id", "enterprise_id", "field", "valid_from"],
        unique=False,
        postgresql_where=None,
    )
    op.create_index(
        op.f("ix_enterprise_fact_tenant_id_valid_from"),
        "enterprise_fact",
        ["tenant_id", "valid_from"],
        unique=False,
        postgresql_where=None,
    )
    op.create_table(
        "enterprise_person",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("enterprise_id", sa.Uuid(), nullable=False),
        sa.Column("post", sa.Text(), nullable=False),
        sa.Column("name", sa.LargeBinary(), nullable=False),
        sa.Column("name_masked", sa.Text(), nullable=False),
        sa.Column("name_index", sa.LargeBinary(), nullable=False),
        sa.Column("phone", sa.LargeBinary(), nullable=True),
        sa.Column("phone_masked", sa.Text(), nullable=True),
        sa.Column("phone_index", sa.LargeBinary(), nullable=True),
        sa.Column("id_number", sa.LargeBinary(), nullable=True),
        sa.Column("id_number_masked", sa.Text(), nullable=True),
        sa.Column("id_number_index", sa.LargeBinary(), nullable=True),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("to_on", sa.Date(), nullable=True),
        sa.Column("examined_on", sa.Date(), nullable=True),
        sa.Column("certificate_kind", sa.Text(), nullable=True),
        sa.Column("certificate_no", sa.Text(), nullable=True),
        sa.Column("certificate_issued_on", sa.Date(), nullable=True),
        sa.Column("certificate_review_due", sa.Date(), nullable=True),
        sa.Column("certificate_expires_on", sa.Date(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "post IN ('legal_representative', 'actual_controller', 'principal', 'full_time_officer', 'part_time_officer', 'chief_safety_engineer', 'certified_engineer', 'special_operator')",
            name=op.f("ck_enterprise_person_post"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "enterprise_id"],
            ["enterprise.tenant_id", "enterprise.id"],
            name=op.f("fk_enterprise_person_tenant_id_enterprise_id"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_enterprise_person")),
    )
    op.create_index(
        op.f("ix_enterprise_person_tenant_id_certificate_expires_on"),
        "enterprise_person",
        ["tenant_id", "certificate_expires_on"],
        unique=False,
        postgresql_where=sa.text("certificate_expires_on IS NOT NULL"),
    )
    op.create_index(
        op.f("ix_enterprise_person_tenant_id_enterprise_id_post"),
        "enterprise_person",
        ["tenant_id", "enterprise_id", "post"],
        unique=False,
        postgresql_where=None,
    )
    op.create_index(
        op.f("ix_enterprise_person_tenant_id_id_number_index"),
        "enterprise_person",
        ["tenant_id", "id_number_index"],
        unique=False,
        postgresql_where=sa.text("id_number_index IS NOT NULL"),
    )
    op.create_index(
        op.f("ix_enterprise_person_tenant_id_name_index"),
        "enterprise_person",
        ["tenant_id", "name_index"],
        unique=False,
        postgresql_where=None,
    )
    op.create_index(
        op.f("ix_enterprise_person_tenant_id_phone_index"),
        "enterprise_person",
        ["tenant_id", "phone_index"],
        unique=False,
        postgresql_where=sa.text("phone_index IS NOT NULL"),
    )
    op.create_table(
        "site",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("enterprise_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("village_code", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("latitude", sa.Double(), nullable=True),
        sa.Column("longitude", sa.Double(), nullable=True),
        sa.Column("use", sa.Text(), nullable=False),
        sa.Column("opened_on", sa.Date(), nullable=False),
        sa.Column("closed_on", sa.Date(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "enterprise_id"],
            ["enterprise.tenant_id", "enterprise.id"],
            name=op.f("fk_site_tenant_id_enterprise_id"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_site")),
    )
    op.create_index(
        op.f("ix_site_tenant_id_enterprise_id"),
        "site",
        ["tenant_id", "enterprise_id"],
        unique=False,
        postgresql_where=None,
    )
    op.create_table(
        "duty_event",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("duty_id", sa.Uuid(), nullable=False),
        sa.Column("enterprise_id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=True),
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "kind IN ('progressed', 'evidence_added', 'submitted', 'accepted', 'returned', 'exemption_asked', 'exemption_granted', 'exemption_refused', 'urged', 'reminded', 'escalated')",
            name=op.f("ck_duty_event_kind"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "duty_id"], ["duty.tenant_id", "duty.id"], name=op.f("fk_duty_event_tenant_id_duty_id")
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "enterprise_id"],
            ["enterprise.tenant_id", "enterprise.id"],
            name=op.f("fk_duty_event_tenant_id_enterprise_id"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_duty_event")),
    )
    op.create_index(
        op.f("ix_duty_event_tenant_id_duty_id"),
        "duty_event",
        ["tenant_id", "duty_id"],
        unique=False,
        postgresql_where=None,
    )
    op.create_index(
        op.f("ix_duty_event_tenant_id_enterprise_id"),
        "duty_event",
        ["tenant_id", "enterprise_id"],
        unique=False,
        postgresql_where=None,
    )
    for column in (
        sa.Column("sector_reason", sa.Text()),
        sa.Column("headcount_own", sa.Integer()),
        sa.Column("headcount_dispatched", sa.Integer()),
        sa.Column("headcount_temporary", sa.Integer()),
        sa.Column("ownership", sa.Text()),
        sa.Column("above_scale_since", sa.Date()),
        sa.Column("above_scale_source", sa.Text()),
        sa.Column("yearly_revenue", sa.BigInteger()),
        sa.Column("credit_class", sa.Text()),
        sa.Column("circumstances", postgresql.ARRAY(sa.Text())),
        sa.Column("has_safety_office", sa.Boolean()),
        sa.Column("dust_workers", sa.Integer()),
        sa.Column("left_reason", sa.Text()),
        sa.Column("registered_on", sa.Date()),
    ):
        op.add_column("enterprise", column)
    # Enterprises from before: all people counted as their own, of ordinary credit, known since their row was written.
    op.execute(
        "UPDATE enterprise SET headcount_own = headcount, headcount_dispatched = 0, headcount_temporary = 0,"
        " ownership = CASE WHEN is_state_owned THEN '市属国企' ELSE '其他' END, credit_class = 'B', circumstances = '{}',"
        " has_safety_office = false, registered_on = (created_at AT TIME ZONE 'Asia/Shanghai')::date"
    )
    for name in (
        "headcount_own",
        "headcount_dispatched",
        "headcount_temporary",
        "ownership",
        "credit_class",
        "circumstances",
        "has_safety_office",
        "registered_on",
    ):
        op.alter_column("enterprise", name, nullable=False)
    for name, condition in CHECKS.items():
        op.create_check_constraint(op.f(f"ck_enterprise_{name}"), "enterprise", condition)
    op.add_column("tenant", sa.Column("local_papers", postgresql.JSONB()))
    op.execute("UPDATE tenant SET local_papers = '{}'")
    op.alter_column("tenant", "local_papers", nullable=False)
