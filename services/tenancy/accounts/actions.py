"""Accounts are granted, reset and locked by the security administrator, never by who uses them."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from uuid import UUID

import msgspec
from sqlalchemy import select

from services.kernel.database import Sessions
from services.kernel.keys import MasterKey
from services.kernel.refusals import BadInput, NotFound, Refusal
from services.kernel.table import Login
from services.kernel.work import Work, open_work
from services.tenancy.members.accounts import account_named, tie, user_of
from services.tenancy.members.actions import join
from services.tenancy.members.departments import new_department
from services.tenancy.members.facts import DEPARTMENT_KINDS, MemberFacts
from services.tenancy.members.models import Department, Member
from services.tenancy.roles import PLATFORM_ROLES, TOWN_ROLES, Role
from services.tenancy.signing_in.actions import normalised_login
from services.tenancy.signing_in.credentials import ActivationCode, issue_activation
from services.tenancy.signing_in.credentials import set_password as set_the_password
from services.tenancy.signing_in.events import note
from services.tenancy.signing_in.models import User
from services.tenancy.signing_in.person import Person, scope_of
from services.tenancy.signing_in.second_factors import forget_second_factor
from services.tenancy.signing_in.sessions import end_sessions_of
from services.tenancy.townships.models import PLATFORM_TENANT, Tenant

GRANTED = (Role.TOWN_OFFICE, Role.TOWN_LEADER, Role.DISTRICT_OVERSEER)
"""The roles whose accounts come from the security administrator; a town's others come from its office."""
FIRST_DEPARTMENTS = {"leadership": "镇领导", "office": "应急办", "sector": "行业部门"}


class Granted(msgspec.Struct, frozen=True, kw_only=True):
    """An account that was granted; the code is None where its person has a password already."""

    user: User
    member: Member | None
    activation: ActivationCode | None


class NotOneself(Refusal):
    """Nobody locks or resets the account under which they are working."""

    def __init__(self) -> None:
        super().__init__("不能停用或重置自己的账号，请由另一位管理员办理")


@asynccontextmanager
async def within(sessions: Sessions, person: Person, tenant_id: UUID) -> AsyncIterator[Work]:
    """The security administrator's Work inside the place for which an account is granted; the place's trail keeps it."""
    scope = scope_of(Login.IDENTITY, tenant_id, (), None)
    identity = msgspec.structs.replace(person.acting_on(Login.IDENTITY), scope=scope)
    async with open_work(sessions, identity, person.rights) as work:
        yield work


async def grant(
    work: Work, *, login: str, name: str, role: Role, post: str = "", phone: str = "", master: MasterKey
) -> Granted:
    """An account for a town's office or leader, a district's overseer, or one of the three administrators.

    `work` is on the identity login within that place; the three come from the command line alone.
    Raises BadInput and OneAdministrator.
    """
    work.require("account:grant")
    if role in PLATFORM_ROLES:
        return await _grant_administrator(work, login=login, name=name, role=role)
    if role not in GRANTED:
        raise BadInput(fields={"role": "这个岗位的账号由本镇应急办在“人员”里添加"})
    department = await _first_department(work, role) if role in TOWN_ROLES else None
    facts = MemberFacts(
        name=name, role=role, post=post, phone=phone, department_id=department.id if department else None
    )
    added = await join(work, facts, login=login, master=master)
    return _granted(work, await user_of(work, added.member), role, added.member, added.activation)


async def set_password(work: Work, *, login: str, password: str, must_change: bool = False) -> None:
    """Set the password of an account, for the command line and the demo; raises NotFound and BadInput."""
    work.require("account:set_password")
    user = await work.one(select(User).where(User.login == normalised_login(login)).with_for_update())
    await set_the_password(work.session, user, password, now=work.now, must_change=must_change)
    work.record("account:password_set", user)


async def new_activation(work: Work, user_id: UUID) -> ActivationCode:
    """A new code for somebody who forgot the password; the old password works until it is used."""
    work.require("account:reset")
    user = await _account(work, user_id)
    work.record("account:activation_issued", user)
    return issue_activation(work.session, user, now=work.now, by=work.identity.person)


async def reset_second_factor(work: Work, user_id: UUID) -> User:
    """Somebody lost phone and recovery codes: all sessions end, the next sign-in sets up a new second factor."""
    work.require("account:reset")
    user = await _account(work, user_id)
    await forget_second_factor(work.session, user)
    await end_sessions_of(work.session, user_id=user.id)
    note(work.session, "second_factor_reset", at=work.now, login=user.login, user_id=user.id, by=work.identity.person)
    work.record("account:second_factor_reset", user)
    return user


async def lock(work: Work, user_id: UUID) -> User:
    """An account is out of use at once: no sign-in, no session."""
    work.require("account:lock")
    user = await _account(work, user_id)
    user.state = "locked"
    await end_sessions_of(work.session, user_id=user.id)
    note(work.session, "account_locked", at=work.now, login=user.login, user_id=user.id, by=work.identity.person)
    work.record("account:locked", user)
    return user


async def unlock(work: Work, user_id: UUID) -> User:
    """A locked account may be used again with the password it had."""
    work.require("account:lock")
    user = await _account(work, user_id)
    if user.state == "locked":
        user.state = "active" if user.password_hash else "invited"
        note(work.session, "account_unlocked", at=work.now, login=user.login, user_id=user.id, by=work.identity.person)
        work.record("account:unlocked", user)
    return user


async def _grant_administrator(work: Work, *, login: str, name: str, role: Role) -> Granted:
    work.require("administrator:grant")
    if work.tenant_id != PLATFORM_TENANT:
        raise BadInput(fields={"role": "三员只属于平台，不属于镇街或区县"})
    user = await account_named(work, login, name, role)
    membership = await tie(work, user, role, member=None, enterprise_name=None, sectors=[])
    work.record("account:granted", membership, role=role, login=user.login)
    fresh = user.password_hash is None
    activation = issue_activation(work.session, user, now=work.now, by=work.identity.person) if fresh else None
    return _granted(work, user, role, None, activation)


def _granted(work: Work, user: User, role: Role, member: Member | None, activation: ActivationCode | None) -> Granted:
    note(work.session, "account_granted", at=work.now, login=user.login, user_id=user.id, to=work.tenant_id, role=role)
    return Granted(user=user, member=member, activation=activation)


async def _first_department(work: Work, role: Role) -> Department:
    """The town's department for a role, made with the first account where there is none."""
    kind = DEPARTMENT_KINDS[role]
    if await work.one(select(Tenant.kind).where(Tenant.id == work.tenant_id)) != "township":
        raise BadInput(fields={"role": "这个岗位只在镇街，请另选单位或岗位"})
    living = select(Department).where(Department.kind == kind, Department.ended_on.is_(None)).order_by(Department.id)
    return await work.first(living) or await new_department(work, name=FIRST_DEPARTMENTS[kind], kind=kind)


async def _account(work: Work, user_id: UUID) -> User:
    if user_id == work.identity.user_id:
        raise NotOneself
    user = await work.session.get(User, user_id, with_for_update=True)
    if user is None:
        raise NotFound
    return user
