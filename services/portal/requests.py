"""Each request has a trace id, in its answer, in its problem and in its log line; and it is counted."""

import time
from collections.abc import Iterable
from typing import Final

import structlog
from litestar.enums import ScopeType
from litestar.status_codes import HTTP_200_OK, HTTP_304_NOT_MODIFIED
from litestar.types import ASGIApp, Message, Receive, Scope, Send
from prometheus_client import Histogram

from services.kernel.clock import new_id

log = structlog.get_logger("anzhen.request")
TOOK = Histogram("anzhen_request_duration_seconds", "Answered requests by route.", ("method", "route", "status"))
OF_A_BODY: Final = frozenset({b"content-length", b"content-type"})
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


def unchanged(app: ASGIApp) -> ASGIApp:
    """Who reads a row of the API again, and says with If-None-Match what was read, is told by 304 that it is still so."""

    async def middleware(scope: Scope, receive: Receive, send: Send) -> None:
        read = _read_before(scope)
        if not read:
            await app(scope, receive, send)
            return
        same = False

        async def answered(message: Message) -> None:
            nonlocal same
            if message["type"] == "http.response.start":
                same = message["status"] == HTTP_200_OK and bool(read & _tags(message["headers"], b"etag"))
                if same:
                    kept = [pair for pair in message["headers"] if pair[0].lower() not in OF_A_BODY]
                    message = {**message, "status": HTTP_304_NOT_MODIFIED, "headers": kept}
            elif same and message["type"] == "http.response.body":
                message = {**message, "body": b""}
            await send(message)

        await app(scope, receive, answered)

    return middleware


def _read_before(scope: Scope) -> frozenset[bytes]:
    """The ETags that a program says it has."""
    if scope["type"] != ScopeType.HTTP or scope["method"] != "GET" or not scope["path"].startswith("/api/v1/"):
        return frozenset()
    return _tags(scope["headers"], b"if-none-match")


def _tags(headers: Iterable[tuple[bytes, bytes]], name: bytes) -> frozenset[bytes]:
    """Compared weakly, as RFC 9110 13.1.2 wants it."""
    found = b",".join(value for key, value in headers if key.lower() == name)
    return frozenset(tag for one in found.split(b",") if (tag := one.strip().removeprefix(b"W/")))
