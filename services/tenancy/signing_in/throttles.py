"""How often a thing may fail: each attempt is charged before it is looked at, so that a hundred at once count a hundred."""

import hashlib
from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from services.tenancy.signing_in.models import Throttle
from services.tenancy.signing_in.refusals import TooManyAttempts

LOCKS = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 60))
"""How long each further round of failures locks; the last is repeated."""
WINDOW = timedelta(days=1)
PER_PERSON = 5
PER_ADDRESS = 50
"""A whole town hall comes from one address, so an address may fail ten times as often as an account."""


def key_of(what: str, who: str) -> str:
    """The key of a throttle; hashed, because people type passwords into the wrong box."""
    return f"{what}:{hashlib.sha256(who.encode(errors='surrogatepass')).hexdigest()[:32]}"


async def charge(session: AsyncSession, limits: dict[str, int], now: datetime) -> None:
    """Count one attempt under every key; raises TooManyAttempts, and counts nothing, while any of them is locked.

    The keys are taken in the order given, so that two attempts never wait for each other.
    """
    rows = [(await _row(session, key, now), limit) for key, limit in limits.items()]
    locks = [row.locked_until for row, _ in rows if row.locked_until and row.locked_until > now]
    if locks:
        raise TooManyAttempts(max(locks) - now)
    for row, limit in rows:
        _count(row, limit, now)


async def refund(session: AsyncSession, key: str, limit: int) -> None:
    """Take back one attempt that went well, and the lock that it alone had closed."""
    row = await session.get(Throttle, key, with_for_update=True)
    if row is None or row.failures == 0:
        return
    if row.failures % limit == 0:
        row.locked_until = None
    row.failures -= 1


async def clear(session: AsyncSession, key: str) -> None:
    """Forget all failures of a key."""
    await session.execute(delete(Throttle).where(Throttle.key == key))


async def _row(session: AsyncSession, key: str, now: datetime) -> Throttle:
    await session.execute(insert(Throttle).values(key=key, failures=0, window_from=now).on_conflict_do_nothing())
    return (await session.scalars(select(Throttle).where(Throttle.key == key).with_for_update())).one()


def _count(row: Throttle, limit: int, now: datetime) -> None:
    if now - row.window_from >= WINDOW:
        row.failures, row.window_from = 0, now
    row.failures += 1
    if row.failures % limit == 0:
        row.locked_until = now + LOCKS[min(row.failures // limit, len(LOCKS)) - 1]
