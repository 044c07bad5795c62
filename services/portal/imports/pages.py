"""导入台账: the template, the upload, what was found, saving, and the rows that are to be mended."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

from litestar import Response, Router, get, post
from litestar.datastructures import UploadFile
from litestar.params import FromPath
from litestar.response import Redirect, Stream, Template

from services.kernel.documents import FileRefused
from services.kernel.files import FileStore
from services.kernel.refusals import BadInput, NotFound
from services.portal import typed
from services.portal.forms import Form
from services.portal.frame import AnyRequest, page, says
from services.portal.workbook import XLSX, saved_as
from services.supervision import imports, registry
from services.supervision.imports import RegistryImport
from services.supervision.imports.template import blank_ledger
from services.tenancy.door import CurrentWork, needs

OFFICE = needs("enterprise:write")
HOME = "/enterprises/imports"
KINDS = {"new": "新增", "changed": "变更", "bad": "有误"}
TONES = {
    "reading": "info",
    "checked": "amber",
    "saving": "info",
    "done": "plain",
    "cancelled": "plain",
    "failed": "orange",
}

says(import_cancelled="已放弃这份台账", import_saving="正在保存，保存完会发消息告诉您")


@get(HOME, opt=OFFICE)
async def start(request: AnyRequest, work: CurrentWork) -> Template:
    """导入台账, with the imports of before."""
    return await _start(request, work, Form({"valid_from": work.today.isoformat()}))


@get(f"{HOME}/template.xlsx", opt=OFFICE)
async def template(work: CurrentWork) -> Response[bytes]:
    """The empty ledger with this town's villages."""
    made = await asyncio.to_thread(blank_ledger, await registry.villages_of_town(work))
    return Response(made, media_type=XLSX, headers=saved_as("企业台账导入模板.xlsx"))


@post(HOME, opt=OFFICE)
async def upload(request: AnyRequest, work: CurrentWork) -> Template | Redirect:
    """A ledger comes in; it is looked through in the background."""
    data = await request.form()
    try:
        file, files = _chosen(data), request.app.state.files
        day = typed.day(data, "valid_from")
        row = await imports.upload(work, files, filename=file.filename, data=await file.read(), valid_from=day)
    except (BadInput, FileRefused) as refusal:
        errors = getattr(refusal, "fields", None) or {"file": refusal.sentence}
        return await _start(request, work, Form(typed.kept(data), errors))
    return Redirect(f"{HOME}/{row.id}", status_code=303)


@get(HOME + "/{import_id:uuid}", opt=OFFICE)
async def one(request: AnyRequest, work: CurrentWork, import_id: FromPath[UUID]) -> Template:
    """How far one import has come, and what it would change."""
    row = await imports.one(work, import_id)
    shown = {kind: [line for line in row.preview if line["kind"] == kind] for kind in KINDS}
    return page(
        request,
        "imports/one.html",
        row=row,
        words=imports.STATES[row.state],
        tone=TONES[row.state],
        shown=shown,
        kinds=KINDS,
        counts={"new": row.created, "changed": row.changed, "bad": row.bad},
        is_open=row.state in imports.OPEN,
        found=[registry.BY_NAME[name].head for name in row.heads.get("found", {})],
    )


@post(HOME + "/{import_id:uuid}/save", opt=OFFICE)
async def save(work: CurrentWork, import_id: FromPath[UUID]) -> Redirect:
    """What was found to be right goes into the registry."""
    await imports.approve(work, import_id)
    return Redirect(f"{HOME}/{import_id}?done=import-saving", status_code=303)


@post(HOME + "/{import_id:uuid}/cancel", opt=OFFICE)
async def cancel(work: CurrentWork, import_id: FromPath[UUID]) -> Redirect:
    """The office gives the ledger up."""
    await imports.cancel(work, import_id)
    return Redirect(f"{HOME}/{import_id}?done=import-cancelled", status_code=303)


@get(HOME + "/{import_id:uuid}/errors.xlsx", opt=OFFICE)
async def errors(request: AnyRequest, work: CurrentWork, import_id: FromPath[UUID]) -> Stream:
    """The bad rows as they were uploaded, each after its reasons."""
    row = await imports.one(work, import_id)
    if row.error_sha256 is None:
        raise NotFound
    return await _file(request, row, row.error_sha256, f"有误的行_{row.file_name}")


@get(HOME + "/{import_id:uuid}/file.xlsx", opt=OFFICE)
async def original(request: AnyRequest, work: CurrentWork, import_id: FromPath[UUID]) -> Stream:
    """The file as it was uploaded."""
    row = await imports.one(work, import_id)
    return await _file(request, row, row.file_sha256, row.file_name)


def _chosen(data: typed.Typed) -> UploadFile:
    files = typed.uploads(data, "file")
    if len(files) != 1:
        raise BadInput(fields={"file": "请选择一个 .xlsx 文件"})
    return files[0]


async def _start(request: AnyRequest, work: CurrentWork, form: Form) -> Template:
    return page(
        request,
        "imports/start.html",
        status=form.status,
        form=form,
        rows=[(row, imports.STATES[row.state], TONES[row.state]) for row in await imports.recent(work)],
        most=imports.MOST_ROWS,
    )


async def _file(request: AnyRequest, row: RegistryImport, digest: str, name: str) -> Stream:
    files: FileStore = request.app.state.files
    pieces: AsyncIterator[bytes] = await files.get(row.tenant_id, digest)
    return Stream(pieces, media_type=XLSX, headers=saved_as(name))


ROUTES: list[Any] = [start, template, upload, one, save, cancel, errors, original]
router = Router("/", route_handlers=ROUTES, include_in_schema=False)
