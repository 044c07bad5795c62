"""后台: what waits, what is late, and what was given up, by ids alone."""

from uuid import UUID

from litestar import Router, get, post
from litestar.params import FromPath
from litestar.response import Redirect, Template
from sqlalchemy import select

from services.kernel import queues
from services.kernel.relay import delayed
from services.portal.frame import AnyRequest, page, says
from services.tenancy.door import CurrentWork, needs
from services.tenancy.townships import Tenant

says(retried="已重新排队，稍后刷新查看结果")
NAMES = {
    "messages": "系统消息",
    "calendar": "工作日历",
    "deadlines": "期限重算",
    "mail": "邮件",
    "upkeep": "日常清理",
    "files": "附件清理",
    "default": "未知任务",
}


@get("/queues", opt=needs("queue:read"))
async def overview(request: AnyRequest, work: CurrentWork) -> Template:
    """后台."""
    sessions = request.app.state.sessions
    figures, dead = await queues.figures(sessions, work.now), await queues.dead_letters(sessions)
    places = await work.rows(select(Tenant.id, Tenant.name).where(Tenant.id.in_({row.tenant_id for row in dead})))
    return page(
        request,
        "queues/overview.html",
        figures=figures,
        dead=dead,
        places={place.id: place.name for place in places},
        names=NAMES,
        delayed=await delayed(request.app.state.settings.redis_url),
        total={name: sum(getattr(row, name) for row in figures) for name in ("waiting", "late", "under_way", "dead")},
    )


@post("/queues/{tenant_id:uuid}/{outbox_id:uuid}/retry", opt=needs("queue:retry"))
async def retry(
    request: AnyRequest, work: CurrentWork, tenant_id: FromPath[UUID], outbox_id: FromPath[UUID]
) -> Redirect:
    """Try a dead row again."""
    await queues.retry(work, request.app.state.sessions, tenant_id, outbox_id)
    return Redirect("/queues?done=retried", status_code=303)


router = Router("/", route_handlers=[overview, retry], include_in_schema=False)
