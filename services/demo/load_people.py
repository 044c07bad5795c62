"""Rows of the demo's departments, members and accounts; a dozen accounts are opened with passwords of this installation."""

import secrets
from datetime import date
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.demo.facts import DemoDistrict, Membership, Person
from services.demo.load_places import DISTRICT, PLATFORM
from services.kernel import clock
from services.kernel.clock import new_id
from services.kernel.keys import MasterKey, blind_index, normalise_phone, seal_field
from services.kernel.keys.fields import TenantKeys
from services.tenancy.members.models import Department, Member
from services.tenancy.roles import PLATFORM_ROLES, Role
from services.tenancy.signing_in import models as identity
from services.tenancy.signing_in.passwords import hash_password
from services.tenancy.tenant_keys import keys_of

OPENED = (
    "zhenxi.office1",
    "zhenxi.office2",
    "zhenxi.leaders1",
    "zhenxi.industry1",
    "zhenxi-15.legal",
    "zhenxi-15.safety",
    "zhenxi-35.legal",
    "zhenxi-35.safety",
    "shared.safety",
    "fuling.overseer1",
    "platform.operator",
    "platform.security",
    "platform.audit",
)
"""One account per role, a second one in the office so that work is accepted by another, a brickworks and a cannery, and one person with two towns."""

JOINED_ON = date(2024, 7, 1)
TWO_TOWNS = "shared.safety"
LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
Opened = list[tuple[str, str, str]]


async def load_people(
    session: AsyncSession,
    district: DemoDistrict,
    tenants: dict[str, UUID],
    enterprises: dict[str, UUID],
    master: MasterKey,
) -> Opened:
    """Everybody of the demo; gives (who, account, password) of the accounts that were opened."""
    departments = await _departments(session, district, tenants)
    users = await _users(session, district)
    names = {fact.key: fact.name for fact in district.enterprises}
    people = {person.key: person for person in district.people}
    opened: Opened = []
    for slug, tenant_id in tenants.items():
        keys = await keys_of(session, tenant_id, master=master, make_at=clock.now())
        assert keys is not None
        for fact in _members_of(district, slug):
            department_id = departments.get((slug, fact.department or ""))
            member = _member(
                fact, people[fact.person], tenant_id, department_id, enterprises.get(fact.enterprise or ""), keys
            )
            if Role(fact.role) not in PLATFORM_ROLES:
                session.add(member)
                await session.flush()
            session.add(_membership(fact, users[fact.person], member, names))
            if fact.person in OPENED and all(fact.person != login for _, login, _ in opened):
                place = names.get(fact.enterprise or "") or (
                    "" if slug in {DISTRICT, PLATFORM} else district_name(district, slug)
                )
                label = (
                    "两个镇都有企业的安全管理人员"
                    if fact.person == TWO_TOWNS
                    else f"{place} {Role(fact.role).label}".strip()
                )
                opened.append((label, fact.person, await _open(users[fact.person])))
    await session.flush()
    return sorted(opened, key=lambda row: OPENED.index(row[1]))


def district_name(district: DemoDistrict, slug: str) -> str:
    """The name of a town."""
    return next(town.name for town in district.townships if town.slug == slug)


def _members_of(district: DemoDistrict, slug: str) -> list[Membership]:
    if slug not in {DISTRICT, PLATFORM}:
        return list(district.members_of(slug))
    platform = slug == PLATFORM
    return [fact for fact in district.members_of(None) if (Role(fact.role) in PLATFORM_ROLES) == platform]


async def _departments(
    session: AsyncSession, district: DemoDistrict, tenants: dict[str, UUID]
) -> dict[tuple[str, str], UUID]:
    ids = {}
    for fact in district.departments:
        row = Department(
            tenant_id=tenants[fact.town],
            id=new_id(),
            name=fact.name,
            kind=fact.kind,
            sectors=[sector.value for sector in fact.sectors],
            aliases=list(fact.aliases),
        )
        session.add(row)
        ids[(fact.town, fact.key)] = row.id
    await session.flush()
    return ids


async def _users(session: AsyncSession, district: DemoDistrict) -> dict[str, identity.User]:
    users = {
        person.key: identity.User(
            id=new_id(), login=person.key, name=person.name, state="invited", created_at=clock.now()
        )
        for person in district.people
    }
    session.add_all(users.values())
    await session.flush()
    return users


async def _open(user: identity.User) -> str:
    password = "-".join("".join(secrets.choice(LETTERS) for _ in range(4)) for _ in range(3))
    user.password_hash, user.state, user.password_changed_at = await hash_password(password), "active", clock.now()
    return password


def _member(
    fact: Membership,
    person: Person,
    tenant_id: UUID,
    department_id: UUID | None,
    enterprise_id: UUID | None,
    keys: TenantKeys,
) -> Member:
    row_id, phone = new_id(), normalise_phone(person.phone)
    return Member(
        tenant_id=tenant_id,
        id=row_id,
        name=person.name,
        role=fact.role,
        post=fact.post,
        is_head=fact.is_head,
        department_id=department_id,
        enterprise_id=enterprise_id,
        phone=seal_field(keys, phone, tenant=tenant_id, table="member", column="phone", row=row_id),
        phone_index=blind_index(keys, phone),
        certificate_no=fact.certificate_no,
        certificate_from=fact.certificate_from,
        certificate_to=fact.certificate_to,
        is_dedicated=fact.is_dedicated,
        joined_on=JOINED_ON,
        created_at=clock.now(),
    )


def _membership(fact: Membership, user: identity.User, member: Member, names: dict[str, str]) -> identity.Membership:
    return identity.Membership(
        id=new_id(),
        user_id=user.id,
        tenant_id=member.tenant_id,
        member_id=None if Role(fact.role) in PLATFORM_ROLES else member.id,
        role=fact.role,
        enterprise_id=member.enterprise_id,
        enterprise_name=names.get(fact.enterprise or ""),
        department_id=member.department_id,
        sectors=[],
        created_at=clock.now(),
    )
