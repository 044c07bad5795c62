"""/health, /ready, /metrics and /schema."""

import asyncio
from typing import Any

from litestar import MediaType, Response, Router, get
from litestar.plugins.prometheus import PrometheusController
from litestar.response import Template
from redis.asyncio import Redis
from sqlalchemy import text

from services.kernel.database import Scope
from services.kernel.table import Login
from services.portal.frame import AnyRequest, page
from services.tenancy.door import needs

OPEN = {"exclude_from_auth": True, "nobody_comes": True}
PATIENCE_SECONDS = 2.0


@get("/health", opt=OPEN, media_type=MediaType.JSON)
async def health() -> dict[str, str]:
    """The process answers."""
    return {"status": "ok"}


@get("/ready", opt=OPEN, media_type=MediaType.JSON)
async def ready(request: AnyRequest) -> Response[dict[str, Any]]:
    """PostgreSQL serves at the schema this program knows; without Redis the pages work and messages are late (通知延迟)."""
    database, redis = await asyncio.gather(_database(request), _redis(request))
    fit = database == "ok"
    told = {"status": "ready" if fit else "not ready", "database": database, "redis": redis}
    return Response(told, status_code=200 if fit else 503, headers={} if fit else {"Retry-After": "3"})


async def _database(request: AnyRequest) -> str:
    try:
        async with asyncio.timeout(PATIENCE_SECONDS):
            async with request.app.state.sessions.session(Login.IDENTITY, Scope()) as session:
                at = await session.scalar(text("SELECT version_num FROM alembic_version"))
    except Exception:  # noqa: BLE001 - whatever the reason, it is not ready
        return "数据库暂时连不上"
    return (
        "ok"
        if at == request.app.state.head
        else f"数据库结构是 {at}，程序需要 {request.app.state.head}，请运行 anzhen migrate"
    )


async def _redis(request: AnyRequest) -> str:
    url = request.app.state.settings.redis_url
    if not url:
        return "未配置"
    client = Redis.from_url(url, socket_connect_timeout=PATIENCE_SECONDS, socket_timeout=PATIENCE_SECONDS)
    try:
        await client.ping()
    except Exception:  # noqa: BLE001 - whatever the reason, messages are late
        return "通知延迟"
    finally:
        await client.aclose()
    return "ok"


class Metrics(PrometheusController):
    """Figures of this process group for Prometheus."""

    path = "/metrics"
    openmetrics_format = True
    opt = OPEN
    include_in_schema = False


@get("/schema", opt=needs("sign_in:use"))
async def schema(request: AnyRequest) -> Template:
    """The JSON API, readable by people; programs take /schema/v1/openapi.json."""
    described = request.app.openapi_schema.to_schema()
    routes = [
        {
            "method": method.upper(),
            "path": path,
            "summary": what.get("summary", ""),
            "description": what.get("description", ""),
        }
        for path, methods in sorted(described.get("paths", {}).items())
        for method, what in methods.items()
        if isinstance(what, dict)
    ]
    return page(request, "operations/schema.html", routes=routes)


router = Router("/", route_handlers=[health, ready, Metrics, schema], include_in_schema=False)
