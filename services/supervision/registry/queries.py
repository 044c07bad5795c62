"""Which enterprises a person may see, chosen by facts."""

from collections.abc import Sequence
from uuid import UUID

import msgspec
from sqlalchemy import ColumnElement, Select, func, select, true

from services.kernel.trail import AuditEntry
from services.kernel.work import Work
from services.supervision.registry.choosing import EnterpriseFilter, conditions
from services.supervision.registry.models import Enterprise
from services.supervision.registry.reads import of_sectors_of
from services.tenancy.roles import Role
from services.tenancy.townships.models import Division

PAGE = 50


class Village(msgspec.Struct, frozen=True):
    """A village or community in which enterprises stand."""

    code: str
    name: str


def visible(work: Work) -> ColumnElement[bool]:
    """A sector department sees the enterprises of its sectors; the others of the town see all."""
    return of_sectors_of(work.identity.member_id) if work.identity.role == Role.SECTOR_DEPARTMENT else true()


def chosen(work: Work, facts: EnterpriseFilter) -> Select[Enterprise]:
    """The query behind the list, the export and the breakdown of a task: all three take exactly the same enterprises."""
    query = select(Enterprise).where(visible(work), *conditions(facts, work.today))
    return query.order_by(*_order(facts.sort), Enterprise.name, Enterprise.id)


def _order(sort: str) -> list[ColumnElement[object]]:
    columns = {
        "name": Enterprise.name,
        "headcount": Enterprise.headcount,
        "sector": Enterprise.sector,
        "village": Enterprise.village_code,
        "standard": Enterprise.standard_expires_on,
    }
    column = columns.get(sort.removeprefix("-"))
    if column is None:
        return []
    return [column.desc().nulls_last() if sort.startswith("-") else column.asc().nulls_last()]


async def one(work: Work, enterprise_id: UUID) -> Enterprise:
    """An enterprise that this person may see; raises NotFound."""
    return await work.one(select(Enterprise).where(Enterprise.id == enterprise_id, visible(work)))


async def all_chosen(work: Work, facts: EnterpriseFilter) -> Sequence[Enterprise]:
    """Every enterprise that the facts choose."""
    return await work.all(chosen(work, facts))


async def a_page(work: Work, facts: EnterpriseFilter, number: int) -> tuple[Sequence[Enterprise], int]:
    """One page of them, counted from 1, and how many there are in all."""
    query = chosen(work, facts)
    return await work.all(query.limit(PAGE).offset((number - 1) * PAGE)), await work.count(query)


async def after(work: Work, facts: EnterpriseFilter, cursor: UUID | None, limit: int) -> Sequence[Enterprise]:
    """The next enterprises after one, in the order in which they were registered."""
    query = select(Enterprise).where(visible(work), *conditions(facts, work.today))
    if cursor is not None:
        query = query.where(Enterprise.id > cursor)
    return await work.all(query.order_by(Enterprise.id).limit(limit))


async def villages(work: Work) -> Sequence[Village]:
    """The villages in which this person sees enterprises, by code; where the directory lacks a name, the code."""
    name = (
        select(Division.name)
        .where(Division.code == Enterprise.village_code, Division.valid_to.is_(None))
        .limit(1)
        .scalar_subquery()
    )
    query = select(Enterprise.village_code, func.min(name)).where(visible(work))
    rows = await work.rows(query.group_by(Enterprise.village_code).order_by(Enterprise.village_code))
    return [Village(code, name or code) for code, name in rows]


async def trail(work: Work, enterprise_id: UUID, *, most: int = 30) -> Sequence[AuditEntry]:
    """What was done about an enterprise, the latest first; refused attempts are not told."""
    query = select(AuditEntry).where(AuditEntry.enterprise_id == enterprise_id, AuditEntry.refused.is_(False))
    return await work.all(query.order_by(AuditEntry.at.desc(), AuditEntry.id.desc()).limit(most))
