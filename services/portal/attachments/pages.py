"""Attachments: downloads, and small pictures for the pages."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any
from uuid import UUID

from litestar import Response, Router, get
from litestar.params import FromPath
from litestar.response import Stream

from services.kernel.attachments import Attachment, thumbnail
from services.kernel.files import FileStore
from services.kernel.refusals import NotFound
from services.kernel.work import Work
from services.portal.frame import AnyRequest
from services.portal.workbook import saved_as
from services.supervision import assignments, duties, plans
from services.tenancy.door import CurrentWork, needs

OWNERS: dict[str, Callable[[Work, UUID], Awaitable[Any]]] = {
    "assignment": assignments.one,
    "duty": duties.row_of,
    "plan": plans.get_plan,
}
"""How the row of each kind is found by somebody who may see it."""
ALONE = {"content-security-policy": "default-src 'none'; sandbox"}
"""A file of somebody's that is opened by itself does nothing."""


@get("/attachments/{attachment_id:uuid}", opt=needs("attachment:read"))
async def download(request: AnyRequest, work: CurrentWork, attachment_id: FromPath[UUID]) -> Stream:
    """The file as it was kept; pictures open in the browser, everything else is saved."""
    row = await _visible(work, attachment_id)
    headers = ALONE | saved_as(row.name, inline=row.is_picture) | {"content-length": str(row.bytes)}
    return Stream(await _bytes(request, row), media_type=row.media_type, headers=headers)


@get("/attachments/{attachment_id:uuid}/small", opt=needs("attachment:read"))
async def small(request: AnyRequest, work: CurrentWork, attachment_id: FromPath[UUID]) -> Response[bytes]:
    """A picture of at most 480 pixels a side, kept by this browser for an hour."""
    row = await _visible(work, attachment_id)
    if not row.is_picture:
        raise NotFound
    whole = b"".join([piece async for piece in await _bytes(request, row)])
    headers = ALONE | {"cache-control": "private, max-age=3600"}
    return Response(await asyncio.to_thread(thumbnail, whole), media_type="image/jpeg", headers=headers)


async def _visible(work: Work, attachment_id: UUID) -> Attachment:
    row = await work.get(Attachment, attachment_id)
    if row.owner_kind not in OWNERS:
        raise NotFound
    await OWNERS[row.owner_kind](work, row.owner_id)
    return row


async def _bytes(request: AnyRequest, row: Attachment) -> AsyncIterator[bytes]:
    files: FileStore = request.app.state.files
    return await files.get(row.tenant_id, row.sha256)


router = Router("/", route_handlers=[download, small], include_in_schema=False)
