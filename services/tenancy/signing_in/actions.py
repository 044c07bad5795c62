"""Signing in and out; each attempt leaves an event, and no answer tells whether an account exists."""

import unicodedata

from sqlalchemy import delete, select

from services.kernel import clock
from services.kernel.database import Scope, Sessions
from services.kernel.refusals import Refusal
from services.kernel.table import Login
from services.tenancy.signing_in.models import Membership, SignInEvent, User, UserSession
from services.tenancy.signing_in.passwords import verify_password
from services.tenancy.signing_in.sessions import start_session, token_hash


class SignInRefused(Refusal):
    """The account or the password is wrong; the sentence does not tell which."""

    status = 422


def normalised_login(login: str) -> str:
    """One account, however its name was typed: NFKC, lower case, no blanks around."""
    return unicodedata.normalize("NFKC", login).strip().lower()


async def sign_in(sessions: Sessions, *, login: str, password: str, address: str, agent: str) -> str:
    """The token of a new session under the person's first membership; raises SignInRefused."""
    now = clock.now()
    async with sessions.session(Login.IDENTITY, Scope()) as session:
        user = (await session.scalars(select(User).where(User.login == normalised_login(login)))).first()
        fits = await verify_password(user.password_hash if user else None, password)
        event = SignInEvent(at=now, user_id=user.id if user else None, login=login[:100], outcome="", address=address, detail={})
        session.add(event)
        if user is None or not fits or user.state != "active":
            event.outcome = "refused"
            await session.commit()
            raise SignInRefused("账号或密码不正确，请检查后重试")
        event.outcome = "signed_in"
        first = await session.scalar(
            select(Membership.id).where(Membership.user_id == user.id, Membership.state == "active").order_by(Membership.id)
        )
        token, _ = start_session(session, user_id=user.id, membership_id=first, now=now, address=address, agent=agent)
        await session.commit()
        return token


async def end_session(sessions: Sessions, token: str) -> None:
    """The cookie's session is gone."""
    async with sessions.session(Login.IDENTITY, Scope()) as session:
        await session.execute(delete(UserSession).where(UserSession.token_hash == token_hash(token)))
        await session.commit()
