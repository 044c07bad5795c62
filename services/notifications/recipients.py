"""Who is told: the members of a department or an enterprise, a department's head, the leaders, the office."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import ColumnElement, select

from services.kernel.work import Work
from services.tenancy.members.models import Member
from services.tenancy.roles import Role


async def members_of_department(work: Work, department_id: UUID) -> Sequence[UUID]:
    """Everyone who works in a department now."""
    return await _members(work, Member.department_id == department_id)


async def members_of_enterprise(work: Work, enterprise_id: UUID) -> Sequence[UUID]:
    """The legal representative and the safety officers of an enterprise."""
    return await _members(work, Member.enterprise_id == enterprise_id)


async def heads_of_department(work: Work, department_id: UUID) -> Sequence[UUID]:
    """The head of a department; where none is named, everyone in it, so that somebody hears."""
    heads = await _members(work, Member.department_id == department_id, Member.is_head.is_(True))
    return heads or await members_of_department(work, department_id)


async def leaders(work: Work) -> Sequence[UUID]:
    """The town's leaders."""
    return await _members(work, Member.role == Role.TOWN_LEADER)


async def office(work: Work) -> Sequence[UUID]:
    """Everyone in the town's emergency management office."""
    return await _members(work, Member.role == Role.TOWN_OFFICE)


async def overseers(work: Work) -> Sequence[UUID]:
    """The district's overseers, where the tenant of this work is a district."""
    return await _members(work, Member.role == Role.DISTRICT_OVERSEER)


async def _members(work: Work, *which: ColumnElement[bool]) -> Sequence[UUID]:
    return await work.all(select(Member.id).where(*which, Member.state == "active").order_by(Member.id))
