"""The departments of a town: added, changed and ended by the office."""

import re
from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import func, select, update

from services.kernel.refusals import BadInput, Stale
from services.kernel.work import Work
from services.regulation.industries import Sector
from services.tenancy.members.facts import KIND_WORDS, tidy
from services.tenancy.members.models import Department, Member
from services.tenancy.members.refusals import DepartmentHasPeople
from services.tenancy.roles import Role
from services.tenancy.signing_in.models import Membership

LONGEST_NAME = 40
MOST_ALIASES = 20


async def add_department(
    work: Work, *, name: str, kind: str, sectors: Sequence[str] = (), aliases: Sequence[str] = ()
) -> Department:
    """A new department (kind: leadership, office or sector); raises BadInput."""
    work.require("department:manage")
    return await new_department(work, name=name, kind=kind, sectors=sectors, aliases=aliases)


async def new_department(
    work: Work, *, name: str, kind: str, sectors: Sequence[str] = (), aliases: Sequence[str] = ()
) -> Department:
    """The same for whoever's right was checked already; raises BadInput."""
    values = await _checked(work, None, name=name, kind=kind, sectors=sectors, aliases=aliases)
    department = work.add(Department(**values, kind=kind))
    await work.flush()
    work.record("department:added", department, name=department.name, kind=kind)
    return department


async def change_department(
    work: Work, department_id: UUID, *, version: int, name: str, sectors: Sequence[str], aliases: Sequence[str]
) -> Department:
    """A new name, other sectors or other aliases; its people's sectors follow. Raises BadInput and Stale."""
    work.require("department:manage")
    department = await work.get(Department, department_id, lock=True)
    if department.version != version:
        raise Stale
    before = {"name": department.name, "sectors": department.sectors}
    values = await _checked(work, department, name=name, kind=department.kind, sectors=sectors, aliases=aliases)
    for column, value in values.items():
        setattr(department, column, value)
    await work.flush()
    await _hand_on_sectors(work, department)
    work.record("department:changed", department, before=before, name=department.name, sectors=department.sectors)
    return department


async def end_department(work: Work, department_id: UUID) -> Department:
    """A department without people ends today and stays in the records; raises DepartmentHasPeople."""
    work.require("department:manage")
    department = await work.get(Department, department_id, lock=True)
    staying = select(Member).where(Member.department_id == department.id, Member.state == "active")
    if people := await work.count(staying):
        raise DepartmentHasPeople(people)
    if department.ended_on is None:
        department.ended_on = work.today
        await work.flush()
        work.record("department:ended", department, name=department.name)
    return department


async def _checked(
    work: Work,
    department: Department | None,
    *,
    name: str,
    kind: str,
    sectors: Sequence[str],
    aliases: Sequence[str],
) -> dict[str, object]:
    name, wrong = tidy(name), {}
    if not name or len(name) > LONGEST_NAME:
        wrong["name"] = f"请填写部门名称，最多 {LONGEST_NAME} 个字"
    if kind not in KIND_WORDS:
        wrong["kind"] = "请选择部门类别"
    if unknown := [sector for sector in sectors if sector not in set(Sector)]:
        wrong["sectors"] = f"没有“{tidy(unknown[0])[:10]}”这个行业，请从列出的行业里选"
    if kind != "sector" and sectors:
        wrong["sectors"] = "只有行业部门才分管行业，请去掉勾选"
    others = select(Department).where(Department.name == name, Department.ended_on.is_(None))
    if department:
        others = others.where(Department.id != department.id)
    namesake = await work.first(others)
    if namesake:
        wrong["name"] = "已有同名的部门，请换一个名称"
    if wrong:
        raise BadInput(fields=wrong)
    return {"name": name, "sectors": sorted(set(sectors)), "aliases": _aliases(aliases)}


def _aliases(typed: Sequence[str]) -> list[str]:
    """Each alias once, in the order given; one text may hold several, set apart by commas, stops or line ends."""
    words = (tidy(word)[:LONGEST_NAME] for text in typed for word in re.split(r"[,，、;；\n]", text))
    return list(dict.fromkeys(filter(None, words)))[:MOST_ALIASES]


async def _hand_on_sectors(work: Work, department: Department) -> None:
    theirs = update(Membership).where(
        Membership.tenant_id == work.tenant_id,
        Membership.department_id == department.id,
        Membership.role == Role.SECTOR_DEPARTMENT.value,
        Membership.state == "active",
    )
    await work.session.execute(theirs.values(sectors=department.sectors).execution_options(synchronize_session=False))


async def people_in(work: Work) -> dict[UUID, int]:
    """How many active people each department has."""
    query = (
        select(Member.department_id, func.count())
        .where(Member.state == "active", Member.department_id.is_not(None))
        .group_by(Member.department_id)
    )
    return dict(await work.rows(query))
