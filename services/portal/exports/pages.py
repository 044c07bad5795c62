"""导出台账 in the background: asked for, made, fetched."""

from typing import Any
from uuid import UUID

from litestar import Router, get, post
from litestar.params import FromPath
from litestar.response import Redirect, Stream, Template

from services.kernel.files import FileStore
from services.kernel.refusals import NotFound
from services.portal.enterprises.asked import facts_of
from services.portal.frame import AnyRequest, page
from services.portal.workbook import XLSX, saved_as
from services.supervision import exports
from services.tenancy.door import CurrentWork, needs

OFFICE = needs("enterprise:export")
HOME = "/enterprises/exports"


@get(HOME, opt=OFFICE)
async def start(request: AnyRequest, work: CurrentWork) -> Template:
    """How many enterprises the address chooses, and the exports of the last day."""
    facts = facts_of(request.query_params)
    return page(
        request,
        "exports/start.html",
        facts=facts,
        total=await exports.how_many(work, facts),
        action=f"{HOME}?{request.url.query}" if request.url.query else HOME,
        rows=[(row, exports.STATES[row.state]) for row in await exports.recent(work)],
    )


@post(HOME, opt=OFFICE)
async def ask(request: AnyRequest, work: CurrentWork) -> Redirect:
    """The file is ordered: exactly what the address chooses."""
    row = await exports.ask(work, facts_of(request.query_params))
    return Redirect(f"{HOME}/{row.id}", status_code=303)


@get(HOME + "/{export_id:uuid}", opt=OFFICE)
async def one(request: AnyRequest, work: CurrentWork, export_id: FromPath[UUID]) -> Template:
    """How far the file has come, and where it is fetched."""
    row = await exports.one(work, export_id)
    is_gone = row.created_at + exports.KEPT < work.now
    return page(request, "exports/one.html", row=row, words=exports.STATES[row.state], is_gone=is_gone)


@get(HOME + "/{export_id:uuid}/file.xlsx", opt=OFFICE)
async def file(request: AnyRequest, work: CurrentWork, export_id: FromPath[UUID]) -> Stream:
    """The file itself, for a day."""
    row = await exports.one(work, export_id)
    if row.sha256 is None or row.created_at + exports.KEPT < work.now:
        raise NotFound("文件只保留一天，已经清除，请重新导出")
    files: FileStore = request.app.state.files
    headers = saved_as(f"{exports.TITLE}{work.today:%Y%m%d}.xlsx") | {"content-length": str(row.bytes)}
    return Stream(await files.get(row.tenant_id, row.sha256), media_type=XLSX, headers=headers)


ROUTES: list[Any] = [start, ask, one, file]
router = Router("/", route_handlers=ROUTES, include_in_schema=False)
