"""The house: every table of the first landing."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None


def upgrade() -> None:
    op.create_table(
        "attachment",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("owner_kind", sa.Text(), nullable=False),
        sa.Column("owner_id", sa.Uuid(), nullable=False),
        sa.Column("enterprise_id", sa.Uuid(), nullable=True),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("media_type", sa.Text(), nullable=False),
        sa.Column("bytes", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("added_by", sa.Uuid(), nullable=False),
        sa.Column("added_by_name", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_attachment")),
    )
    op.create_index(
        op.f("ix_attachment_tenant_id_owner_kind_owner_id"),
        "attachment",
        ["tenant_id", "owner_kind", "owner_id"],
        unique=False,
        postgresql_where=None,
    )
    op.create_index(
        op.f("ix_attachment_tenant_id_sha256"),
        "attachment",
        ["tenant_id", "sha256"],
        unique=False,
        postgresql_where=None,
    )
    op.create_table(
        "audit_entry",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("act", sa.Text(), nullable=False),
        sa.Column("about_kind", sa.Text(), nullable=False),
        sa.Column("about_id", sa.Uuid(), nullable=False),
        sa.Column("enterprise_id", sa.Uuid(), nullable=True),
        sa.Column("member_id", sa.Uuid(), nullable=True),
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("refused", sa.Boolean(), nullable=False),
        sa.Column("detail", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_audit_entry")),
    )
    op.create_index(
        op.f("ix_audit_entry_tenant_id_about_kind_about_id"),
        "audit_entry",
        ["tenant_id", "about_kind", "about_id"],
        unique=False,
        postgresql_where=None,
    )
    op.create_index(
        op.f("ix_audit_entry_tenant_id_at"), "audit_entry", ["tenant_id", "at"], unique=False, postgresql_where=None
    )
    op.create_table(
        "audit_root",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("root", sa.LargeBinary(), nullable=False),
        sa.Column("previous", sa.LargeBinary(), nullable=False),
        sa.Column("heads", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("day", name=op.f("pk_audit_root")),
    )
    op.create_table(
        "audit_seal",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("previous", sa.LargeBinary(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("sealed_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_audit_seal")),
    )
    op.create_index(
        op.f("ix_audit_seal_tenant_id_seq"), "audit_seal", ["tenant_id", "seq"], unique=True, postgresql_where=None
    )
    op.create_table(
        "department",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("sectors", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("aliases", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("kind IN ('leadership', 'office', 'sector')", name=op.f("ck_department_kind")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_department")),
    )
    op.create_index(
        op.f("ix_department_tenant_id_name"),
        "department",
        ["tenant_id", "name"],
        unique=True,
        postgresql_where=sa.text("ended_on IS NULL"),
    )
    op.create_table(
        "division",
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("level", sa.Text(), nullable=False),
        sa.Column("parent_code", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "level IN ('province', 'city', 'district', 'township', 'village')", name=op.f("ck_division_level")
        ),
        sa.PrimaryKeyConstraint("code", "valid_from", name=op.f("pk_division")),
    )
    op.create_index(op.f("ix_division_parent_code"), "division", ["parent_code"], unique=False)
    op.create_table(
        "enterprise",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("credit_code", sa.Text(), nullable=True),
        sa.Column("no_code_reason", sa.Text(), nullable=True),
        sa.Column("industry_code", sa.Text(), nullable=False),
        sa.Column("sector", sa.Text(), nullable=False),
        sa.Column("size", sa.Text(), nullable=False),
        sa.Column("headcount", sa.Integer(), nullable=False),
        sa.Column("village_code", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("production_state", sa.Text(), nullable=False),
        sa.Column("is_above_scale", sa.Boolean(), nullable=False),
        sa.Column("is_peri_urban", sa.Boolean(), nullable=False),
        sa.Column("is_smelter", sa.Boolean(), nullable=False),
        sa.Column("is_state_owned", sa.Boolean(), nullable=False),
        sa.Column("batch", sa.Text(), nullable=True),
        sa.Column("batch_done_on", sa.Date(), nullable=True),
        sa.Column("tags", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("standard_level", sa.Text(), nullable=True),
        sa.Column("standard_granted_on", sa.Date(), nullable=True),
        sa.Column("standard_expires_on", sa.Date(), nullable=True),
        sa.Column("insured_from", sa.Date(), nullable=True),
        sa.Column("insured_to", sa.Date(), nullable=True),
        sa.Column("left_on", sa.Date(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "production_state IN ('正常', '停产', '半停产', '在建', '关闭')",
            name=op.f("ck_enterprise_production_state"),
        ),
        sa.CheckConstraint(
            "sector IN ('冶金', '有色', '建材', '机械', '轻工', '纺织', '烟草', '商贸')",
            name=op.f("ck_enterprise_sector"),
        ),
        sa.CheckConstraint("size IN ('大', '中', '小', '微')", name=op.f("ck_enterprise_size")),
        sa.CheckConstraint(
            "(credit_code IS NULL) = (no_code_reason IS NOT NULL)", name=op.f("ck_enterprise_code_or_reason")
        ),
        sa.CheckConstraint("headcount >= 0", name=op.f("ck_enterprise_headcount")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_enterprise")),
    )
    op.create_index(
        op.f("ix_enterprise_tenant_id_credit_code"),
        "enterprise",
        ["tenant_id", "credit_code"],
        unique=True,
        postgresql_where=sa.text("credit_code IS NOT NULL"),
    )
    op.create_index(
        op.f("ix_enterprise_tenant_id_name"), "enterprise", ["tenant_id", "name"], unique=False, postgresql_where=None
    )
    op.create_index(
        op.f("ix_enterprise_tenant_id_sector"),
        "enterprise",
        ["tenant_id", "sector"],
        unique=False,
        postgresql_where=None,
    )
    op.create_table(
        "feedback",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("page", sa.Text(), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("enterprise_id", sa.Uuid(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answer", sa.Text(), nullable=True),
        sa.Column("answered_by", sa.Text(), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("kind IN ('complaint', 'burden', 'suggestion', 'fault')", name=op.f("ck_feedback_kind")),
        sa.CheckConstraint("(answered_at IS NULL) = (answer IS NULL)", name=op.f("ck_feedback_answered")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_feedback")),
    )
    op.create_index(
        op.f("ix_feedback_tenant_id_created_at"),
        "feedback",
        ["tenant_id", "created_at"],
        unique=False,
        postgresql_where=None,
    )
    op.create_index(
        op.f("ix_feedback_tenant_id_member_id"),
        "feedback",
        ["tenant_id", "member_id"],
        unique=False,
        postgresql_where=None,
    )
    op.create_table(
        "inbox",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_inbox")),
    )
    op.create_table(
        "notice",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("filename", sa.Text(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("format", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("issuer", sa.Text(), nullable=True),
        sa.Column("number", sa.Text(), nullable=True),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("addressees", sa.Text(), nullable=True),
        sa.Column("issued_on", sa.Date(), nullable=True),
        sa.Column("copy_to", sa.Text(), nullable=True),
        sa.Column("documents", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("uploaded_by", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_notice")),
    )
    op.create_index(
        op.f("ix_notice_tenant_id_sha256"), "notice", ["tenant_id", "sha256"], unique=False, postgresql_where=None
    )
    op.create_table(
        "outbox",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("job", sa.Text(), nullable=False),
        sa.Column("args", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("queue", sa.Text(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("lease", sa.DateTime(timezone=True), nullable=True),
        sa.Column("begun_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("enterprise_id", sa.Uuid(), nullable=True),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("state IN ('pending', 'done', 'dead')", name=op.f("ck_outbox_state")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_outbox")),
    )
    op.create_index(
        op.f("ix_outbox_tenant_id_due_at"),
        "outbox",
        ["tenant_id", "due_at"],
        unique=False,
        postgresql_where=sa.text("state <> 'done'"),
    )
    op.create_table(
        "schedule_run",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("job", sa.Text(), nullable=False),
        sa.Column("slot", sa.DateTime(timezone=True), nullable=False),
        sa.Column("fired_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_schedule_run")),
    )
    op.create_index(
        op.f("ix_schedule_run_tenant_id_job_slot"),
        "schedule_run",
        ["tenant_id", "job", "slot"],
        unique=True,
        postgresql_where=None,
    )
    op.create_table(
        "seal_state",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("sealed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("unsealed_since", sa.DateTime(timezone=True), nullable=True),
        sa.Column("checked_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", name=op.f("pk_seal_state")),
    )
    op.create_table(
        "sign_in_event",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=True),
        sa.Column("login", sa.Text(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("detail", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_in_event")),
    )
    op.create_index(op.f("ix_sign_in_event_at"), "sign_in_event", ["at"], unique=False)
    op.create_table(
        "tenant",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("district_id", sa.Uuid(), nullable=True),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("full_name", sa.Text(), nullable=False),
        sa.Column("slug", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("kind IN ('township', 'district', 'platform')", name=op.f("ck_tenant_kind")),
        sa.CheckConstraint("state IN ('active', 'suspended')", name=op.f("ck_tenant_state")),
        sa.ForeignKeyConstraint(["district_id"], ["tenant.id"], name=op.f("fk_tenant_district_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tenant")),
        sa.UniqueConstraint("slug", name=op.f("uq_tenant_slug")),
    )
    op.create_index(op.f("ix_tenant_district_id"), "tenant", ["district_id"], unique=False)
    op.create_table(
        "tenant_key",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("wrapped", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_tenant_key")),
    )
    op.create_index(
        op.f("ix_tenant_key_tenant_id_version"),
        "tenant_key",
        ["tenant_id", "version"],
        unique=True,
        postgresql_where=None,
    )
    op.create_table(
        "throttle",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("window_from", sa.DateTime(timezone=True), nullable=False),
        sa.Column("locked_until", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_throttle")),
    )
    op.create_table(
        "user_account",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("login", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("password_hash", sa.Text(), nullable=True),
        sa.Column("totp_secret", sa.LargeBinary(), nullable=True),
        sa.Column("totp_confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("totp_last_step", sa.Integer(), nullable=True),
        sa.Column("activation_hash", sa.Text(), nullable=True),
        sa.Column("activation_expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("must_change_password", sa.Boolean(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("password_changed_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("state IN ('invited', 'active', 'locked', 'left')", name=op.f("ck_user_account_state")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_user_account")),
        sa.UniqueConstraint("login", name=op.f("uq_user_account_login")),
    )
    op.create_table(
        "accident",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("enterprise_id", sa.Uuid(), nullable=True),
        sa.Column("occurred_on", sa.Date(), nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("summary", sa.Text(), nullable=False),
        sa.Column("deaths", sa.Integer(), nullable=False),
        sa.Column("died_later", sa.ARRAY(sa.Date()), nullable=False),
        sa.Column("serious_injuries", sa.Integer(), nullable=False),
        sa.Column("minor_injuries", sa.Integer(), nullable=False),
        sa.Column("loss_fen", sa.BigInteger(), nullable=False),
        sa.Column("is_traffic_or_fire", sa.Boolean(), nullable=False),
        sa.Column("has_social_impact", sa.Boolean(), nullable=False),
        sa.Column("responsibility", sa.Text(), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("responsibility IN ('责任', '非责任', '待定')", name=op.f("ck_accident_responsibility")),
        sa.CheckConstraint(
            "deaths >= 0 AND serious_injuries >= 0 AND minor_injuries >= 0 AND loss_fen >= 0",
            name=op.f("ck_accident_counts"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "enterprise_id"],
            ["enterprise.tenant_id", "enterprise.id"],
            name=op.f("fk_accident_tenant_id_enterprise_id"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_accident")),
    )
    op.create_index(
        op.f("ix_accident_tenant_id_occurred_on"),
        "accident",
        ["tenant_id", "occurred_on"],
        unique=False,
        postgresql_where=None,
    )
    op.create_table(
        "member",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("post", sa.Text(), nullable=False),
        sa.Column("is_head", sa.Boolean(), nullable=False),
        sa.Column("department_id", sa.Uuid(), nullable=True),
        sa.Column("enterprise_id", sa.Uuid(), nullable=True),
        sa.Column("phone", sa.LargeBinary(), nullable=True),
        sa.Column("phone_index", sa.LargeBinary(), nullable=True),
        sa.Column("email", sa.Text(), nullable=True),
        sa.Column("certificate_no", sa.Text(), nullable=True),
        sa.Column("certificate_from", sa.Date(), nullable=True),
        sa.Column("certificate_to", sa.Date(), nullable=True),
        sa.Column("is_dedicated", sa.Boolean(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("joined_on", sa.Date(), nullable=False),
        sa.Column("left_on", sa.Date(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "role IN ('town_leader', 'town_office', 'sector_department', 'legal_representative', 'safety_officer', 'district_overseer', 'platform_operator', 'security_administrator', 'audit_administrator')",
            name=op.f("ck_member_role"),
        ),
        sa.CheckConstraint("state IN ('active', 'left')", name=op.f("ck_member_state")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "department_id"],
            ["department.tenant_id", "department.id"],
            name=op.f("fk_member_tenant_id_department_id"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_member")),
    )
    op.create_index(
        op.f("ix_member_tenant_id_department_id"),
        "member",
        ["tenant_id", "department_id"],
        unique=False,
        postgresql_where=None,
    )
    op.create_index(
        op.f("ix_member_tenant_id_enterprise_id"),
        "member",
        ["tenant_id", "enterprise_id"],
        unique=False,
        postgresql_where=None,
    )
    op.create_index(
        op.f("ix_member_tenant_id_phone_index"),
        "member",
        ["tenant_id", "phone_index"],
        unique=False,
        postgresql_where=sa.text("phone_index IS NOT NULL"),
    )
    op.create_table(
        "membership",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=True),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("enterprise_id", sa.Uuid(), nullable=True),
        sa.Column("enterprise_name", sa.Text(), nullable=True),
        sa.Column("department_id", sa.Uuid(), nullable=True),
        sa.Column("sectors", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(enterprise_id IS NOT NULL) = (role IN ('legal_representative', 'safety_officer'))",
            name=op.f("ck_membership_enterprise_role"),
        ),
        sa.CheckConstraint(
            "role IN ('town_leader', 'town_office', 'sector_department', 'legal_representative', 'safety_officer', 'district_overseer', 'platform_operator', 'security_administrator', 'audit_administrator')",
            name=op.f("ck_membership_role"),
        ),
        sa.CheckConstraint("state IN ('active', 'ended')", name=op.f("ck_membership_state")),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=op.f("fk_membership_tenant_id")),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user_account.id"], name=op.f("fk_membership_user_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_membership")),
    )
    op.create_index(op.f("ix_membership_tenant_id"), "membership", ["tenant_id"], unique=False)
    op.create_index(
        "uq_membership_one_administrator",
        "membership",
        ["user_id"],
        unique=True,
        postgresql_where=sa.text(
            "state = 'active' AND role IN ('platform_operator', 'security_administrator', 'audit_administrator')"
        ),
    )
    op.create_index(
        "uq_membership_place",
        "membership",
        ["user_id", "tenant_id", "role", sa.literal_column("coalesce(enterprise_id, tenant_id)")],
        unique=True,
        postgresql_where=sa.text("state = 'active'"),
    )
    op.create_table(
        "plan",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("origin", sa.Text(), nullable=False),
        sa.Column("notice_id", sa.Uuid(), nullable=True),
        sa.Column("from_plan_id", sa.Uuid(), nullable=True),
        sa.Column("amendment", sa.Integer(), nullable=False),
        sa.Column("made_by", sa.Uuid(), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("returned_because", sa.Text(), nullable=True),
        sa.Column("signed_by", sa.Uuid(), nullable=True),
        sa.Column("signed_name", sa.Text(), nullable=True),
        sa.Column("signed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("changed_by_name", sa.Text(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("(state IN ('draft', 'discarded')) = (signed_by IS NULL)", name=op.f("ck_plan_signed")),
        sa.CheckConstraint(
            "(state IN ('published', 'closed')) = (published_at IS NOT NULL)", name=op.f("ck_plan_published")
        ),
        sa.CheckConstraint("origin IN ('notice', 'last_year', 'template')", name=op.f("ck_plan_origin")),
        sa.CheckConstraint(
            "state IN ('draft', 'signed', 'published', 'closed', 'discarded')", name=op.f("ck_plan_state")
        ),
        sa.CheckConstraint("signed_by <> made_by", name=op.f("ck_plan_signed_by_another")),
        sa.CheckConstraint("year BETWEEN 2000 AND 2100", name=op.f("ck_plan_year")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "notice_id"], ["notice.tenant_id", "notice.id"], name=op.f("fk_plan_tenant_id_notice_id")
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_plan")),
    )
    op.create_index(
        op.f("ix_plan_tenant_id_notice_id"), "plan", ["tenant_id", "notice_id"], unique=False, postgresql_where=None
    )
    op.create_index(
        op.f("ix_plan_tenant_id_year"),
        "plan",
        ["tenant_id", "year"],
        unique=True,
        postgresql_where=sa.text("state NOT IN ('draft', 'discarded')"),
    )
    op.create_table(
        "recovery_code",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("code_hash", sa.Text(), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user_account.id"], name=op.f("fk_recovery_code_user_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recovery_code")),
    )
    op.create_index(op.f("ix_recovery_code_user_id"), "recovery_code", ["user_id"], unique=False)
    op.create_table(
        "assignment",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("plan_id", sa.Uuid(), nullable=False),
        sa.Column("node_id", sa.Uuid(), nullable=False),
        sa.Column("section", sa.Text(), nullable=False),
        sa.Column("basis", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("evidence_wanted", sa.Text(), nullable=False),
        sa.Column("department_id", sa.Uuid(), nullable=True),
        sa.Column("member_id", sa.Uuid(), nullable=True),
        sa.Column("enterprise_id", sa.Uuid(), nullable=True),
        sa.Column("owner_name", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("percent", sa.Integer(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("due_provisional", sa.Boolean(), nullable=False),
        sa.Column("assigned_by", sa.Uuid(), nullable=False),
        sa.Column("assigned_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("submitted_by", sa.Uuid(), nullable=True),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("accepted_by", sa.Uuid(), nullable=True),
        sa.Column("accepted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("cancelled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("returns", sa.Integer(), nullable=False),
        sa.Column("extension_to", sa.Date(), nullable=True),
        sa.Column("extension_reason", sa.Text(), nullable=True),
        sa.Column("escalation", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("(state = 'completed') = (accepted_at IS NOT NULL)", name=op.f("ck_assignment_completed")),
        sa.CheckConstraint(
            "state IN ('pending', 'in_progress', 'submitted', 'returned', 'completed', 'cancelled')",
            name=op.f("ck_assignment_state"),
        ),
        sa.CheckConstraint("accepted_by <> submitted_by", name=op.f("ck_assignment_accepted_by_another")),
        sa.CheckConstraint(
            "num_nonnulls(department_id, member_id, enterprise_id) BETWEEN 1 AND 2", name=op.f("ck_assignment_owner")
        ),
        sa.CheckConstraint("percent BETWEEN 0 AND 100", name=op.f("ck_assignment_percent")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "department_id"],
            ["department.tenant_id", "department.id"],
            name=op.f("fk_assignment_tenant_id_department_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "enterprise_id"],
            ["enterprise.tenant_id", "enterprise.id"],
            name=op.f("fk_assignment_tenant_id_enterprise_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "member_id"],
            ["member.tenant_id", "member.id"],
            name=op.f("fk_assignment_tenant_id_member_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "plan_id"], ["plan.tenant_id", "plan.id"], name=op.f("fk_assignment_tenant_id_plan_id")
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_assignment")),
    )
    op.create_index(
        op.f("ix_assignment_tenant_id_department_id"),
        "assignment",
        ["tenant_id", "department_id"],
        unique=False,
        postgresql_where=sa.text("department_id IS NOT NULL"),
    )
    op.create_index(
        op.f("ix_assignment_tenant_id_enterprise_id"),
        "assignment",
        ["tenant_id", "enterprise_id"],
        unique=False,
        postgresql_where=sa.text("enterprise_id IS NOT NULL"),
    )
    op.create_index(
        op.f("ix_assignment_tenant_id_member_id"),
        "assignment",
        ["tenant_id", "member_id"],
        unique=False,
        postgresql_where=sa.text("member_id IS NOT NULL"),
    )
    op.create_index(
        op.f("ix_assignment_tenant_id_plan_id"),
        "assignment",
        ["tenant_id", "plan_id"],
        unique=False,
        postgresql_where=None,
    )
    op.create_index(
        op.f("ix_assignment_tenant_id_state_due_on"),
        "assignment",
        ["tenant_id", "state", "due_on"],
        unique=False,
        postgresql_where=None,
    )
    op.create_table(
        "message",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("event", sa.Text(), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("enterprise_id", sa.Uuid(), nullable=True),
        sa.Column("sent_by", sa.Uuid(), nullable=True),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("link", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("channel IN ('in_app', 'email')", name=op.f("ck_message_channel")),
        sa.CheckConstraint(
            "state IN ('pending', 'sending', 'sent', 'failed', 'unknown')", name=op.f("ck_message_state")
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "member_id"], ["member.tenant_id", "member.id"], name=op.f("fk_message_tenant_id_member_id")
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_message")),
    )
    op.create_index(
        op.f("ix_message_tenant_id_event_member_id_channel"),
        "message",
        ["tenant_id", "event", "member_id", "channel"],
        unique=True,
        postgresql_where=None,
    )
    op.create_index(
        op.f("ix_message_tenant_id_member_id"),
        "message",
        ["tenant_id", "member_id"],
        unique=False,
        postgresql_where=sa.text("read_at IS NULL AND channel = 'in_app'"),
    )
    op.create_index(
        op.f("ix_message_tenant_id_member_id_created_at"),
        "message",
        ["tenant_id", "member_id", "created_at"],
        unique=False,
        postgresql_where=None,
    )
    op.create_index(
        op.f("ix_message_tenant_id_sent_by_created_at"),
        "message",
        ["tenant_id", "sent_by", "created_at"],
        unique=False,
        postgresql_where=None,
    )
    op.create_table(
        "plan_node",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("plan_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("parent_id", sa.Uuid(), nullable=True),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column("heading", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("span_from", sa.Integer(), nullable=False),
        sa.Column("span_to", sa.Integer(), nullable=False),
        sa.Column("measures", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("numbers", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("documents", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("years", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("named_owners", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("owner_parts", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("edited", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("department_ids", postgresql.ARRAY(sa.Uuid()), nullable=False),
        sa.Column("enterprise_set", sa.Text(), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("due_words", sa.Text(), nullable=True),
        sa.Column("evidence_wanted", sa.Text(), nullable=True),
        sa.Column("check_note", sa.Text(), nullable=True),
        sa.Column("withdrawn_in", sa.Integer(), nullable=True),
        sa.Column("changed_version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "enterprise_set IN ('all', 'above_scale', 'peri_urban', 'smelter', 'state_owned', 'key')",
            name=op.f("ck_plan_node_enterprise_set"),
        ),
        sa.CheckConstraint(
            "kind IN ('section', 'target', 'task', 'requirement', 'text')", name=op.f("ck_plan_node_kind")
        ),
        sa.CheckConstraint("0 <= span_from AND span_from <= span_to", name=op.f("ck_plan_node_span")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "plan_id"], ["plan.tenant_id", "plan.id"], name=op.f("fk_plan_node_tenant_id_plan_id")
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_plan_node")),
    )
    op.create_index(
        op.f("ix_plan_node_tenant_id_plan_id_position"),
        "plan_node",
        ["tenant_id", "plan_id", "position"],
        unique=False,
        postgresql_where=None,
    )
    op.create_table(
        "plan_version",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("plan_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("nodes", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("changes", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("made_by", sa.Uuid(), nullable=False),
        sa.Column("made_by_name", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "plan_id"], ["plan.tenant_id", "plan.id"], name=op.f("fk_plan_version_tenant_id_plan_id")
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_plan_version")),
    )
    op.create_index(
        op.f("ix_plan_version_tenant_id_plan_id_number"),
        "plan_version",
        ["tenant_id", "plan_id", "number"],
        unique=True,
        postgresql_where=None,
    )
    op.create_table(
        "user_session",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("membership_id", sa.Uuid(), nullable=False),
        sa.Column("second_factor_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("agent", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["membership_id"], ["membership.id"], name=op.f("fk_user_session_membership_id")),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user_account.id"], name=op.f("fk_user_session_user_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_user_session")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_user_session_token_hash")),
    )
    op.create_index(op.f("ix_user_session_membership_id"), "user_session", ["membership_id"], unique=False)
    op.create_index(op.f("ix_user_session_user_id"), "user_session", ["user_id"], unique=False)
    op.create_table(
        "assignment_event",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("assignment_id", sa.Uuid(), nullable=False),
        sa.Column("enterprise_id", sa.Uuid(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=True),
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("percent", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "kind IN ('assigned', 'received', 'progressed', 'submitted', 'returned', 'accepted', 'extension_asked', 'extension_granted', 'extension_refused', 'urged', 'transferred', 'cancelled', 'escalated')",
            name=op.f("ck_assignment_event_kind"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "assignment_id"],
            ["assignment.tenant_id", "assignment.id"],
            name=op.f("fk_assignment_event_tenant_id_assignment_id"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_assignment_event")),
    )
    op.create_index(
        op.f("ix_assignment_event_tenant_id_assignment_id_at"),
        "assignment_event",
        ["tenant_id", "assignment_id", "at"],
        unique=False,
        postgresql_where=None,
    )
