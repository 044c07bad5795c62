"""Who works in the town, department by department."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import case, func, or_, select

from services.kernel.keys import MasterKey
from services.kernel.refusals import BadInput
from services.kernel.work import Work
from services.regulation.lights import AMBER_DAYS
from services.tenancy.members import phones
from services.tenancy.members.models import Department, Member

PAGE = 50
DEDICATED_REQUIRED = 2
"""Full-time supervisors that a town's office must have (珍溪府发〔2021〕29号 三(一)2)."""
KIND_ORDER = case({"leadership": 0, "office": 1, "sector": 2}, value=Department.kind, else_=3)
LIKE = str.maketrans({"%": r"\%", "_": r"\_", "\\": r"\\"})


class MemberFilter(msgspec.Struct, frozen=True, kw_only=True):
    """Which people are asked for; every field may be left out."""

    q: str = ""
    """A part of the name or the post, or a whole telephone number."""
    department: UUID | None = None
    role: str = ""
    certificate: str = ""
    """valid, soon (ends within seven days) or expired."""
    state: str = "active"
    page: int = 1


class MemberRow(msgspec.Struct, frozen=True, kw_only=True):
    """One line of the ledger; the number is opened only to be masked."""

    member: Member
    department: str | None
    phone: str | None

    @property
    def id(self) -> UUID:
        """The person's."""
        return self.member.id


async def members(work: Work, asked: MemberFilter, *, master: MasterKey) -> tuple[list[MemberRow], int]:
    """One page of the ledger, leaders first, then the office, the sectors and the enterprises; and how many there are."""
    work.require("member:read")
    query = await _matching(work, asked, master)
    ordered = query.order_by(
        KIND_ORDER, Department.name, Member.enterprise_id, Member.is_head.desc(), Member.name, Member.id
    )
    found = await work.rows(ordered.limit(PAGE).offset((asked.page - 1) * PAGE))
    return await _rows(work, found, master), await work.count(query)


async def members_after(
    work: Work, asked: MemberFilter, cursor: UUID | None, limit: int, *, master: MasterKey
) -> tuple[list[MemberRow], int]:
    """The next people after one, in the order in which they were written down; and how many there are in all."""
    work.require("member:read")
    query = await _matching(work, asked, master)
    rest = query.where(Member.id > cursor) if cursor else query
    found = await work.rows(rest.order_by(Member.id).limit(limit))
    return await _rows(work, found, master), await work.count(query)


async def _rows(work: Work, found: Sequence[Any], master: MasterKey) -> list[MemberRow]:
    numbers = await phones.phones_of(work, [member for member, _ in found], master=master)
    return [
        MemberRow(member=member, department=department, phone=numbers.get(member.id)) for member, department in found
    ]


async def _matching(work: Work, asked: MemberFilter, master: MasterKey) -> Any:
    query = select(Member, Department.name.label("department_name")).outerjoin(
        Department, (Department.tenant_id == Member.tenant_id) & (Department.id == Member.department_id)
    )
    query = query.where(Member.state == ("left" if asked.state == "left" else "active"))
    if asked.q:
        query = query.where(await _named(work, asked.q, master))
    if asked.department:
        query = query.where(Member.department_id == asked.department)
    if asked.role:
        query = query.where(Member.role == asked.role)
    soon = work.today + timedelta(days=AMBER_DAYS)
    ends = {
        "valid": Member.certificate_to >= work.today,
        "soon": Member.certificate_to.between(work.today, soon),
        "expired": Member.certificate_to < work.today,
    }
    return query.where(ends[asked.certificate]) if asked.certificate in ends else query


async def _named(work: Work, q: str, master: MasterKey) -> Any:
    like = f"%{q.translate(LIKE)}%"
    named = or_(Member.name.like(like), Member.post.like(like))
    try:
        index = await phones.index_of(work, q, master=master)
    except BadInput:
        return named
    return named if index is None else Member.phone_index == index


async def departments(work: Work, *, with_ended: bool = False) -> Sequence[Department]:
    """The departments: leaders, office, sectors; those that ended last, where asked for."""
    query = select(Department).order_by(Department.ended_on.is_not(None), KIND_ORDER, Department.name)
    return await work.all(query if with_ended else query.where(Department.ended_on.is_(None)))


async def dedicated_supervisors(work: Work) -> int:
    """How many full-time supervisors the office has today; who left is not counted."""
    query = (
        select(func.count())
        .select_from(Member)
        .join(Department, (Department.tenant_id == Member.tenant_id) & (Department.id == Member.department_id))
        .where(
            Member.tenant_id == work.tenant_id,
            Member.state == "active",
            Member.is_dedicated.is_(True),
            Department.kind == "office",
            or_(Member.left_on.is_(None), Member.left_on >= work.today),
        )
    )
    return await work.session.scalar(query) or 0
