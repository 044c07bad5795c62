"""What the doors are asked: a person's own sessions, and the events that the audit administrator reads."""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import Select, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.kernel.clock import SHANGHAI
from services.kernel.work import Work
from services.tenancy.signing_in.models import SignInEvent, User, UserSession
from services.tenancy.signing_in.second_factors import recovery_codes_left
from services.tenancy.signing_in.sessions import IDLE

PAGE = 50


class Account(msgspec.Struct, frozen=True, kw_only=True):
    """A person's own account as the profile page shows it."""

    login: str
    password_changed_at: datetime | None
    second_factor_at: datetime | None
    recovery_codes_left: int
    sessions: Sequence[UserSession]


async def account_of(session: AsyncSession, user_id: UUID, now: datetime) -> Account:
    """The account with its open sessions, the latest seen first."""
    user = await session.get_one(User, user_id)
    open_ones = (
        select(UserSession)
        .where(UserSession.user_id == user_id, UserSession.expires_at > now, UserSession.seen_at > now - IDLE)
        .order_by(UserSession.seen_at.desc())
    )
    return Account(
        login=user.login,
        password_changed_at=user.password_changed_at,
        second_factor_at=user.totp_confirmed_at,
        recovery_codes_left=await recovery_codes_left(session, user_id),
        sessions=(await session.scalars(open_ones)).all(),
    )


class EventFilter(msgspec.Struct, frozen=True, kw_only=True):
    """Which events are asked for; days are in Asia/Shanghai and count whole."""

    outcome: str = ""
    login: str = ""
    address: str = ""
    since: date | None = None
    until: date | None = None
    page: int = 1


async def events(work: Work, asked: EventFilter) -> tuple[Sequence[SignInEvent], int]:
    """One page of sign-in events, the latest first, and how many there are."""
    work.require("sign_in_event:read")
    query = _matching(asked)
    newest = query.order_by(SignInEvent.at.desc(), SignInEvent.id.desc())
    return await work.all(newest.limit(PAGE).offset((asked.page - 1) * PAGE)), await work.count(query)


async def events_before(
    work: Work, asked: EventFilter, cursor: UUID | None, limit: int
) -> tuple[Sequence[SignInEvent], int]:
    """The sign-in events before one, the latest first, and how many there are in all."""
    work.require("sign_in_event:read")
    query = _matching(asked)
    rest = query.where(SignInEvent.id < cursor) if cursor else query
    return await work.all(rest.order_by(SignInEvent.id.desc()).limit(limit)), await work.count(query)


def _matching(asked: EventFilter) -> Select[Any]:
    query = select(SignInEvent)
    if asked.outcome:
        query = query.where(SignInEvent.outcome == asked.outcome)
    if asked.login:
        query = query.where(SignInEvent.login == asked.login)
    if asked.address:
        query = query.where(SignInEvent.address == asked.address)
    if asked.since:
        query = query.where(SignInEvent.at >= _midnight(asked.since))
    if asked.until:
        query = query.where(SignInEvent.at < _midnight(asked.until + timedelta(days=1)))
    return query


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), SHANGHAI)
