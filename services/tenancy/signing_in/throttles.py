"""How often a thing may fail: each attempt is charged before it is looked at, so that a hundred at once count a hundred."""

import hashlib
from collections.abc import Mapping
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from services.tenancy.signing_in.models import Throttle
from services.tenancy.signing_in.refusals import TooManyAttempts

LOCKS = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 60))
"""How long each further round of failures locks; the last is repeated."""
WINDOW = timedelta(days=1)
PER_PERSON = 5
"""Failures of one account from one address, or at one known device."""
PER_ACCOUNT = 200
"""Failures of one account from everywhere: more than one address can make in a day, so that no single stranger shuts it."""
PER_ADDRESS = 50
"""A whole town hall comes from one address, so an address may fail ten times as often as an account."""


def key_of(what: str, who: str) -> str:
    """The key of a throttle; hashed, because people type passwords into the wrong box."""
    return f"{what}:{hashlib.sha256(who.encode(errors='surrogatepass')).hexdigest()[:32]}"


def limits_of(what: str, login: str, address: str) -> dict[str, int]:
    """What an attempt is counted under, whether there is such an account or not; `login` is normalised."""
    return {
        key_of(what, f"{login} {address}"): PER_PERSON,
        key_of(f"{what}_anywhere", login): PER_ACCOUNT,
        key_of("address", address): PER_ADDRESS,
    }


def limits_at(device_id: UUID) -> dict[str, int]:
    """What an attempt at a known device is counted under: nothing that anybody else can fill."""
    return {key_of("device", str(device_id)): PER_PERSON}


async def charge(session: AsyncSession, limits: Mapping[str, int], now: datetime) -> None:
    """Count one attempt under every key; raises TooManyAttempts, and counts nothing, while any of them is locked.

    The keys are taken in the order given, so that two attempts never wait for each other.
    """
    rows = [(await _row(session, key, now), limit) for key, limit in limits.items()]
    locks = [(row.locked_until, limit) for row, limit in rows if row.locked_until and row.locked_until > now]
    if locks:
        until, limit = max(locks)
        raise TooManyAttempts(until - now, limit)
    for row, limit in rows:
        _count(row, limit, now)


async def forgive(session: AsyncSession, limits: Mapping[str, int]) -> None:
    """After a success the failures of the narrowest key are forgotten; from the others this attempt alone is taken back."""
    narrowest, *others = limits
    await clear(session, narrowest)
    for key in others:
        await refund(session, key, limits[key])


async def room_left(session: AsyncSession, limits: Mapping[str, int], now: datetime) -> dict[str, str]:
    """How often the narrowest of these may still fail before it is locked, in the headers that programs know."""
    key, limit = next(iter(limits.items()))
    row = await _row(session, key, now)
    reset = row.window_from + WINDOW - now
    return {
        "RateLimit-Limit": str(limit),
        "RateLimit-Remaining": str(limit - row.failures % limit),
        "RateLimit-Reset": str(max(0, int(reset.total_seconds()))),
    }


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
