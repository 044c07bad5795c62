"""The sealer: within seconds each new audit row is chained to the rows before it, outside of the business transaction."""

import time
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import structlog
from asyncpg import UniqueViolationError  # type: ignore[import-untyped]
from sqlalchemy import func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from services.kernel import clock
from services.kernel.database import Scope, Sessions, beneath
from services.kernel.faults import where
from services.kernel.seals import BEGINNING, SELECTED, digest, root
from services.kernel.table import Login
from services.kernel.trail import AuditRoot, SealState

log = structlog.get_logger("anzhen.sealer")

BATCH = 1000
LOOK_BACK = timedelta(hours=1)
"""How far back each sweep looks for rows of transactions that took long; once an hour it looks at everything."""
FOREVER = datetime(2000, 1, 1, tzinfo=UTC)
BEAT = timedelta(seconds=20)
RED = timedelta(minutes=1)
"""An act unsealed for longer, or a chain unchecked for longer, is an alarm."""
SHARE = 20
"""A sweep rests so many times as long as it took: sealing never uses more than a twentieth of a processor."""

HEAD = "SELECT seq, digest, sealed_at FROM audit_seal WHERE tenant_id = $1 ORDER BY seq DESC LIMIT 1"
NEW = f"""
SELECT {SELECTED} FROM audit_entry e WHERE e.tenant_id = $1 AND e.at >= $2
AND NOT EXISTS (SELECT FROM audit_seal s WHERE s.tenant_id = e.tenant_id AND s.id = e.id)
ORDER BY e.at, e.id LIMIT {BATCH + 1}
"""  # noqa: S608 - our own column names
SEAL = """
INSERT INTO audit_seal (tenant_id, id, seq, previous, digest, sealed_at)
SELECT $1, new.id, new.seq, new.previous, new.digest, $6
FROM unnest($2::uuid[], $3::bigint[], $4::bytea[], $5::bytea[]) AS new (id, seq, previous, digest)
"""


class Sealer:
    """Seals the trails of all tenants, sweep by sweep."""

    def __init__(self, sessions: Sessions) -> None:
        self._sessions = sessions
        self._full_at = FOREVER
        self._beaten_at = FOREVER

    async def sweep(self, tenants: Sequence[UUID]) -> float:
        """Seal what is new everywhere, and the day's root when a day has ended; tells how many seconds to rest."""
        begun, now = time.monotonic(), clock.now()
        is_full = not timedelta() <= now - self._full_at < LOOK_BACK
        since = FOREVER if is_full else now - LOOK_BACK
        fine = [tenant for tenant in tenants if await self._seal_all(tenant, since)]
        if is_full and len(fine) == len(tenants):
            self._full_at = now
        await self._beat(fine, now)
        if len(fine) == len(tenants):
            await self.anchor(tenants, clock.legal_day(now) - timedelta(days=1))
        return (time.monotonic() - begun) * SHARE

    async def _seal_all(self, tenant: UUID, since: datetime) -> bool:
        """A tenant's new rows, batch by batch; False where it could not be done, which the alarm then shows."""
        try:
            while await self.seal(tenant, since):
                pass
        except UniqueViolationError:
            log.info("another sealer was quicker", tenant=str(tenant))
        except (TypeError, ValueError) as error:
            log.error("cannot seal", tenant=str(tenant), error=where(error))  # noqa: TRY400 - a traceback would show the row
            return False
        return True

    async def seal(self, tenant: UUID, since: datetime = FOREVER) -> bool:
        """Chain one batch of a tenant's new rows; True where more are waiting."""
        async with self._sessions.session(Login.WORKER, Scope(tenant_id=tenant)) as session:
            connection = await beneath(session)
            rows = await connection.fetch(NEW, tenant, since)
            if not rows:
                return False
            head = await connection.fetchrow(HEAD, tenant)
            more = len(rows) > BATCH
            waiting_since = rows[BATCH]["at"] if more else None
            await _chain(session, tenant, rows[:BATCH], head, waiting_since)
            await session.commit()
        return more

    async def _beat(self, tenants: Sequence[UUID], now: datetime) -> None:
        """Say of all chains that they were looked at; the state of one that never had an act begins here."""
        if timedelta() <= now - self._beaten_at < BEAT:
            return
        self._beaten_at = now
        async with self._sessions.session(Login.WORKER, Scope()) as session:
            known = update(SealState).where(SealState.tenant_id.in_(tenants))
            done = await session.execute(known.values(checked_at=now).returning(SealState.tenant_id))
            for tenant in set(tenants).difference(done.scalars()):
                await session.execute(_state(tenant, seq=0, digest=BEGINNING, sealed_at=None, checked_at=now))
            await session.commit()

    async def anchor(self, tenants: Sequence[UUID], day: date) -> None:
        """Keep the root of a day that has ended, once."""
        async with self._sessions.session(Login.WORKER, Scope()) as session:
            last = (
                await session.execute(select(AuditRoot.day, AuditRoot.root).order_by(AuditRoot.day.desc()).limit(1))
            ).first()
        if last and last.day >= day:
            return
        heads = [head for tenant in sorted(tenants) if (head := await self._head(tenant))]
        previous = last.root if last else BEGINNING
        made = {
            "day": day,
            "root": root(day, previous, heads),
            "previous": previous,
            "heads": heads,
            "made_at": clock.now(),
        }
        async with self._sessions.session(Login.WORKER, Scope()) as session:
            await session.execute(insert(AuditRoot).values(made).on_conflict_do_nothing())
            await session.commit()

    async def _head(self, tenant: UUID) -> dict[str, Any] | None:
        async with self._sessions.session(Login.WORKER, Scope(tenant_id=tenant)) as session:
            head = await (await beneath(session)).fetchrow(HEAD, tenant)
        return {"tenant": str(tenant), "seq": head["seq"], "digest": head["digest"].hex()} if head else None


async def _chain(
    session: AsyncSession, tenant: UUID, rows: Sequence[Any], head: Any, waiting_since: datetime | None
) -> None:
    seq, previous, now = (head["seq"], head["digest"], clock.now()) if head else (0, BEGINNING, clock.now())
    links: list[tuple[UUID, int, bytes, bytes]] = []
    for row in rows:
        seq += 1
        link = digest(row, seq=seq, previous=previous, sealed_at=now)
        links.append((row["id"], seq, previous, link))
        previous = link
    await (await beneath(session)).execute(SEAL, tenant, *map(list, zip(*links, strict=True)), now)
    said = {"seq": seq, "digest": previous, "sealed_at": now, "unsealed_since": waiting_since, "checked_at": now}
    await session.execute(_state(tenant, **said))


def _state(tenant: UUID, **said: Any) -> Any:
    made = insert(SealState).values(tenant_id=tenant, **said)
    return made.on_conflict_do_update(index_elements=[SealState.tenant_id], set_=said)


async def lagging(session: AsyncSession, now: datetime, since: Mapping[UUID, datetime]) -> int:
    """How many of these tenants' chains are red: an act unsealed, or nobody looked, for more than a minute.

    `since` says when each tenant came to be: one that no sealer ever looked at is red after its first minute.
    """
    rows = await session.execute(select(SealState.tenant_id, SealState.unsealed_since, SealState.checked_at))
    states = {tenant: (unsealed, checked) for tenant, unsealed, checked in rows}
    return sum(is_red(now, *states.get(tenant, (None, born))) for tenant, born in since.items())


def is_red(now: datetime, unsealed_since: datetime | None, checked_at: datetime) -> bool:
    """Whether a chain is an alarm: an act is unsealed, or nobody has looked, for more than a minute."""
    return now - min(unsealed_since or checked_at, checked_at) > RED


async def ages(session: AsyncSession, now: datetime) -> tuple[float, float]:
    """Seconds: how old the oldest act without a seal is, and how long ago the chain longest left alone was looked at."""
    query = select(func.min(SealState.unsealed_since), func.min(SealState.checked_at))
    unsealed, checked = (await session.execute(query)).one()
    return _seconds(unsealed, now), _seconds(checked, now)


def _seconds(since: datetime | None, now: datetime) -> float:
    return (now - since).total_seconds() if since else 0.0
