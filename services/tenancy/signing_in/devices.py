"""Browsers that a person has signed in with before: nobody else's failures shut them out."""

import secrets
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.tenancy.signing_in.models import KnownDevice, User
from services.tenancy.signing_in.sessions import token_hash

LASTS = timedelta(days=180)
"""How long a browser stays known after its last success."""
MOST = 10
"""Browsers of one person; the one that was used longest ago makes room."""


async def remember(session: AsyncSession, user_id: UUID, *, now: datetime, brought: str | None = None) -> str:
    """The browser is known from now on; tells the word for its cookie, in the place of the one that it brought."""
    await _hold(session, user_id)
    if brought:
        await session.execute(delete(KnownDevice).where(KnownDevice.token_hash == token_hash(brought)))
    mine = select(KnownDevice.id).where(KnownDevice.user_id == user_id).order_by(KnownDevice.used_at.desc())
    surplus = mine.offset(MOST - 1).scalar_subquery()
    await session.execute(delete(KnownDevice).where(KnownDevice.id.in_(surplus)))
    token = secrets.token_urlsafe(32)
    session.add(KnownDevice(token_hash=token_hash(token), user_id=user_id, used_at=now, expires_at=now + LASTS))
    return token


async def end_devices_of(session: AsyncSession, user_id: UUID) -> None:
    """No browser of the person is known any more."""
    await _hold(session, user_id)
    await session.execute(delete(KnownDevice).where(KnownDevice.user_id == user_id))


async def _hold(session: AsyncSession, user_id: UUID) -> None:
    """One after the other for each person, so that two changes never wait for each other's rows."""
    await session.execute(select(User.id).where(User.id == user_id).with_for_update(key_share=True))
