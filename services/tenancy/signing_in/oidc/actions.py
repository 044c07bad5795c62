"""A visit to the provider: begun by one browser, come back once, and what follows from it."""

import hmac
import secrets
from collections.abc import Mapping
from datetime import timedelta
from uuid import UUID

import msgspec
from sqlalchemy import delete, select

from services.kernel import clock
from services.kernel.database import Sessions
from services.kernel.table import Login
from services.tenancy.signing_in import throttles
from services.tenancy.signing_in.actions import Entered, enter
from services.tenancy.signing_in.events import Visit, note
from services.tenancy.signing_in.models import UserSession
from services.tenancy.signing_in.oidc.links import owner_of
from services.tenancy.signing_in.oidc.models import OidcState, ProvenIdentity
from services.tenancy.signing_in.oidc.provider import Asked, IdentityProvider, Proven, ProviderRefused
from services.tenancy.signing_in.refusals import SignInRefused
from services.tenancy.signing_in.sessions import IDENTITY, token_hash

LASTS = timedelta(minutes=10)
"""How long somebody may take at the provider."""
PROVEN_LASTS = timedelta(minutes=15)


class Begun(msgspec.Struct, frozen=True, kw_only=True):
    """Where to send the browser, and the cookie that it must bring back."""

    address: str
    browser: str


class Returned(msgspec.Struct, frozen=True, kw_only=True):
    """Who came back, and what for."""

    purpose: str
    target: str
    user_id: UUID | None
    proven: Proven


class NotTied(SignInRefused):
    """Nobody has tied this subject to an account: no account is made or found by a name or an address."""

    def __init__(self) -> None:
        super().__init__("这个外部账号还没有关联安镇账号：请先用账号和密码登录，再到“个人设置”里关联")


async def begin(
    sessions: Sessions,
    provider: IdentityProvider,
    *,
    purpose: str,
    target: str,
    redirect_uri: str,
    browser: str | None = None,
    user_id: UUID | None = None,
) -> Begun:
    """Keep what this browser asked for ten minutes, and say where to send it; raises ProviderAway."""
    now, browser = clock.now(), browser or secrets.token_urlsafe(32)
    asked = Asked(
        state=secrets.token_urlsafe(32),
        nonce=secrets.token_urlsafe(32),
        verifier=secrets.token_urlsafe(48),
        redirect_uri=redirect_uri,
    )
    address = await provider.address(asked)
    async with sessions.session(Login.IDENTITY, IDENTITY) as session:
        await session.execute(delete(OidcState).where(OidcState.expires_at <= now))
        session.add(
            OidcState(
                state_hash=token_hash(asked.state),
                browser_hash=token_hash(browser),
                purpose=purpose,
                nonce=asked.nonce,
                verifier=asked.verifier,
                target=target,
                user_id=user_id,
                expires_at=now + LASTS,
            )
        )
        await session.commit()
    return Begun(address=address, browser=browser)


async def come_back(
    sessions: Sessions, provider: IdentityProvider, answer: Mapping[str, str], *, browser: str | None, redirect_uri: str
) -> Returned:
    """Who came back: once, in time, and with the browser that began. Raises ProviderRefused and ProviderAway."""
    state = answer.get("state", "")
    kept = await _take(sessions, state)
    if kept is None or browser is None or not hmac.compare_digest(kept.browser_hash, token_hash(browser)):
        raise ProviderRefused
    if kept.expires_at <= clock.now():
        raise ProviderRefused("登录用时过长，请重新开始")
    asked = Asked(state=state, nonce=kept.nonce, verifier=kept.verifier, redirect_uri=redirect_uri)
    proven = await provider.prove(asked, answer)
    return Returned(purpose=kept.purpose, target=kept.target, user_id=kept.user_id, proven=proven)


async def sign_in_as(
    sessions: Sessions, proven: Proven, *, visit: Visit, demo: bool = False, instead_of: str | None = None
) -> Entered:
    """A session of the account that was tied to the subject; its second factor is owed unless the provider's counts.

    Raises NotTied, SignInRefused and TooManyAttempts.
    """
    now = clock.now()
    async with sessions.session(Login.IDENTITY, IDENTITY) as session:
        address = throttles.key_of("address", visit.address)
        user = await owner_of(session, proven)
        try:
            await throttles.charge(session, {address: throttles.PER_ADDRESS}, now)
            if user is None or user.state != "active":
                login, user_id = (user.login, user.id) if user else (proven.subject, None)
                note(session, "refused", at=now, login=login, user_id=user_id, address=visit.address)
                raise SignInRefused if user else NotTied
        except SignInRefused:
            await session.commit()
            raise
        entered = await enter(session, user, visit=visit, now=now, demo=demo or proven.is_strong)
        if instead_of:
            await session.execute(delete(UserSession).where(UserSession.token_hash == token_hash(instead_of)))
        await session.commit()
        return entered


async def is_tied(sessions: Sessions, proven: Proven) -> bool:
    """Whether the subject opens an account."""
    async with sessions.session(Login.IDENTITY, IDENTITY) as session:
        return await owner_of(session, proven) is not None


async def keep_proven(sessions: Sessions, proven: Proven) -> str:
    """What was proven waits a quarter of an hour for the invitation to be accepted; tells the word for its cookie."""
    token, now = secrets.token_urlsafe(32), clock.now()
    async with sessions.session(Login.IDENTITY, IDENTITY) as session:
        await session.execute(delete(ProvenIdentity).where(ProvenIdentity.expires_at <= now))
        session.add(
            ProvenIdentity(
                token_hash=token_hash(token),
                issuer=proven.issuer,
                subject=proven.subject,
                name=proven.name,
                is_strong=proven.is_strong,
                expires_at=now + PROVEN_LASTS,
            )
        )
        await session.commit()
    return token


async def proven_by(sessions: Sessions, token: str | None) -> Proven | None:
    """What was proven to this browser, as long as it waits."""
    if not token:
        return None
    query = select(ProvenIdentity).where(
        ProvenIdentity.token_hash == token_hash(token), ProvenIdentity.expires_at > clock.now()
    )
    async with sessions.session(Login.IDENTITY, IDENTITY) as session:
        row = (await session.scalars(query)).first()
    if row is None:
        return None
    return Proven(issuer=row.issuer, subject=row.subject, name=row.name, is_strong=row.is_strong)


async def _take(sessions: Sessions, state: str) -> OidcState | None:
    """The visit of a state, which is gone with this: a second answer finds nothing."""
    async with sessions.session(Login.IDENTITY, IDENTITY) as session:
        taken = delete(OidcState).where(OidcState.state_hash == token_hash(state)).returning(OidcState)
        row = (await session.scalars(taken)).first()
        await session.commit()
    return row
