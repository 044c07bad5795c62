"""Structured logs: one JSON object a line, without personal values."""

import json
import logging
import sys
from functools import cache
from typing import Any

import msgspec
import structlog

SECRET_WORDS = ("password", "secret", "token", "phone", "code", "cookie")
"""What no log line shows, whatever a caller passes."""


def encoded(event: Any, **_: Any) -> str:
    """One line of JSON, whatever stands in a path: half a character is escaped."""
    try:
        return msgspec.json.encode(event, enc_hook=str).decode()
    except UnicodeEncodeError:
        return json.dumps(event, default=str)


JSON = structlog.processors.JSONRenderer(serializer=encoded)


class Lines:
    """Our own lines go straight to standard error: one is written at each request."""

    def __init__(self, *_name: object) -> None:
        pass

    def write(self, line: str) -> None:
        """One line."""
        sys.stderr.write(f"{line}\n")

    msg = debug = info = warning = error = critical = exception = write


def configure_logs() -> None:
    """Every line of this process, ours and the libraries', becomes JSON on standard error."""
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        hide_secrets,
    ]
    structlog.configure(
        processors=[*shared, structlog.processors.format_exc_info, JSON],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=Lines,
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.format_exc_info,
                JSON,
            ],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.INFO)
    for quiet in ("httpx", "casbin", "asyncio"):
        logging.getLogger(quiet).setLevel(logging.WARNING)


def hide_secrets(_logger: object, _method: str, event: dict[str, Any]) -> dict[str, Any]:
    """Values whose name sounds secret are replaced."""
    return {key: "***" if _is_secret(key) else value for key, value in event.items()}


@cache
def _is_secret(key: str) -> bool:
    return any(word in key.lower() for word in SECRET_WORDS)
