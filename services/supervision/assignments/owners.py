"""To whom work can be given: the departments that are there, and the people who work in them."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select

from services.kernel.refusals import BadInput
from services.kernel.work import Work
from services.tenancy.members.models import Department, Member
from services.tenancy.roles import TOWN_ROLES


async def people(work: Work) -> Sequence[Member]:
    """The people of the town's departments who can be given work by name, heads first."""
    query = select(Member).where(Member.state == "active", Member.role.in_(sorted(TOWN_ROLES)))
    return await work.all(query.order_by(Member.is_head.desc(), Member.name))


async def department(work: Work, department_id: UUID, *, field: str) -> Department:
    """A department that can answer for work; raises BadInput beside the field where there is none any more."""
    found = await work.first(select(Department).where(Department.id == department_id))
    if found is None:
        raise BadInput(fields={field: "没有这个部门，请重新选择"})
    if found.ended_on is not None:
        raise BadInput(fields={field: f"{found.name}已撤销，请选择别的部门"})
    return found


async def person(work: Work, member_id: UUID, *, field: str) -> Member:
    """Somebody of the town who can be given work; raises BadInput beside the field for anybody else."""
    found = await work.first(select(Member).where(Member.id == member_id))
    if found is None:
        raise BadInput(fields={field: "没有这个人，请重新选择"})
    if found.state != "active":
        raise BadInput(fields={field: f"{found.name}已离岗，请选择别的人"})
    if found.role not in TOWN_ROLES:
        raise BadInput(fields={field: f"{found.name}不是本镇部门的人员，请重新选择"})
    return found


async def person_of(work: Work, theirs: Department, member_id: UUID, *, field: str) -> Member:
    """Somebody who works in that department now; raises BadInput beside the field for anybody else."""
    found = await person(work, member_id, field=field)
    if found.department_id != theirs.id:
        raise BadInput(fields={field: f"{found.name}不在{theirs.name}，请重新选择"})
    return found
