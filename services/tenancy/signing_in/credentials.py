"""Passwords set and changed, and the activation codes with which an account is opened for the first time."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from uuid import UUID

import msgspec
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from services.kernel import clock
from services.kernel.database import Sessions
from services.kernel.refusals import BadInput
from services.kernel.table import Login
from services.tenancy.signing_in import devices, throttles
from services.tenancy.signing_in.actions import Entered, let_in, named, normalised_login
from services.tenancy.signing_in.codes import code_hash, new_code
from services.tenancy.signing_in.events import Visit, note
from services.tenancy.signing_in.models import User, UserSession
from services.tenancy.signing_in.passwords import QUEUE, check_password, hash_password, verify_password
from services.tenancy.signing_in.person import Person
from services.tenancy.signing_in.refusals import ActivationRefused, TooManyAttempts
from services.tenancy.signing_in.sessions import IDENTITY, end_sessions_of, renew

ACTIVATION_LASTS = timedelta(days=7)


class ActivationCode(msgspec.Struct, frozen=True, kw_only=True):
    """What is handed over to a person, shown once."""

    login: str
    name: str
    code: str
    expires_at: datetime


def issue_activation(session: AsyncSession, user: User, *, now: datetime, by: str) -> ActivationCode:
    """A new one-time code for an account; any earlier one is void, and the password stays until it is used."""
    code = new_code()
    user.activation_hash, user.activation_expires_at = code_hash(code), now + ACTIVATION_LASTS
    note(session, "activation_issued", at=now, login=user.login, user_id=user.id, by=by)
    return ActivationCode(login=user.login, name=user.name, code=code, expires_at=user.activation_expires_at)


async def activate(
    sessions: Sessions, *, login: str, code: str, password: str, again: str, visit: Visit, demo: bool = False
) -> Entered:
    """Set the password with the one-time code and come in; all other sessions of the account end.

    Raises BadInput for a weak password (the code is not spent), ActivationRefused and TooManyAttempts.
    """
    check_password(password, login=normalised_login(login), again=again)
    with QUEUE.place():
        now = clock.now()
        kept = await hash_password(password)
        async with sessions.session(Login.IDENTITY, IDENTITY) as session:
            limits = throttles.limits_of("activation", normalised_login(login), visit.address)
            user = await _spend_activation(session, login, code, limits, visit, now)
            user.activation_hash = user.activation_expires_at = None
            _set(user, kept, now)
            user.state = "active"
            await _end_everything(session, user)
            note(session, "activated", at=now, login=user.login, user_id=user.id, address=visit.address)
            await throttles.forgive(session, limits)
            entered = await let_in(session, user, visit=visit, now=now, demo=demo)
            known = await devices.remember(session, user.id, now=now)
            await session.commit()
            return msgspec.structs.replace(entered, device=known)


async def change_password(
    sessions: Sessions, person: Person, *, current: str, password: str, again: str, visit: Visit
) -> str:
    """A new password; this session is rotated, the person's others end, and no browser is known any more.

    Raises BadInput and TooManyAttempts.
    """
    assert person.user_id is not None
    now = clock.now()
    user = await _account(sessions, person.user_id)
    check_password(password, login=user.login, again=again)
    if password == current:
        raise BadInput(fields={"password": "新密码不能和原密码一样"})
    key = throttles.key_of("change", str(user.id))
    async with sessions.session(Login.IDENTITY, IDENTITY) as session:
        await throttles.charge(session, {key: throttles.PER_PERSON}, now)
        await session.commit()
    with QUEUE.place():
        if not await verify_password(user.password_hash, current):
            raise BadInput(fields={"current": "原密码不正确"})
        kept = await hash_password(password)
    async with sessions.session(Login.IDENTITY, IDENTITY) as session:
        _set(await session.get_one(User, user.id, with_for_update=True), kept, now)
        await throttles.clear(session, key)
        old = (await session.scalars(select(UserSession).where(UserSession.id == person.session_id))).one()
        token, row = await renew(session, old, membership_id=old.membership_id, now=now)
        await session.flush()
        await _end_everything(session, user, but=row.id)
        note(session, "password_set", at=now, login=user.login, user_id=user.id, address=visit.address)
        await session.commit()
        return token


async def set_password(session: AsyncSession, user: User, password: str, *, now: datetime, must_change: bool) -> None:
    """Set an account's password without asking for the old one; all its sessions end, and no browser is known. Raises BadInput."""
    check_password(password, login=user.login, again=password)
    _set(user, await hash_password(password), now)
    user.must_change_password, user.state = must_change, "active"
    user.activation_hash = user.activation_expires_at = None
    await _end_everything(session, user)
    note(session, "password_set", at=now, login=user.login, user_id=user.id, must_change=must_change)


def _set(user: User, kept: str, now: datetime) -> None:
    user.password_hash, user.password_changed_at, user.must_change_password = kept, now, False


async def _end_everything(session: AsyncSession, user: User, *, but: UUID | None = None) -> None:
    """What was won with the old password ends: known browsers, and sessions but for the one named."""
    await devices.end_devices_of(session, user.id)
    await end_sessions_of(session, user_id=user.id, but=but)


async def _account(sessions: Sessions, user_id: UUID) -> User:
    async with sessions.session(Login.IDENTITY, IDENTITY) as session:
        return await session.get_one(User, user_id)


async def _spend_activation(
    session: AsyncSession, login: str, code: str, limits: Mapping[str, int], visit: Visit, now: datetime
) -> User:
    """The account whose code this is, locked; raises ActivationRefused alike for every other case."""
    query = select(User).where(User.login == normalised_login(login))
    try:
        await throttles.charge(session, limits, now)
    except TooManyAttempts:
        user = (await session.scalars(query)).first()
        note(session, "locked", at=now, **named(user, login), address=visit.address)
        await session.commit()
        raise
    # After the throttles, as in signing in: two visits take the rows in one order.
    user = (await session.scalars(query.with_for_update())).first()
    fits = (
        user is not None
        and user.state in {"invited", "active"}
        and user.activation_hash == code_hash(code)
        and user.activation_expires_at is not None
        and user.activation_expires_at > now
    )
    if user is None or not fits:
        note(session, "activation_refused", at=now, **named(user, login), address=visit.address)
        await session.commit()
        raise ActivationRefused
    return user
