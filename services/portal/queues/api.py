"""The queues as JSON for their operator: figures and ids, never what a row is about."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import msgspec
from litestar import Request, Router, get, post
from litestar.params import FromPath

from services.kernel import queues
from services.kernel.relay import delayed
from services.tenancy.door import CurrentWork, needs

AnyRequest = Request[Any, Any, Any]


class QueuesOut(msgspec.Struct, frozen=True):
    """Every queue that has anything to do; `delayed` says in Chinese why messages are late, null when they are not."""

    delayed: str | None
    queues: Sequence[queues.Figures]


@get("/", opt=needs("queue:read"))
async def list_queues(request: AnyRequest, work: CurrentWork) -> QueuesOut:
    """How every queue stands."""
    state = request.app.state
    return QueuesOut(await delayed(state.settings.redis_url), await queues.figures(state.sessions, work.now))


@get("/dead", opt=needs("queue:read"))
async def list_dead(request: AnyRequest) -> Sequence[queues.DeadLetter]:
    """The rows that were tried too often, the newest two hundred."""
    return await queues.dead_letters(request.app.state.sessions)


@post("/{tenant_id:uuid}/{outbox_id:uuid}/retry", opt=needs("queue:retry"), status_code=204)
async def retry(request: AnyRequest, work: CurrentWork, tenant_id: FromPath[UUID], outbox_id: FromPath[UUID]) -> None:
    """Give a dead row all its attempts again."""
    await queues.retry(work, request.app.state.sessions, tenant_id, outbox_id)


router = Router("/api/v1/queues", route_handlers=[list_queues, list_dead, retry], tags=["queues"])
