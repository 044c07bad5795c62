"""The form of one person: what may be chosen, and what was typed as facts."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from sqlalchemy import select

from services.kernel.refusals import BadInput
from services.kernel.work import Work
from services.portal.fields import day, identifier, ticked, word
from services.supervision import registry
from services.tenancy import members
from services.tenancy.roles import ENTERPRISE_ROLES, TOWN_ROLES, Role

KINDS = {"town": TOWN_ROLES, "enterprise": ENTERPRISE_ROLES}


def in_order(roles: Iterable[Role]) -> list[Role]:
    """Roles in the order in which the roles are written down."""
    return [role for role in Role if role in set(roles)]


def kind_of(typed: str) -> str:
    """Whether the form is about the town's own people or an enterprise's."""
    return typed if typed in KINDS else "town"


def kind_of_role(role: Role) -> str:
    """The form for somebody in this role."""
    return "enterprise" if role in ENTERPRISE_ROLES else "town"


async def choices(work: Work, kind: str) -> dict[str, Any]:
    """What the form's lists offer."""
    context: dict[str, Any] = {"kind": kind, "roles": [(role.value, role.label) for role in in_order(KINDS[kind])]}
    if kind == "town":
        departments = await members.departments(work)
        options = [(str(one.id), f"{one.name}（{members.KIND_WORDS[one.kind]}）") for one in departments]
        return context | {"departments": options, "enterprises": []}
    return context | {"departments": [], "enterprises": await _enterprises(work)}


async def _enterprises(work: Work) -> list[tuple[str, str]]:
    found = await registry.all_chosen(work, registry.EnterpriseFilter())
    return [(str(one.id), one.name) for one in found]


async def names_of(work: Work, ids: set[UUID]) -> dict[UUID, str]:
    """The names of enterprises."""
    found = await work.all(select(registry.Enterprise).where(registry.Enterprise.id.in_(ids)))
    return {one.id: one.name for one in found}


async def facts_of(work: Work, data: dict[str, Any], kind: str, *, changing: bool = False) -> members.MemberFacts:
    """What was typed; an empty number means the known one where a person is changed. Raises BadInput."""
    wrong: dict[str, str] = {}
    first, last = day(data, "certificate_from", wrong), day(data, "certificate_to", wrong)
    role = next((role for role in KINDS[kind] if role.value == word(data, "role")), None)
    if role is None:
        wrong["role"] = "请选择岗位"
    enterprise = identifier(data, "enterprise_id")
    name = (await names_of(work, {enterprise})).get(enterprise) if enterprise else None
    if enterprise and name is None:
        wrong["enterprise_id"] = "没有找到这家企业，请重新选择"
    if role is None or wrong:
        raise BadInput(fields=wrong)
    phone = word(data, "phone").strip()
    return members.MemberFacts(
        name=word(data, "name"),
        role=role,
        post=word(data, "post"),
        department_id=identifier(data, "department_id"),
        enterprise_id=enterprise,
        enterprise_name=name,
        phone=None if changing and not phone and not ticked(data, "no_phone") else phone,
        email=word(data, "email"),
        certificate_no=word(data, "certificate_no"),
        certificate_from=first,
        certificate_to=last,
        is_head=ticked(data, "is_head"),
        is_dedicated=ticked(data, "is_dedicated"),
        same_phone=ticked(data, "same_phone"),
    )


def values_of(member: members.Member) -> dict[str, Any]:
    """A member as the form shows it; the number is never put into the form."""
    return {
        "name": member.name,
        "role": member.role,
        "post": member.post,
        "department_id": str(member.department_id or ""),
        "enterprise_id": str(member.enterprise_id or ""),
        "email": member.email or "",
        "certificate_no": member.certificate_no or "",
        "certificate_from": member.certificate_from.isoformat() if member.certificate_from else "",
        "certificate_to": member.certificate_to.isoformat() if member.certificate_to else "",
        "is_head": member.is_head,
        "is_dedicated": member.is_dedicated,
        "version": member.version,
    }
