"""Somebody who forgot the password asks; the office makes sure who it is and hands over a new code, or does not."""

from collections.abc import Sequence
from uuid import UUID

import msgspec
from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from services.kernel import clock
from services.kernel.database import Scope, Sessions
from services.kernel.jobs import Job
from services.kernel.refusals import NotFound
from services.kernel.table import Login
from services.kernel.work import Identity, Work, open_work
from services.tenancy.forgotten.models import PasswordRequest
from services.tenancy.members.actions import new_activation
from services.tenancy.members.facts import tidy
from services.tenancy.members.models import Member
from services.tenancy.signing_in import throttles
from services.tenancy.signing_in.actions import normalised_login
from services.tenancy.signing_in.credentials import ActivationCode
from services.tenancy.signing_in.events import Visit
from services.tenancy.signing_in.models import Membership, User
from services.tenancy.signing_in.sessions import IDENTITY
from services.tenancy.townships.models import Tenant

RIGHT = "member:manage"
LONGEST_NOTE = 100
PER_ACCOUNT = 3
"""Wishes for one account, real or not, before it has to wait."""


class Asking(msgspec.Struct, frozen=True, kw_only=True):
    """An open wish and who it is about."""

    request: PasswordRequest
    member: Member


async def ask(sessions: Sessions, *, login: str, note: str, visit: Visit, tell: Job) -> None:
    """The offices of the towns in which the account acts are told; whether there is such an account, nobody learns.

    Raises TooManyAttempts.
    """
    now = clock.now()
    async with sessions.session(Login.IDENTITY, IDENTITY) as session:
        limits = {
            throttles.key_of("forgotten", normalised_login(login)): PER_ACCOUNT,
            throttles.key_of("address", visit.address): throttles.PER_ADDRESS,
        }
        try:
            await throttles.charge(session, limits, now)
            places = await _places(session, login)
        finally:
            await session.commit()
    for tenant_id, member_id in places:
        scope = Scope(tenant_id=tenant_id)
        identity = Identity(login=Login.IDENTITY, scope=scope, person="登录页", role="public")
        async with open_work(sessions, identity, frozenset(), now) as work:
            await _keep(work, member_id, tidy(note)[:LONGEST_NOTE], tell)


async def reissue(work: Work, request_id: UUID) -> ActivationCode:
    """The office has made sure who asks: a new code is handed over. Raises SeveralPlaces, AlreadyLeft and NotFound."""
    work.require(RIGHT)
    request = await _open(work, request_id)
    activation = await new_activation(work, request.member_id)
    _end(work, request, "issued")
    return activation


async def refuse(work: Work, request_id: UUID) -> PasswordRequest:
    """The office does not know who asked, or the person has remembered: nothing changes."""
    work.require(RIGHT)
    request = await _open(work, request_id)
    _end(work, request, "refused")
    return request


async def waiting(work: Work) -> Sequence[Asking]:
    """The open wishes of people who are still there, the oldest first; none for whoever could not answer them."""
    if not work.may(RIGHT):
        return []
    query = (
        select(PasswordRequest, Member)
        .join(Member, (Member.tenant_id == PasswordRequest.tenant_id) & (Member.id == PasswordRequest.member_id))
        .where(PasswordRequest.state == "open", Member.state == "active")
        .order_by(PasswordRequest.asked_at, PasswordRequest.id)
    )
    return [Asking(request=request, member=member) for request, member in await work.rows(query)]


async def _places(session: AsyncSession, login: str) -> Sequence[tuple[UUID, UUID]]:
    query = (
        select(Membership.tenant_id, Membership.member_id)
        .join(User, User.id == Membership.user_id)
        .join(Tenant, Tenant.id == Membership.tenant_id)
        .where(User.login == normalised_login(login), User.state.in_(["active", "invited"]))
        .where(Membership.state == "active", Membership.member_id.is_not(None))
        .where(Tenant.kind == "township", Tenant.state == "active")
        .order_by(Membership.id)
    )
    return [(row.tenant_id, row.member_id) for row in await session.execute(query)]


async def _keep(work: Work, member_id: UUID, note: str, tell: Job) -> None:
    made = (
        insert(PasswordRequest)
        .values(
            tenant_id=work.tenant_id,
            id=clock.new_id(),
            member_id=member_id,
            state="open",
            note=note,
            asked_at=work.now,
        )
        .on_conflict_do_nothing()
        .returning(PasswordRequest)
    )
    request = (await work.session.scalars(made)).first()
    if request is not None:
        work.record("password:forgotten", request)
        work.send(tell, request.id)


async def _open(work: Work, request_id: UUID) -> PasswordRequest:
    request = await work.get(PasswordRequest, request_id, lock=True)
    if request.state != "open":
        raise NotFound("这项申请已经办理过了")
    return request


def _end(work: Work, request: PasswordRequest, state: str) -> None:
    request.state, request.ended_at, request.ended_by = state, work.now, work.identity.person
    work.record(f"password:{state}", request)
