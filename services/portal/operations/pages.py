"""/health, /ready and /schema, beside /metrics."""

import asyncio
from typing import Any

from litestar import MediaType, Response, Router, get
from litestar.response import Template
from sqlalchemy import select, text

from services.kernel import clock
from services.kernel.database import Scope
from services.kernel.relay import delayed
from services.kernel.sealer import lagging
from services.kernel.table import Login
from services.portal.frame import AnyRequest, page
from services.portal.operations.metrics import metrics
from services.tenancy.door import needs
from services.tenancy.townships import Tenant

OPEN = {"exclude_from_auth": True, "nobody_comes": True}
PATIENCE_SECONDS = 2.0


@get("/health", opt=OPEN, media_type=MediaType.JSON)
async def health() -> dict[str, str]:
    """The process answers."""
    return {"status": "ok"}


@get("/ready", opt=OPEN, media_type=MediaType.JSON)
async def ready(request: AnyRequest) -> Response[dict[str, Any]]:
    """PostgreSQL serves at the schema this program knows; messages may be late (通知延迟) and seals overdue meanwhile."""
    # One after the other: this login has few connections.
    database, trail = await _database(request), await _trail(request)
    fit = database == "ok"
    messages = await _messages(request)
    told = {"status": "ready" if fit else "not ready", "database": database, "messages": messages, "trail": trail}
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


async def _messages(request: AnyRequest) -> str:
    why = await delayed(request.app.state.settings.redis_url)
    return f"通知延迟：{why}" if why else "ok"


async def _trail(request: AnyRequest) -> str:
    try:
        async with (
            asyncio.timeout(PATIENCE_SECONDS),
            request.app.state.sessions.session(Login.IDENTITY, Scope()) as session,
        ):
            born = await session.execute(select(Tenant.id, Tenant.created_at).where(Tenant.state == "active"))
            red = await lagging(session, clock.now(), {row.id: row.created_at for row in born})
    except Exception:  # noqa: BLE001 - whatever the reason, nobody knows
        return "未知"
    return f"{red} 个单位的审计记录超过一分钟没有封存" if red else "ok"


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
            "scope": next((one["oauth"][0] for one in what.get("security", ()) if "oauth" in one), ""),
            "is_open": not what.get("security"),
        }
        for path, methods in sorted(described.get("paths", {}).items())
        for method, what in methods.items()
        if isinstance(what, dict)
    ]
    return page(request, "operations/schema.html", routes=routes)


router = Router("/", route_handlers=[health, ready, metrics, schema], include_in_schema=False)
