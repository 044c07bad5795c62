"""The headers that every answer carries, pages, problems and files alike."""

from collections.abc import Callable, Coroutine
from typing import Any

from litestar.types import Message, Scope

from services.kernel.settings import Settings

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; manifest-src 'self'; base-uri 'none'; frame-ancestors 'none'"
)
ALWAYS = {
    "content-security-policy": POLICY,
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "permissions-policy": "camera=(self), geolocation=(self), microphone=()",
    "cache-control": "no-store",
}
HSTS = {"strict-transport-security": "max-age=31536000; includeSubDomains"}


def put_headers(settings: Settings) -> Callable[[Message, Scope], Coroutine[Any, Any, None]]:
    """Put the headers that are not there yet on an answer before it leaves."""
    chosen = ALWAYS | HSTS if settings.secure_cookies else ALWAYS
    wanted = [(name.encode(), value.encode()) for name, value in chosen.items()]

    async def before_send(message: Message, _scope: Scope) -> None:
        if message["type"] == "http.response.start":
            there = {name for name, _ in message["headers"]}
            message["headers"] = [*message["headers"], *(pair for pair in wanted if pair[0] not in there)]

    return before_send
