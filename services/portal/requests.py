"""Each request has a trace id, in its answer, in its problem and in its log line; and it is counted."""

import time

import structlog
from litestar.enums import ScopeType
from litestar.types import ASGIApp, Message, Receive, Scope, Send
from prometheus_client import Histogram

from services.kernel.clock import new_id

log = structlog.get_logger("anzhen.request")
TOOK = Histogram("anzhen_request_duration_seconds", "Answered requests by route.", ("method", "route", "status"))
QUIET = ("/static/", "/health", "/ready", "/metrics")


def traced(app: ASGIApp) -> ASGIApp:
    """Give the request its id, count it under its route, and write one line when it was answered.

    Query strings are never written, and ids in paths never become labels.
    """

    async def middleware(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != ScopeType.HTTP:
            await app(scope, receive, send)
            return
        trace, begun, status = new_id().hex, time.perf_counter(), 0
        scope.setdefault("state", {})["trace_id"] = trace

        async def answered(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"] = [*message["headers"], (b"x-trace-id", trace.encode())]
            await send(message)

        with structlog.contextvars.bound_contextvars(trace_id=trace):
            await app(scope, receive, answered)
            took = time.perf_counter() - begun
            TOOK.labels(scope["method"], scope["path_template"], str(status)).observe(took)
            if not scope["path"].startswith(QUIET):
                ms = round(took * 1000, 1)
                log.info("request", method=scope["method"], path=scope["path"], status=status, ms=ms)

    return middleware
