"""Signing in and out; each attempt leaves an event, and no answer tells whether an account exists."""

import unicodedata
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import Select, and_, delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.kernel import clock
from services.kernel.database import Sessions
from services.kernel.refusals import NotFound
from services.kernel.table import Login
from services.kernel.work import open_work
from services.tenancy.roles import Role
from services.tenancy.signing_in import devices, throttles
from services.tenancy.signing_in.events import LOGIN_SHAPE, Visit, note
from services.tenancy.signing_in.models import KnownDevice, Membership, User, UserSession
from services.tenancy.signing_in.passwords import QUEUE, verify_password
from services.tenancy.signing_in.person import Owed, Person, scope_of
from services.tenancy.signing_in.refusals import NoPlace, SignInRefused, TooManyAttempts
from services.tenancy.signing_in.sessions import (
    DOORSTEP,
    IDENTITY,
    end_sessions_of,
    owed,
    renew,
    start_session,
    token_hash,
)
from services.tenancy.townships.models import Tenant


class Entered(msgspec.Struct, frozen=True, kw_only=True):
    """A new session: the token for its cookie, what it owes first, and whether the person has several places."""

    token: str
    owes: Owed | None
    has_several_places: bool = False
    device: str | None = None
    """The word by which this browser is known the next time."""


def normalised_login(login: str) -> str:
    """One account, however its name was typed: NFKC, lower case, no blanks around; empty for what can be no account."""
    words = unicodedata.normalize("NFKC", login[:100]).strip().lower()
    return words if LOGIN_SHAPE.fullmatch(words) else ""


async def sign_in(
    sessions: Sessions,
    *,
    login: str,
    password: str,
    visit: Visit,
    demo: bool = False,
    instead_of: str | None = None,
    device: str | None = None,
) -> Entered:
    """A new session under the person's first membership; the browser's old one (`instead_of`) ends.

    `device` is what the browser brought from its last success. Raises SignInRefused, TooManyAttempts and, before anything
    is looked up, DoorBusy.
    """
    with QUEUE.place():
        now = clock.now()
        async with QUEUE.ledger:
            user, limits = await _let_try(sessions, login, device, visit, now)
        fits = await verify_password(user.password_hash if user else None, password)
        async with QUEUE.ledger, sessions.session(Login.IDENTITY, IDENTITY) as session:
            if user is None or not fits or user.state != "active":
                note(session, "refused", at=now, **named(user, login), address=visit.address)
                await session.commit()
                raise SignInRefused
            await throttles.forgive(session, limits)
            entered = await let_in(session, user, visit=visit, now=now, demo=demo)
            known = await devices.remember(session, user.id, now=now, brought=device)
            if instead_of:
                await session.execute(delete(UserSession).where(UserSession.token_hash == token_hash(instead_of)))
            await session.commit()
            return msgspec.structs.replace(entered, device=known)


def named(user: User | None, login: str) -> dict[str, Any]:
    """Whom an event is about: the account, or what was typed."""
    return {"login": user.login if user else login, "user_id": user.id if user else None}


async def _let_try(
    sessions: Sessions, login: str, device: str | None, visit: Visit, now: datetime
) -> tuple[User | None, Mapping[str, int]]:
    """The account that may be tried, after the attempt was charged; no connection is held while the password is hashed."""
    async with sessions.session(Login.IDENTITY, IDENTITY) as session:
        name = normalised_login(login)
        user, known = (await session.execute(_tried(name, device or "", now))).first() or (None, None)
        limits = throttles.limits_at(known) if known else throttles.limits_of("password", name, visit.address)
        try:
            await throttles.charge(session, limits, now)
        except TooManyAttempts:
            note(session, "locked", at=now, **named(user, login), address=visit.address)
            raise
        finally:
            await session.commit()
        return user, limits


def _tried(name: str, device: str, now: datetime) -> Select[User, UUID | None]:
    """The account of a name, and the known device that the browser is, if it is one of this account's."""
    its_own = and_(
        KnownDevice.user_id == User.id,
        KnownDevice.token_hash == token_hash(device),
        KnownDevice.expires_at > now,
    )
    return select(User, KnownDevice.id).outerjoin(KnownDevice, its_own).where(User.login == name)


async def enter(session: AsyncSession, user: User, *, visit: Visit, now: datetime, demo: bool) -> Entered:
    """Open a session for somebody who proved elsewhere who it is; the address alone was charged. Raises NoPlace."""
    await throttles.refund(session, throttles.key_of("address", visit.address), throttles.PER_ADDRESS)
    return await let_in(session, user, visit=visit, now=now, demo=demo)


async def let_in(session: AsyncSession, user: User, *, visit: Visit, now: datetime, demo: bool) -> Entered:
    """Open a session for somebody whose password or activation code was right; raises NoPlace."""
    places = (await session.execute(_places_of(user.id))).all()
    if not places:
        note(session, "no_place", at=now, login=user.login, user_id=user.id, address=visit.address)
        await session.commit()
        raise NoPlace
    token, row = start_session(
        session, user_id=user.id, membership_id=places[0].id, now=now, address=visit.address, agent=visit.agent
    )
    row.second_factor_at = now if demo else None
    owes = owed(
        Role(places[0].role),
        second_factor_at=row.second_factor_at,
        totp_confirmed_at=user.totp_confirmed_at,
        must_change_password=user.must_change_password,
    )
    if owes is Owed.CODE:
        row.expires_at = now + DOORSTEP
    note(session, "signed_in", at=now, login=user.login, user_id=user.id, address=visit.address, owes=owes)
    return Entered(token=token, owes=owes, has_several_places=len(places) > 1)


def _places_of(user_id: UUID) -> Select[UUID, str]:
    return (
        select(Membership.id, Membership.role)
        .join(Tenant, Tenant.id == Membership.tenant_id)
        .where(Membership.user_id == user_id, Membership.state == "active", Tenant.state == "active")
        .order_by(Membership.id)
    )


async def sign_out(sessions: Sessions, person: Person, visit: Visit) -> None:
    """The session ends; signing out twice is no mistake."""
    async with sessions.session(Login.IDENTITY, IDENTITY) as session:
        await session.execute(delete(UserSession).where(UserSession.id == person.session_id))
        await _note_of(session, person, "signed_out", visit)
        await session.commit()


async def sign_out_everywhere(sessions: Sessions, person: Person, visit: Visit) -> int:
    """Every session of the person ends, this one too, and no browser is known any more; returns how many were open."""
    assert person.user_id is not None
    async with sessions.session(Login.IDENTITY, IDENTITY) as session:
        await devices.end_devices_of(session, person.user_id)
        ended = await end_sessions_of(session, user_id=person.user_id)
        await _note_of(session, person, "signed_out_everywhere", visit, ended=ended)
        await session.commit()
        return ended


async def end_session(sessions: Sessions, person: Person, session_id: UUID, visit: Visit) -> None:
    """End one of the person's own sessions; raises NotFound for anybody else's."""
    async with sessions.session(Login.IDENTITY, IDENTITY) as session:
        mine = delete(UserSession).where(UserSession.id == session_id, UserSession.user_id == person.user_id)
        if (await session.execute(mine.returning(UserSession.id))).first() is None:
            raise NotFound
        await _note_of(session, person, "session_ended", visit)
        await session.commit()


async def switch(sessions: Sessions, person: Person, membership_id: UUID, visit: Visit) -> str:
    """Act under another of one's memberships: a new session in the place of the old, recorded where one goes.

    Raises NotFound where the membership is not this person's or has ended.
    """
    async with sessions.session(Login.IDENTITY, IDENTITY) as session:
        found = await session.execute(
            _places_of(person.user_id).add_columns(Membership.tenant_id).where(Membership.id == membership_id)  # type: ignore[arg-type]
        )
        target = found.first()
    if target is None:
        raise NotFound
    scope = scope_of(Login.IDENTITY, target.tenant_id, (), None)
    identity = msgspec.structs.replace(person.acting_on(Login.IDENTITY), scope=scope, role=target.role, member_id=None)
    async with open_work(sessions, identity, frozenset()) as work:
        old = await work.one(select(UserSession).where(UserSession.id == person.session_id).with_for_update())
        membership = await work.one(
            select(Membership).where(Membership.id == membership_id, Membership.state == "active")
        )
        token, _ = await renew(work.session, old, membership_id=membership.id, now=work.now)
        work.record("membership:switched_to", membership)
        await _note_of(work.session, person, "switched", visit, to=target.tenant_id, role=target.role)
    return token


async def _note_of(session: AsyncSession, person: Person, outcome: str, visit: Visit, **detail: object) -> None:
    login = await session.scalar(select(User.login).where(User.id == person.user_id))
    note(
        session,
        outcome,
        at=clock.now(),
        login=login or "",
        user_id=person.user_id,
        address=visit.address,
        **detail,
    )
