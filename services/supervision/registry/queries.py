"""Which enterprises a person may see, chosen by facts."""

from collections.abc import Sequence
from uuid import UUID

import msgspec
from sqlalchemy import ColumnElement, Select, func, or_, select, true

from services.kernel.work import Work
from services.supervision.registry.models import Enterprise
from services.tenancy.members.models import Department, Member
from services.tenancy.roles import Role

SECTORS = ("冶金", "有色", "建材", "机械", "轻工", "纺织", "烟草", "商贸")
LIKE = str.maketrans({"%": r"\%", "_": r"\_", "\\": r"\\"})
"""What a LIKE must not understand as its own."""
PRODUCTION = ("正常", "停产", "半停产", "在建", "关闭")


class EnterpriseFacts(msgspec.Struct, frozen=True, kw_only=True):
    """What enterprises are chosen by; every field may be left out, and all that are given must hold."""

    q: str = ""
    sector: str = ""
    tag: str = ""
    size: str = ""
    production_state: str = ""
    village: str = ""
    above_scale: bool = False
    peri_urban: bool = False
    smelter: bool = False
    headcount_over: int | None = None
    """More than so many: 100 means 101 and above."""
    with_left: bool = False
    """Also those that were struck off or moved away."""
    sort: str = "name"

    @property
    def is_empty(self) -> bool:
        """Nothing was chosen: every enterprise."""
        return self == EnterpriseFacts(sort=self.sort)


def visible(work: Work) -> ColumnElement[bool]:
    """A sector department sees the enterprises of its sectors; the others of the town see all."""
    if work.identity.role != Role.SECTOR_DEPARTMENT:
        return true()
    mine = (
        select(Department.sectors)
        .join(Member, (Member.department_id == Department.id) & (Member.tenant_id == Department.tenant_id))
        .where(Member.id == work.identity.member_id)
        .scalar_subquery()
    )
    return Enterprise.sector == func.any(mine)


def chosen(work: Work, facts: EnterpriseFacts) -> Select[tuple[Enterprise]]:
    """The query behind the list, the export and the breakdown of a task: all three take exactly the same enterprises."""
    query = select(Enterprise).where(visible(work), *_conditions(facts))
    columns = {"headcount": Enterprise.headcount.desc(), "sector": Enterprise.sector, "village": Enterprise.village_code}
    first = columns.get(facts.sort)
    return query.order_by(*([first] if first is not None else []), Enterprise.name, Enterprise.id)


def _conditions(facts: EnterpriseFacts) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = [] if facts.with_left else [Enterprise.left_on.is_(None)]
    if facts.q:
        like = f"%{facts.q.translate(LIKE)}%"
        found.append(or_(Enterprise.name.like(like), Enterprise.credit_code.like(like)))
    for column, value in (
        (Enterprise.sector, facts.sector),
        (Enterprise.size, facts.size),
        (Enterprise.production_state, facts.production_state),
        (Enterprise.village_code, facts.village),
    ):
        if value:
            found.append(column == value)
    for column, wanted in (
        (Enterprise.is_above_scale, facts.above_scale),
        (Enterprise.is_peri_urban, facts.peri_urban),
        (Enterprise.is_smelter, facts.smelter),
    ):
        if wanted:
            found.append(column.is_(True))
    if facts.tag:
        found.append(Enterprise.tags.any(facts.tag))
    if facts.headcount_over is not None:
        found.append(Enterprise.headcount > facts.headcount_over)
    return found


async def one(work: Work, enterprise_id: UUID) -> Enterprise:
    """An enterprise that this person may see; raises NotFound."""
    return await work.one(select(Enterprise).where(Enterprise.id == enterprise_id, visible(work)))


async def all_chosen(work: Work, facts: EnterpriseFacts) -> Sequence[Enterprise]:
    """Every enterprise that the facts choose."""
    return await work.all(chosen(work, facts))
