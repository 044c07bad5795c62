"""The acts on an assignment for programs; `If-Match` names the version that was read, where the caller wants it checked."""

from datetime import date
from typing import Annotated, Any
from uuid import UUID

import msgspec
from litestar import Request, Response, Router, get, post
from litestar.datastructures import UploadFile
from litestar.params import FromPath, HeaderParameter, JSONBody, MultipartBody

from services.kernel.attachments import Attachment
from services.kernel.refusals import BadInput, Stale
from services.kernel.work import Work
from services.supervision import assignments
from services.supervision.assignments.api import (
    AssignmentOut,
    get_assignment,
    give,
    list_assignments,
    list_events,
    out,
)
from services.tenancy.door import CurrentWork, needs, seen

IfMatch = Annotated[str, HeaderParameter(name="If-Match")]
One = FromPath[UUID]
Answer = Response[AssignmentOut]
MOST_BYTES = 30_000_000


class Words(msgspec.Struct, frozen=True):
    """What is said about an act."""

    note: str = ""


class Reason(msgspec.Struct, frozen=True):
    """Why something is done."""

    reason: str


class Progress(msgspec.Struct, frozen=True):
    """How far the work has come."""

    note: str
    percent: int


class LaterDay(msgspec.Struct, frozen=True):
    """The day asked for, and why."""

    to: date
    reason: str


class Decision(msgspec.Struct, frozen=True):
    """Whether the later day is granted."""

    granted: bool
    note: str = ""


class NewOwner(msgspec.Struct, frozen=True):
    """To whom the assignment goes."""

    department_id: UUID
    reason: str
    member_id: UUID | None = None


class AttachmentOut(msgspec.Struct, frozen=True):
    """A file beside an assignment; its bytes are at /attachments/{id}."""

    id: UUID
    name: str
    media_type: str
    bytes: int
    sha256: str

    @classmethod
    def of(cls, row: Attachment) -> "AttachmentOut":
        """The file of a row."""
        return cls(row.id, row.name, row.media_type, row.bytes, row.sha256)


async def _unchanged(work: Work, assignment_id: UUID, if_match: str) -> None:
    """Raise Stale where the caller has read another version."""
    if if_match and seen(if_match) != (await assignments.one(work, assignment_id)).version:
        raise Stale


@post("/{assignment_id:uuid}/receive", opt=needs("assignment:receive"), status_code=200)
async def receive(work: CurrentWork, assignment_id: One, if_match: IfMatch = "") -> Answer:
    """签收."""
    await _unchanged(work, assignment_id, if_match)
    return await out(work, await assignments.receive(work, assignment_id))


@post("/{assignment_id:uuid}/report", opt=needs("assignment:report"), status_code=200)
async def report(work: CurrentWork, assignment_id: One, data: JSONBody[Progress], if_match: IfMatch = "") -> Answer:
    """填报进展."""
    await _unchanged(work, assignment_id, if_match)
    return await out(work, await assignments.report(work, assignment_id, note=data.note, percent=data.percent))


@post("/{assignment_id:uuid}/submit", opt=needs("assignment:submit"), status_code=200)
async def submit(work: CurrentWork, assignment_id: One, data: JSONBody[Words], if_match: IfMatch = "") -> Answer:
    """报送审核."""
    await _unchanged(work, assignment_id, if_match)
    return await out(work, await assignments.submit(work, assignment_id, note=data.note))


@post("/{assignment_id:uuid}/accept", opt=needs("assignment:accept"), status_code=200)
async def accept(work: CurrentWork, assignment_id: One, data: JSONBody[Words], if_match: IfMatch = "") -> Answer:
    """审核通过."""
    await _unchanged(work, assignment_id, if_match)
    return await out(work, await assignments.accept(work, assignment_id, note=data.note))


@post("/{assignment_id:uuid}/return", opt=needs("assignment:return"), status_code=200)
async def send_back(work: CurrentWork, assignment_id: One, data: JSONBody[Reason], if_match: IfMatch = "") -> Answer:
    """退回."""
    await _unchanged(work, assignment_id, if_match)
    return await out(work, await assignments.send_back(work, assignment_id, reason=data.reason))


@post("/{assignment_id:uuid}/extension", opt=needs("assignment:ask_extension"), status_code=200)
async def ask_extension(
    work: CurrentWork, assignment_id: One, data: JSONBody[LaterDay], if_match: IfMatch = ""
) -> Answer:
    """申请延期."""
    await _unchanged(work, assignment_id, if_match)
    return await out(work, await assignments.ask_extension(work, assignment_id, to=data.to, reason=data.reason))


@post("/{assignment_id:uuid}/extension/decision", opt=needs("assignment:decide_extension"), status_code=200)
async def decide_extension(
    work: CurrentWork, assignment_id: One, data: JSONBody[Decision], if_match: IfMatch = ""
) -> Answer:
    """同意或不同意延期."""
    await _unchanged(work, assignment_id, if_match)
    decided = await assignments.decide_extension(work, assignment_id, granted=data.granted, note=data.note)
    return await out(work, decided)


@post("/{assignment_id:uuid}/transfer", opt=needs("assignment:transfer"), status_code=200)
async def transfer(work: CurrentWork, assignment_id: One, data: JSONBody[NewOwner], if_match: IfMatch = "") -> Answer:
    """转办."""
    await _unchanged(work, assignment_id, if_match)
    moved = await assignments.transfer(
        work, assignment_id, department_id=data.department_id, member_id=data.member_id, reason=data.reason
    )
    return await out(work, moved)


@post("/{assignment_id:uuid}/urge", opt=needs("assignment:urge"), status_code=200)
async def urge(work: CurrentWork, assignment_id: One, data: JSONBody[Words]) -> Answer:
    """催办."""
    await assignments.urge(work, [assignment_id], note=data.note)
    return await out(work, await assignments.one(work, assignment_id))


@post("/{assignment_id:uuid}/cancel", opt=needs("assignment:cancel"), status_code=200)
async def cancel(work: CurrentWork, assignment_id: One, data: JSONBody[Reason], if_match: IfMatch = "") -> Answer:
    """取消."""
    await _unchanged(work, assignment_id, if_match)
    return await out(work, await assignments.cancel(work, assignment_id, reason=data.reason))


@get("/{assignment_id:uuid}/attachments", opt=needs("attachment:read"))
async def list_attachments(work: CurrentWork, assignment_id: One) -> list[AttachmentOut]:
    """The files beside an assignment, oldest first."""
    row = await assignments.one(work, assignment_id)
    return [AttachmentOut.of(one) for one in await assignments.evidence(work, row.id)]


@post("/{assignment_id:uuid}/attachments", opt=needs("attachment:add"), request_max_body_size=MOST_BYTES)
async def attach(
    request: Request[Any, Any, Any], work: CurrentWork, assignment_id: One, data: MultipartBody[dict[str, Any]]
) -> AttachmentOut:
    """Add a file (`file`)."""
    file = (data or {}).get("file")
    if not isinstance(file, UploadFile):
        raise BadInput(fields={"file": "请附上文件"})
    files = request.app.state.files
    row = await assignments.attach(work, files, assignment_id, filename=file.filename, data=await file.read())
    return AttachmentOut.of(row)


router = Router(
    "/api/v1/assignments",
    route_handlers=[
        list_assignments,
        get_assignment,
        list_events,
        give,
        receive,
        report,
        submit,
        accept,
        send_back,
        ask_extension,
        decide_extension,
        transfer,
        urge,
        cancel,
        list_attachments,
        attach,
    ],
    tags=["assignments"],
)
