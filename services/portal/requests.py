"""Each request has a trace id, in its answer, in its problem and in its log line."""

import time

import structlog
from litestar.datastructures import MutableScopeHeaders
from litestar.enums import ScopeType
from litestar.types import ASGIApp, Message, Receive, Scope, Send

from services.kernel.clock import new_id

log = structlog.get_logger("anzhen.request")
QUIET = ("/static/", "/health", "/ready", "/metrics")


def traced(app: ASGIApp) -> ASGIApp:
    """Give the request its id, and write one line when it was answered; query strings are never written."""

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
                MutableScopeHeaders.from_message(message)["x-trace-id"] = trace
            await send(message)

        with structlog.contextvars.bound_contextvars(trace_id=trace):
            await app(scope, receive, answered)
            if not scope["path"].startswith(QUIET):
                took = round((time.perf_counter() - begun) * 1000, 1)
                log.info("request", method=scope["method"], path=scope["path"], status=status, ms=took)

    return middleware
