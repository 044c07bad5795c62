"""The town that tests live in: one call makes a place, a person or an enterprise; names are invented and obviously so."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.kernel.clock import new_id
from services.supervision.registry.models import Enterprise
from services.tenancy.members.models import Department, Member
from services.tenancy.roles import ENTERPRISE_ROLES, PLATFORM_ROLES, TOWN_ROLES, Role
from services.tenancy.signing_in.models import Membership, User
from services.tenancy.signing_in.passwords import HASHER
from services.tenancy.signing_in.person import Person, scope_of
from services.tenancy.townships.models import PLATFORM_TENANT, Tenant

THEN = datetime(2026, 1, 5, 1, 0, tzinfo=UTC)
PASSWORD = "示例口令 12345"
PASSWORD_HASH = HASHER.hash(PASSWORD)


@dataclass(slots=True)
class Town:
    """A township with its departments, enterprises and one person per role."""

    id: UUID
    name: str
    slug: str
    district_id: UUID
    people: dict[Role, Person] = field(default_factory=dict)
    departments: dict[str, UUID] = field(default_factory=dict)
    enterprises: list[UUID] = field(default_factory=list)

    def __getitem__(self, role: Role) -> Person:
        """The town's person in a role."""
        return self.people[role]


async def a_district(session: AsyncSession, name: str = "涪陵区") -> UUID:
    """A district."""
    row = Tenant(
        id=new_id(),
        kind="district",
        code="500102",
        name=name,
        full_name=f"重庆市{name}",
        slug=f"d-{new_id().hex[-8:]}",
        created_at=THEN,
    )
    session.add(row)
    await session.flush()
    return row.id


async def a_town(session: AsyncSession, name: str = "示例镇", *, district_id: UUID | None = None) -> Town:
    """A township with an office, a sector department, two enterprises and one signed-up person per role."""
    district_id = district_id or await a_district(session)
    tenant = Tenant(
        id=new_id(),
        kind="township",
        district_id=district_id,
        code="500102119",
        name=name,
        full_name=f"重庆市涪陵区{name}",
        slug=f"t-{new_id().hex[-8:]}",
        local_papers={"NOTICE": {"from": "2021-03-15", "until": None}},
        created_at=THEN,
    )
    session.add(tenant)
    await session.flush()
    town = Town(tenant.id, name, tenant.slug, district_id)
    for kind, department in (("leadership", "镇领导"), ("office", "应急办"), ("sector", "经济发展办")):
        town.departments[kind] = await a_department(session, town, department, kind)
    for number in ("甲", "乙"):
        town.enterprises.append((await an_enterprise(session, town, name=f"{name}示例{number}砖瓦厂")).id)
    for role in (*sorted(TOWN_ROLES), *sorted(ENTERPRISE_ROLES)):
        town.people[role] = await a_person(session, town, role)
    return town


async def a_department(session: AsyncSession, town: Town, name: str, kind: str = "sector") -> UUID:
    """A department of a town."""
    row = Department(
        tenant_id=town.id,
        id=new_id(),
        name=name,
        kind=kind,
        sectors=["建材", "机械"] if kind == "sector" else [],
        aliases=[],
    )
    session.add(row)
    await session.flush()
    return row.id


ENTERPRISE: Mapping[str, Any] = {
    "no_code_reason": "示例企业不登记代码",
    "industry_code": "3031",
    "sector": "建材",
    "size": "小",
    "headcount": 60,
    "village_code": "500102119201",
    "address": "示例路1号",
    "production_state": "正常",
    "is_above_scale": False,
    "is_peri_urban": False,
    "is_smelter": False,
    "is_state_owned": False,
    "ownership": "民营",
    "registered_on": THEN.date(),
    "tags": [],
    "created_at": THEN,
}


async def an_enterprise(session: AsyncSession, town: Town, **facts: Any) -> Enterprise:
    """An enterprise of a town; any fact can be given."""
    known = {"name": "示例企业", **ENTERPRISE, **facts}
    if known["is_state_owned"]:
        known["ownership"] = "市属国企"
    parts = known.get("headcount_dispatched", 0) + known.get("headcount_temporary", 0)
    row = Enterprise(tenant_id=town.id, id=new_id(), **{"headcount_own": known["headcount"] - parts, **known})
    session.add(row)
    await session.flush()
    return row


async def a_person(
    session: AsyncSession,
    town: Town,
    role: Role,
    *,
    name: str = "",
    department_id: UUID | None = None,
    enterprise_id: UUID | None = None,
    sectors: tuple[str, ...] = (),
) -> Person:
    """A member of a town with an account whose password is PASSWORD and whose login is `person.person`."""
    name = name or f"{town.name}{role.label}"
    kinds = {Role.TOWN_LEADER: "leadership", Role.TOWN_OFFICE: "office", Role.SECTOR_DEPARTMENT: "sector"}
    if role in kinds:
        department_id = department_id or town.departments[kinds[role]]
    if role in ENTERPRISE_ROLES:
        enterprise_id = enterprise_id or town.enterprises[0]
    member = Member(
        tenant_id=town.id,
        id=new_id(),
        name=name,
        role=role.value,
        post=role.label,
        department_id=department_id,
        enterprise_id=enterprise_id,
        joined_on=date(2026, 1, 5),
        created_at=THEN,
    )
    session.add(member)
    await session.flush()
    return await an_account(session, role, town.id, town.name, name=name, member=member, sectors=sectors)


async def an_account(
    session: AsyncSession,
    role: Role,
    tenant_id: UUID,
    tenant_name: str,
    *,
    name: str,
    member: Member | None = None,
    towns: tuple[UUID, ...] = (),
    sectors: tuple[str, ...] = (),
) -> Person:
    """A user with one membership."""
    user = User(
        id=new_id(), login=name.lower(), name=name, password_hash=PASSWORD_HASH, state="active", created_at=THEN
    )
    session.add(user)
    await session.flush()
    membership = Membership(
        id=new_id(),
        user_id=user.id,
        tenant_id=tenant_id,
        member_id=member.id if member else None,
        role=role.value,
        enterprise_id=member.enterprise_id if member else None,
        enterprise_name="示例甲砖瓦厂" if role in ENTERPRISE_ROLES else None,
        department_id=member.department_id if member else None,
        sectors=list(sectors),
        created_at=THEN,
    )
    session.add(membership)
    await session.flush()
    enterprise_id = member.enterprise_id if member else None
    return Person(
        login=role.login,
        scope=scope_of(role.login, tenant_id, towns, enterprise_id),
        person=name,
        role=role.value,
        user_id=user.id,
        member_id=member.id if member else None,
        membership_id=membership.id,
        tenant=tenant_id,
        tenant_name=tenant_name,
        towns=towns,
        enterprise_id=enterprise_id,
        enterprise_name=membership.enterprise_name or "",
        sectors=sectors,
        department_id=member.department_id if member else None,
    )


async def an_overseer(session: AsyncSession, district_id: UUID, towns: tuple[UUID, ...]) -> Person:
    """A district overseer who sees these towns."""
    member = Member(
        tenant_id=district_id,
        id=new_id(),
        name="示例区督导",
        role="district_overseer",
        post="督导",
        joined_on=date(2026, 1, 5),
        created_at=THEN,
    )
    session.add(member)
    await session.flush()
    return await an_account(
        session,
        Role.DISTRICT_OVERSEER,
        district_id,
        "涪陵区",
        name=f"示例区督导{member.id.hex[-6:]}",
        member=member,
        towns=towns,
    )


async def an_administrator(session: AsyncSession, role: Role) -> Person:
    """One of the three administrators."""
    assert role in PLATFORM_ROLES
    if await session.get(Tenant, PLATFORM_TENANT) is None:
        session.add(
            Tenant(
                id=PLATFORM_TENANT,
                kind="platform",
                code="0",
                name="平台",
                full_name="平台",
                slug="platform",
                created_at=THEN,
            )
        )
        await session.flush()
    return await an_account(session, role, PLATFORM_TENANT, "平台", name=f"示例{role.label}{new_id().hex[-6:]}")
