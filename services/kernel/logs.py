"""Structured logs: one JSON object a line, without personal values."""

import logging
import sys
from typing import Any

import structlog

SECRET_WORDS = ("password", "secret", "token", "phone", "code", "cookie")
"""What no log line shows, whatever a caller passes."""


def configure_logs() -> None:
    """Every line of this process, ours and the libraries', becomes JSON on standard error."""
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        hide_secrets,
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.format_exc_info,
                structlog.processors.JSONRenderer(ensure_ascii=False),
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
    return {key: "***" if any(word in key.lower() for word in SECRET_WORDS) else value for key, value in event.items()}
