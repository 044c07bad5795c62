"""What is written down about a member, and whether it can be true."""

import re
from datetime import date
from uuid import UUID

import msgspec
from sqlalchemy import select

from services.kernel.keys import normalise_phone
from services.kernel.refusals import BadInput
from services.kernel.wording import tidy as tidy  # noqa: PLC0414 - the rooms of people take it from here
from services.kernel.work import Work
from services.tenancy.members.models import Department
from services.tenancy.roles import ENTERPRISE_ROLES, TOWN_ROLES, Role

DEPARTMENT_KINDS = {Role.TOWN_LEADER: "leadership", Role.TOWN_OFFICE: "office", Role.SECTOR_DEPARTMENT: "sector"}
KIND_WORDS = {"leadership": "镇领导", "office": "应急办", "sector": "行业部门"}
EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
LONGEST = {"name": 40, "post": 60, "email": 120, "certificate_no": 60}
WORDS = {"name": "姓名", "post": "职务", "email": "电子邮箱", "certificate_no": "执法证号"}


class MemberFacts(msgspec.Struct, frozen=True, kw_only=True):
    """A member as the office writes it down."""

    name: str
    role: Role
    post: str = ""
    department_id: UUID | None = None
    enterprise_id: UUID | None = None
    enterprise_name: str | None = None
    phone: str | None = ""
    """As typed; empty for none, None for the one that is already known."""
    email: str = ""
    certificate_no: str = ""
    certificate_from: date | None = None
    certificate_to: date | None = None
    """The last day on which the certificate is valid."""
    is_head: bool = False
    is_dedicated: bool = False
    same_phone: bool = False
    """The office has seen that somebody else has this number."""


async def checked(work: Work, facts: MemberFacts) -> tuple[MemberFacts, Department | None]:
    """The facts tidied, the number in its one spelling, and the department; raises BadInput with a sentence per field."""
    facts = msgspec.structs.replace(
        facts,
        name=tidy(facts.name),
        post=tidy(facts.post),
        email=tidy(facts.email),
        certificate_no=tidy(facts.certificate_no),
    )
    wrong = {**_lengths(facts), **_wrong_certificate(facts), **_wrong_place(facts)}
    if facts.email and not EMAIL.fullmatch(facts.email):
        wrong["email"] = "电子邮箱不对，例如 zhangsan@example.com"
    phone = _phone(facts.phone, wrong)
    department = None
    if facts.department_id and "department_id" not in wrong:
        department = await _department(work, facts, wrong)
    if wrong:
        raise BadInput(fields=wrong)
    return msgspec.structs.replace(facts, phone=phone), department


def _phone(typed: str | None, wrong: dict[str, str]) -> str | None:
    if typed is None or not typed.strip():
        return None if typed is None else ""
    try:
        return normalise_phone(typed)
    except BadInput as refusal:
        wrong["phone"] = refusal.sentence
        return typed


def _lengths(facts: MemberFacts) -> dict[str, str]:
    wrong = {} if facts.name else {"name": "请填写姓名"}
    for field, longest in LONGEST.items():
        if len(getattr(facts, field)) > longest:
            wrong[field] = f"{WORDS[field]}最多 {longest} 个字"
    return wrong


def _wrong_certificate(facts: MemberFacts) -> dict[str, str]:
    first, last = facts.certificate_from, facts.certificate_to
    if facts.certificate_no and not last:
        return {"certificate_to": "请填写执法证有效期的最后一天"}
    if last and not facts.certificate_no:
        return {"certificate_no": "填了有效期，请把执法证号也填上"}
    if first and last and first > last:
        return {"certificate_to": "有效期的最后一天不能早于第一天"}
    return {}


def _wrong_place(facts: MemberFacts) -> dict[str, str]:
    if facts.role in TOWN_ROLES and facts.department_id is None:
        return {"department_id": "请选择部门"}
    if facts.role in ENTERPRISE_ROLES and facts.enterprise_id is None:
        return {"enterprise_id": "请选择企业"}
    if facts.role not in ENTERPRISE_ROLES and facts.enterprise_id is not None:
        return {"enterprise_id": "只有企业人员才选企业，请改为“不适用”"}
    if facts.role not in TOWN_ROLES and facts.department_id is not None:
        return {"department_id": "企业人员不选部门，请改为“不适用”"}
    if facts.is_dedicated and facts.role is not Role.TOWN_OFFICE:
        return {"is_dedicated": "专职监管人员只能是应急办人员，请去掉勾选或改岗位"}
    return {}


async def _department(work: Work, facts: MemberFacts, wrong: dict[str, str]) -> Department | None:
    living = select(Department).where(Department.id == facts.department_id, Department.ended_on.is_(None))
    department = await work.first(living)
    kind = DEPARTMENT_KINDS[facts.role]
    if department is None:
        wrong["department_id"] = "这个部门已撤销，请另选一个"
    elif department.kind != kind:
        wrong["department_id"] = f"{facts.role.label}应在“{KIND_WORDS[kind]}”类的部门，请改选部门或岗位"
    return department
