"""What programs ask of the registry all day long, as hot reads."""

from datetime import date
from typing import Final
from uuid import UUID

import msgspec
from sqlalchemy import ColumnElement, bindparam, func, select

from services.kernel.hot import Hot, as_stretch
from services.kernel.work import Work
from services.supervision.registry.models import Enterprise
from services.tenancy.members.models import Department, Member
from services.tenancy.roles import Role


class EnterpriseOut(msgspec.Struct, frozen=True, kw_only=True):
    """One enterprise as its town knows it."""

    id: UUID
    name: str
    credit_code: str | None
    no_code_reason: str | None
    industry_code: str
    sector: str
    size: str
    headcount: int
    village_code: str
    address: str
    production_state: str
    is_above_scale: bool
    is_peri_urban: bool
    is_smelter: bool
    is_state_owned: bool
    batch: str | None
    batch_done_on: date | None
    tags: list[str]
    standard_level: str | None
    standard_granted_on: date | None
    standard_expires_on: date | None
    insured_from: date | None
    insured_to: date | None
    left_on: date | None
    version: int

    @classmethod
    def of(cls, row: Enterprise) -> "EnterpriseOut":
        """The enterprise of a row."""
        return cls(**{name: getattr(row, name) for name in cls.__struct_fields__})


FIELDS: Final = select(*(getattr(Enterprise, name) for name in EnterpriseOut.__struct_fields__))
FIRST: Final = UUID(int=0)
"""Before every id."""


def of_sectors_of(member: ColumnElement[UUID] | UUID | None) -> ColumnElement[bool]:
    """The enterprises of the sectors that a member's department oversees."""
    sectors = select(func.unnest(Department.sectors)).join(
        Member, (Member.department_id == Department.id) & (Member.tenant_id == Department.tenant_id)
    )
    return Enterprise.sector.in_(sectors.where(Member.id == member))


_ONE = FIELDS.where(Enterprise.id == bindparam("id"))
_REST = FIELDS.where(Enterprise.left_on.is_(None), Enterprise.id > bindparam("cursor")).order_by(Enterprise.id)
_MINE = of_sectors_of(bindparam("member", type_=Member.id.type))
ONE: Final = {False: Hot(_ONE), True: Hot(_ONE.where(_MINE))}
REST: Final = {False: Hot(as_stretch(_REST, "id")), True: Hot(as_stretch(_REST.where(_MINE), "id"))}
"""Each once for those who see the whole town, and once for a sector department."""


async def one_out(work: Work, enterprise_id: UUID) -> EnterpriseOut:
    """An enterprise that this person may see; raises NotFound."""
    return EnterpriseOut(**await ONE[_is_sectoral(work)].row(work, id=enterprise_id, member=work.identity.member_id))


async def stretch(work: Work, cursor: UUID | None, limit: int) -> bytes:
    """All enterprises after one, in the order in which they were registered, as JSON."""
    values = {"cursor": cursor or FIRST, "limit": limit, "member": work.identity.member_id}
    found: str = (await REST[_is_sectoral(work)].row(work, **values))[0]
    return found.encode()


def _is_sectoral(work: Work) -> bool:
    return work.identity.role == Role.SECTOR_DEPARTMENT
