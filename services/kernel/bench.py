"""What a split job works at: it opens its own transactions, so that none is held while something outside is done."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from datetime import timedelta
from uuid import UUID

from msgspec import structs
from sqlalchemy import text

from services.kernel import clock
from services.kernel.database import Scope, Sessions
from services.kernel.outbox import LEASE
from services.kernel.table import Login
from services.kernel.work import Identity, Work, open_work


def system(tenant_id: UUID) -> Identity:
    """The system itself at work for one tenant: what jobs run as."""
    return Identity(login=Login.WORKER, scope=Scope(tenant_id=tenant_id), person="系统", role="system")


class Bench:
    """One run of a split job for one tenant."""

    def __init__(
        self,
        sessions: Sessions,
        identity: Identity,
        rights: frozenset[str],
        outbox_id: UUID,
        *,
        lease: timedelta = LEASE,
    ) -> None:
        self._sessions, self._identity, self._rights, self._lease = sessions, identity, rights, lease
        self.outbox_id = outbox_id

    @contextlib.asynccontextmanager
    async def work(self, login: Login = Login.WORKER) -> AsyncIterator[Work]:
        """One transaction, committed when its block ends well; on another login for what the worker's may not touch."""
        identity = structs.replace(self._identity, login=login)
        async with open_work(self._sessions, identity, self._rights) as work:
            yield work

    @contextlib.asynccontextmanager
    async def work_in(self, tenant_id: UUID) -> AsyncIterator[Work]:
        """One transaction of another tenant: what concerns it is carried there, since no transaction crosses tenants."""
        async with open_work(self._sessions, system(tenant_id), self._rights) as work:
            yield work

    @contextlib.asynccontextmanager
    async def kept(self) -> AsyncIterator[None]:
        """The lease does not end while the block runs, however long that is; it ends soon after the process does."""
        keeping = asyncio.create_task(self._keep())
        try:
            yield
        finally:
            keeping.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await keeping

    async def _keep(self) -> None:
        while True:
            await asyncio.sleep(self._lease.total_seconds() / 3)
            # A database that is away for a moment is no reason to drop the job: the next beat asks again.
            with contextlib.suppress(Exception):
                async with self.work() as work:
                    await work.session.execute(
                        text(
                            "UPDATE outbox SET lease = :until WHERE tenant_id = :tenant AND id = :id AND state = 'pending'"
                        ),
                        {"until": clock.now() + self._lease, "tenant": work.tenant_id, "id": self.outbox_id},
                    )
