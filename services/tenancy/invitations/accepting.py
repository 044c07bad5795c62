"""Whoever was handed a code sees who invites them as what, and accepts with a new account or the one they have."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from uuid import UUID

import msgspec
from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from services.kernel import clock
from services.kernel.database import Scope, Sessions
from services.kernel.jobs import Job
from services.kernel.keys import MasterKey, open_field
from services.kernel.refusals import BadInput, NotFound
from services.kernel.table import Login
from services.kernel.work import Identity, Work, open_work
from services.tenancy.invitations.models import Invitation, InvitationKey
from services.tenancy.invitations.refusals import InvitationRefused, SomebodyElse
from services.tenancy.invitations.sending import phone_place
from services.tenancy.members.accounts import LOGIN_HINT, roles_of, tie
from services.tenancy.members.facts import LONGEST, tidy
from services.tenancy.members.models import Member
from services.tenancy.members.phones import keep_phone
from services.tenancy.members.refusals import OneAdministrator
from services.tenancy.roles import PLATFORM_ROLES, Role
from services.tenancy.signing_in import throttles
from services.tenancy.signing_in.actions import Entered, enter, normalised_login
from services.tenancy.signing_in.codes import code_hash
from services.tenancy.signing_in.events import Visit, note
from services.tenancy.signing_in.models import Membership, User
from services.tenancy.signing_in.oidc.links import Proven, tie_identity
from services.tenancy.signing_in.passwords import QUEUE, check_password, hash_password
from services.tenancy.signing_in.person import Person
from services.tenancy.signing_in.sessions import IDENTITY
from services.tenancy.tenant_keys import keys_of
from services.tenancy.townships.models import Tenant


class Shown(msgspec.Struct, frozen=True, kw_only=True):
    """What an invited person sees before deciding."""

    town: str
    enterprise: str
    role: Role
    name: str
    expires_at: datetime


class Newcomer(msgspec.Struct, frozen=True, kw_only=True):
    """What somebody without an account types."""

    login: str
    name: str
    password: str
    again: str


async def look_up(sessions: Sessions, code: str, visit: Visit) -> Shown:
    """Who invites whom as what; that it was opened is kept. Raises InvitationRefused and TooManyAttempts."""
    async with _found(sessions, code, visit) as (work, invitation):
        if invitation.state == "sent":
            invitation.state, invitation.opened_at = "opened", work.now
            work.record("invitation:opened", invitation)
        town = await work.one(select(Tenant.full_name).where(Tenant.id == work.tenant_id))
        return Shown(
            town=town,
            enterprise=invitation.enterprise_name,
            role=Role(invitation.role),
            name=invitation.name,
            expires_at=invitation.expires_at,
        )


async def accept_new(
    sessions: Sessions,
    code: str,
    who: Newcomer,
    *,
    visit: Visit,
    master: MasterKey,
    tell: Job,
    proven: Proven | None = None,
    demo: bool = False,
) -> Entered:
    """An account, its place in the enterprise and its first session, all in one transaction; the office is told by `tell`.

    `proven` is what a provider has just said of the same person; it is tied to the account.
    Raises BadInput (the code is not spent), InvitationRefused and TooManyAttempts.
    """
    login = _checked_login(who.login)
    check_password(who.password, login=login, again=who.again)
    with QUEUE.place():
        kept = await hash_password(who.password)
        async with _found(sessions, code, visit) as (work, invitation):
            name = _name_of(invitation, who.name)
            user = await _new_account(work, login, name, kept)
            if proven:
                await tie_identity(work.session, user, proven, visit=visit, now=work.now)
            await _become(work, invitation, user, name, master=master, tell=tell)
            note(work.session, "activated", at=work.now, login=login, user_id=user.id, address=visit.address)
            await _charge(work.session, visit, work.now)
            return await enter(work.session, user, visit=visit, now=work.now, demo=demo)


async def accept_as(
    sessions: Sessions, code: str, person: Person, *, visit: Visit, master: MasterKey, tell: Job
) -> UUID:
    """A person who has an account gets one more place; tells the id of its membership.

    Raises BadInput where they act there already, SomebodyElse, OneAdministrator, InvitationRefused, TooManyAttempts.
    """
    async with _found(sessions, code, visit) as (work, invitation):
        user = await work.session.get(User, person.user_id, with_for_update=True)
        if user is None or user.state != "active":
            raise InvitationRefused
        if invitation.name and invitation.name != user.name:
            raise SomebodyElse(invitation.name)
        if await roles_of(work, user.id) & PLATFORM_ROLES:
            raise OneAdministrator
        membership = await _become(work, invitation, user, user.name, master=master, tell=tell)
        return membership.id


@asynccontextmanager
async def _found(sessions: Sessions, code: str, visit: Visit) -> AsyncIterator[tuple[Work, Invitation]]:
    """The Work inside the town that a code leads to, and the invitation, locked; every guess is charged first."""
    now = clock.now()
    async with sessions.session(Login.IDENTITY, IDENTITY) as session:
        try:
            await _charge(session, visit, now)
            found = await session.get(InvitationKey, code_hash(code))
            if found is not None:
                await throttles.refund(session, _key(visit), throttles.PER_ADDRESS)
        finally:
            await session.commit()
    if found is None:
        raise InvitationRefused
    identity = Identity(login=Login.IDENTITY, scope=Scope(tenant_id=found.tenant_id), person="受邀人", role="invited")
    async with open_work(sessions, identity, frozenset(), now) as work:
        try:
            invitation = await work.get(Invitation, found.invitation_id, lock=True)
        except NotFound:
            raise InvitationRefused from None
        if invitation.state not in {"sent", "opened"} or invitation.expires_at <= now:
            raise InvitationRefused
        yield work, invitation


def _key(visit: Visit) -> str:
    return throttles.key_of("address", visit.address)


async def _charge(session: AsyncSession, visit: Visit, now: datetime) -> None:
    await throttles.charge(session, {_key(visit): throttles.PER_ADDRESS}, now)


def _checked_login(typed: str) -> str:
    login = normalised_login(typed)
    if not login:
        raise BadInput(fields={"login": LOGIN_HINT})
    return login


def _name_of(invitation: Invitation, typed: str) -> str:
    name = invitation.name or tidy(typed)
    if not name or len(name) > LONGEST["name"]:
        raise BadInput(fields={"name": f"请填写真实姓名，最多 {LONGEST['name']} 个字"})
    return name


async def _new_account(work: Work, login: str, name: str, kept: str) -> User:
    made = (
        insert(User)
        .values(
            id=clock.new_id(),
            login=login,
            name=name,
            password_hash=kept,
            password_changed_at=work.now,
            must_change_password=False,
            state="active",
            created_at=work.now,
        )
        .on_conflict_do_nothing()
        .returning(User)
    )
    user = (await work.session.scalars(made)).first()
    if user is None:
        raise BadInput(fields={"login": "这个账号已有人使用，请换一个；如果是您本人的账号，请选“用已有账号接受”"})
    return user


async def _become(
    work: Work, invitation: Invitation, user: User, name: str, *, master: MasterKey, tell: Job
) -> Membership:
    """The invited person becomes a member of the enterprise, and the code is spent."""
    role = Role(invitation.role)
    work.identity = msgspec.structs.replace(work.identity, person=name, role=role.value, user_id=user.id)
    member = work.add(
        Member(
            name=name,
            role=role.value,
            post=role.label,
            enterprise_id=invitation.enterprise_id,
            joined_on=work.today,
            created_at=work.now,
        )
    )
    await keep_phone(work, member, await _phone(work, invitation, master), master=master)
    await work.flush()
    membership = await tie(work, user, role, member=member, enterprise_name=invitation.enterprise_name, sectors=[])
    invitation.state, invitation.ended_at, invitation.member_id = "used", work.now, member.id
    invitation.phone = None
    await work.session.execute(delete(InvitationKey).where(InvitationKey.invitation_id == invitation.id))
    work.record("member:added", member, role=role, login=user.login)
    work.record("invitation:accepted", invitation, login=user.login)
    work.send(tell, invitation.id)
    await work.flush()
    return membership


async def _phone(work: Work, invitation: Invitation, master: MasterKey) -> str | None:
    if invitation.phone is None:
        return None
    keys = await keys_of(work.session, work.tenant_id, master=master)
    assert keys is not None
    return open_field(keys, invitation.phone, **phone_place(invitation))
