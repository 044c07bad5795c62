"""The second factor: a six-digit code of the moment (RFC 6238), or one of ten recovery codes."""

import base64
import hmac
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
import pyotp
from sqlalchemy import delete, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from services.kernel import clock
from services.kernel.database import Scope, Sessions
from services.kernel.keys import MasterKey, TenantKeys, open_field, seal_field
from services.kernel.table import Login
from services.tenancy.signing_in import throttles
from services.tenancy.signing_in.codes import code_hash, new_code, tidy_code
from services.tenancy.signing_in.events import Visit, note
from services.tenancy.signing_in.models import RecoveryCode, User, UserSession
from services.tenancy.signing_in.passwords import QUEUE, verify_password
from services.tenancy.signing_in.person import Person
from services.tenancy.signing_in.refusals import CodeRefused, SignInRefused, TooManyAttempts
from services.tenancy.signing_in.sessions import ABSOLUTE, end_sessions_of, renew
from services.tenancy.tenant_keys import keys_of
from services.tenancy.townships.models import PLATFORM_TENANT

STEP_SECONDS = 30
RECOVERY_CODES = 10
PLATFORM = Scope(tenant_id=PLATFORM_TENANT)
"""The accounts' own secrets are sealed under the platform's keys."""


class SetUp(msgspec.Struct, frozen=True, kw_only=True):
    """What the person's authenticator must be told; `replaces` says that there is one already."""

    secret: str
    address: str
    """The otpauth address that the QR code carries."""
    replaces: bool


class Confirmed(msgspec.Struct, frozen=True, kw_only=True):
    """A second factor that works, its recovery codes (shown once), and the new session's token."""

    token: str
    recovery_codes: list[str]


async def offer(sessions: Sessions, person: Person, *, master: MasterKey) -> SetUp:
    """A secret for this session's set-up; nothing is kept until a code proves that the authenticator has it."""
    async with sessions.session(Login.IDENTITY, PLATFORM) as session:
        user = await session.get_one(User, person.user_id)
        secret = _offered(await _keys(session, master), person.session_id)
        await session.commit()
    address = pyotp.TOTP(secret).provisioning_uri(name=user.login, issuer_name="安镇")
    return SetUp(secret=secret, address=address, replaces=user.totp_confirmed_at is not None)


async def confirm(
    sessions: Sessions, person: Person, *, code: str, password: str, visit: Visit, master: MasterKey
) -> Confirmed:
    """Set up the second factor; the session is rotated, the person's others end.

    The password is asked for where one is replaced. Raises CodeRefused, SignInRefused and TooManyAttempts.
    """
    now = clock.now()
    key = await _charge(sessions, person, visit, now)
    await _check_password(sessions, person, password)
    async with sessions.session(Login.IDENTITY, PLATFORM) as session:
        keys = await _keys(session, master)
        secret = _offered(keys, person.session_id)
        step = matching_step(secret, code, now)
        if step is None:
            raise CodeRefused("验证码不正确，请确认手机时间准确，并填写当前显示的 6 位数字")
        user = await session.get_one(User, person.user_id, with_for_update=True)
        user.totp_secret = seal_field(keys, secret, **_place(user.id))
        user.totp_confirmed_at, user.totp_last_step = now, step
        codes = await _new_recovery_codes(session, user.id)
        token, row = await _pass(session, person, now)
        await end_sessions_of(session, user_id=user.id, but=row.id)
        await throttles.clear(session, key)
        note(session, "second_factor_set_up", at=now, login=user.login, user_id=user.id, address=visit.address)
        await session.commit()
        return Confirmed(token=token, recovery_codes=codes)


async def give_code(sessions: Sessions, person: Person, *, code: str, visit: Visit, master: MasterKey) -> str:
    """The token of the full session, after the code of the moment or a recovery code; each works once.

    Raises CodeRefused and TooManyAttempts.
    """
    now = clock.now()
    key = await _charge(sessions, person, visit, now)
    async with sessions.session(Login.IDENTITY, PLATFORM) as session:
        user = await session.get_one(User, person.user_id)
        outcome = await _spend(session, user, code, now, master)
        note(session, outcome or "code_refused", at=now, login=user.login, user_id=user.id, address=visit.address)
        if outcome is None:
            await session.commit()
            raise CodeRefused
        await throttles.clear(session, key)
        token, _ = await _pass(session, person, now)
        await session.commit()
        return token


async def recovery_codes_left(session: AsyncSession, user_id: UUID) -> int:
    """How many recovery codes a person still has."""
    left = select(func.count()).where(RecoveryCode.user_id == user_id, RecoveryCode.used_at.is_(None))
    return await session.scalar(left) or 0


async def forget_second_factor(session: AsyncSession, user: User) -> None:
    """The person has no second factor any more and must set one up at the next sign-in."""
    user.totp_secret = user.totp_confirmed_at = user.totp_last_step = None
    await session.execute(delete(RecoveryCode).where(RecoveryCode.user_id == user.id))


def matching_step(secret: str, code: str, now: datetime) -> int | None:
    """The time step (30 s) a code belongs to: this one, the one before or the one after."""
    totp, current = pyotp.TOTP(secret), int(now.timestamp()) // STEP_SECONDS
    digits = tidy_code(code)
    fitting = [step for step in (current - 1, current, current + 1) if _same(totp.generate_otp(step), digits)]
    return max(fitting, default=None)


async def _spend(session: AsyncSession, user: User, code: str, now: datetime, master: MasterKey) -> str | None:
    if user.totp_secret is None:
        return None
    secret = open_field(await _keys(session, master), user.totp_secret, **_place(user.id))
    step = matching_step(secret, code, now)
    if step is not None:
        return "code_accepted" if await _spend_step(session, user.id, step) else None
    return "recovery_code_used" if await _spend_recovery_code(session, user.id, code, now) else None


async def _spend_step(session: AsyncSession, user_id: UUID, step: int) -> bool:
    """Of two sign-ins with the same code the database lets one through."""
    unspent = or_(User.totp_last_step.is_(None), User.totp_last_step < step)
    spent = update(User).where(User.id == user_id, unspent).values(totp_last_step=step).returning(User.id)
    return (await session.execute(spent.execution_options(synchronize_session=False))).first() is not None


async def _spend_recovery_code(session: AsyncSession, user_id: UUID, code: str, now: datetime) -> bool:
    fits = (RecoveryCode.user_id == user_id, RecoveryCode.code_hash == code_hash(code), RecoveryCode.used_at.is_(None))
    spent = update(RecoveryCode).where(*fits).values(used_at=now).returning(RecoveryCode.id)
    return (await session.execute(spent.execution_options(synchronize_session=False))).first() is not None


async def _new_recovery_codes(session: AsyncSession, user_id: UUID) -> list[str]:
    await session.execute(delete(RecoveryCode).where(RecoveryCode.user_id == user_id))
    codes = [new_code() for _ in range(RECOVERY_CODES)]
    session.add_all(RecoveryCode(user_id=user_id, code_hash=code_hash(code)) for code in codes)
    return codes


async def _charge(sessions: Sessions, person: Person, visit: Visit, now: datetime) -> str:
    key = throttles.key_of("code", str(person.user_id))
    async with sessions.session(Login.IDENTITY, PLATFORM) as session:
        try:
            await throttles.charge(session, {key: throttles.PER_PERSON}, now)
        except TooManyAttempts:
            user = await session.get_one(User, person.user_id)
            note(session, "locked", at=now, login=user.login, user_id=user.id, address=visit.address)
            raise
        finally:
            await session.commit()
    return key


async def _check_password(sessions: Sessions, person: Person, password: str) -> None:
    async with sessions.session(Login.IDENTITY, PLATFORM) as session:
        user = await session.get_one(User, person.user_id)
    if user.totp_confirmed_at is None:
        return
    with QUEUE.place():
        if not await verify_password(user.password_hash, password):
            raise SignInRefused("密码不正确，请重新输入现在的登录密码")


async def _pass(session: AsyncSession, person: Person, now: datetime) -> tuple[str, UserSession]:
    """Rotate the session into one that owes no code; its day counts from the password."""
    old = (
        await session.scalars(select(UserSession).where(UserSession.id == person.session_id).with_for_update())
    ).first()
    if old is None:
        raise CodeRefused("本次登录已结束，请重新登录")
    token, row = await renew(session, old, membership_id=old.membership_id, now=now)
    row.second_factor_at, row.expires_at = now, row.created_at + ABSOLUTE
    await session.flush()
    return token, row


async def _keys(session: AsyncSession, master: MasterKey) -> TenantKeys:
    keys = await keys_of(session, PLATFORM_TENANT, master=master, make_at=clock.now())
    assert keys is not None
    return keys


def _offered(keys: TenantKeys, session_id: UUID | None) -> str:
    """The session's own offer: nobody without the keys can know it, and nothing need be kept while it is pending."""
    return base64.b32encode(
        hmac.digest(keys.index, b"second-factor/" + str(session_id).encode(), "sha256")[:20]
    ).decode()


def _place(user_id: UUID) -> dict[str, Any]:
    return {"tenant": PLATFORM_TENANT, "table": "user_account", "column": "totp_secret", "row": user_id}


def _same(right: str, typed: str) -> bool:
    return hmac.compare_digest(right.encode(), typed.encode(errors="surrogatepass"))
