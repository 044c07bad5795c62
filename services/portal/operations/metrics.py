"""/metrics: the requests of all web processes, and how queues and seals stand."""

import asyncio
from collections.abc import Iterable, Sequence
from datetime import datetime

from litestar import Response, get
from prometheus_client import Metric
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.openmetrics.exposition import CONTENT_TYPE_LATEST, generate_latest

from services.kernel import clock, gathering, queues, sealer
from services.kernel.database import OUTAGES, Scope, Sessions
from services.kernel.table import Login
from services.portal.frame import AnyRequest

PATIENCE_SECONDS = 2.0
STATES = ("waiting", "late", "under_way", "planned", "dead")


class Told:
    """Figures in hand, in the shape that the library writes down."""

    def __init__(self, *metrics: Metric) -> None:
        self._metrics = metrics

    def collect(self) -> Iterable[Metric]:
        """Them."""
        return self._metrics


@get("/metrics", opt={"exclude_from_auth": True, "nobody_comes": True}, include_in_schema=False)
async def metrics(request: AnyRequest) -> Response[bytes]:
    """Figures of the whole tree for Prometheus, whichever process answers."""
    requests = await asyncio.to_thread(gathering.gathered)
    told = Told(*requests, *await _standing(request.app.state.sessions))
    return Response(generate_latest(told), headers={"Content-Type": CONTENT_TYPE_LATEST})  # type: ignore[no-untyped-call]


async def _standing(sessions: Sessions) -> list[Metric]:
    """How the background stands, as the database tells it now; without one only that it is away."""
    now = clock.now()
    try:
        async with asyncio.timeout(PATIENCE_SECONDS):
            found = [*_of_queues(await queues.figures(sessions, now), now), *await _of_seals(sessions, now)]
    except (*OUTAGES, TimeoutError):
        return [GaugeMetricFamily("anzhen_database_up", "Whether the database answers.", 0)]
    return [GaugeMetricFamily("anzhen_database_up", "Whether the database answers.", 1), *found]


def _of_queues(found: Sequence[queues.Figures], now: datetime) -> Iterable[Metric]:
    rows = GaugeMetricFamily(
        "anzhen_outbox_rows", "Jobs that are not done, by queue and state.", labels=("queue", "state")
    )
    oldest = GaugeMetricFamily("anzhen_outbox_oldest_seconds", "For how long the oldest waits.", labels=("queue",))
    for one in found:
        for state in STATES:
            rows.add_metric((one.queue, state), getattr(one, state))
        oldest.add_metric((one.queue,), (now - one.oldest).total_seconds() if one.oldest else 0)
    return rows, oldest


async def _of_seals(sessions: Sessions, now: datetime) -> Iterable[Metric]:
    async with sessions.session(Login.IDENTITY, Scope()) as session:
        unsealed, unchecked = await sealer.ages(session, now)
    return (
        GaugeMetricFamily("anzhen_trail_unsealed_seconds", "Age of the oldest act without a seal.", unsealed),
        GaugeMetricFamily("anzhen_trail_unchecked_seconds", "Since when a chain was not looked at.", unchecked),
    )
