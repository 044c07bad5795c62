"""The people of an enterprise who matter for work safety: sealed, masked, found by a blind index."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Mapped, mapped_column

from services.kernel.table import Login, TenantTable, belongs_to, one_of, tenant_index

POSTS = {
    "legal_representative": "法定代表人",
    "actual_controller": "实际控制人",
    "principal": "主要负责人",
    "full_time_officer": "专职安全管理人员",
    "part_time_officer": "兼职安全管理人员",
    "chief_safety_engineer": "安全总工程师",
    "certified_engineer": "注册安全工程师",
    "special_operator": "特种作业人员",
}


class EnterprisePerson(TenantTable):
    """One person in one post of an enterprise, from a day to a day, both included."""

    __tablename__ = "enterprise_person"
    __access__ = {
        Login.TOWN: "SELECT, INSERT, UPDATE",
        Login.ENTERPRISE: "SELECT",
        Login.WORKER: "SELECT, INSERT, UPDATE",
    }
    __table_args__ = (
        belongs_to("enterprise", "enterprise_id"),
        one_of("post", POSTS),
        tenant_index("enterprise_id", "post"),
        tenant_index("name_index"),
        tenant_index("phone_index", where=text("phone_index IS NOT NULL")),
        tenant_index("id_number_index", where=text("id_number_index IS NOT NULL")),
        tenant_index("certificate_expires_on", where=text("certificate_expires_on IS NOT NULL")),
    )

    enterprise_id: Mapped[UUID]
    post: Mapped[str]
    name: Mapped[bytes]
    """Sealed, as are phone and id_number; beside each what a page shows and what it is found by."""
    name_masked: Mapped[str]
    name_index: Mapped[bytes]
    phone: Mapped[bytes | None]
    phone_masked: Mapped[str | None]
    phone_index: Mapped[bytes | None]
    id_number: Mapped[bytes | None]
    id_number_masked: Mapped[str | None]
    id_number_index: Mapped[bytes | None]
    from_on: Mapped[date]
    to_on: Mapped[date | None]
    examined_on: Mapped[date | None]
    """Passed the examination of knowledge and ability (安全生产法 27)."""
    certificate_kind: Mapped[str | None]
    """For special operations: 低压电工, 焊接与热切割 …; for engineers the field."""
    certificate_no: Mapped[str | None]
    certificate_issued_on: Mapped[date | None]
    certificate_review_due: Mapped[date | None]
    certificate_expires_on: Mapped[date | None]
    created_at: Mapped[datetime]
    version: Mapped[int] = mapped_column()

    __mapper_args__ = {"version_id_col": version}

    @property
    def post_label(self) -> str:
        """The post as officials call it."""
        return POSTS[self.post]
