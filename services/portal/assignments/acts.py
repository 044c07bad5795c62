"""The acts on an assignment, each from its form on the page of the assignment."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final
from uuid import UUID

from litestar import post
from litestar.datastructures import FormMultiDict
from litestar.params import FromPath
from litestar.response import Redirect, Template

from services.kernel.documents import FileRefused
from services.kernel.files import FileStore
from services.kernel.refusals import BadInput, Refusal
from services.kernel.work import Work
from services.portal import typed
from services.portal.assignments.detail import MOST_AT_ONCE, shown
from services.portal.forms import Form
from services.portal.frame import AnyRequest, says
from services.supervision import assignments
from services.tenancy.door import CurrentWork, needs

says(
    received="已签收，请按期限办理",
    reported="进展已保存",
    submitted="已报送，等待审核",
    accepted="审核通过，任务已办结",
    returned="已退回，责任单位会收到意见",
    extension_asked="延期申请已提交，等待审批",
    extension_decided="延期申请已处理",
    transferred="已转办，由新的责任单位签收",
    cancelled="任务已取消",
    urged="已催办，责任单位会收到提醒",
    attached="材料已上传",
)
MOST_BYTES = 120_000_000
"""Of one form with its files; each file has its own, smaller limit."""
Act = Callable[[FormMultiDict], Awaitable[Any]]
OWN_NAMES: Final[Mapping[str, Mapping[str, str]]] = {
    "return": {"reason": "return_reason"},
    "extension": {"reason": "extension_reason"},
    "decision": {"note": "decision_note"},
    "transfer": {"reason": "transfer_reason", "department_id": "to_owner", "member_id": "to_owner"},
    "cancel": {"reason": "cancel_reason"},
    "urge": {"note": "urge_note"},
    "accept": {"note": "accept_note"},
}
"""Several forms stand on the page: the fields of each have names of their own."""
Answer = Redirect | Template
ONE: Final = "/assignments/{assignment_id:uuid}"


async def acted(request: AnyRequest, work: Work, assignment_id: UUID, act: Act, *, form: str, done: str) -> Answer:
    """One act from its form; what is wrong stands beside its field, and nothing of the act is kept."""
    data = await request.form()
    try:
        await act(data)
        await work.flush()
    except Refusal as refusal:
        if not refusal.fields:
            raise
        # The act had begun before it was refused, and the page shows the rows as they stand.
        await work.session.rollback()
        names = OWN_NAMES.get(form, {})
        wrong = {names.get(name, name): words for name, words in refusal.fields.items()}
        came_back = Form(typed.kept(data), wrong)
        return await shown(request, work, await assignments.one(work, assignment_id), came_back, form)
    return Redirect(f"/assignments/{assignment_id}?done={done}", status_code=303)


async def _attach_all(request: AnyRequest, work: Work, assignment_id: UUID, data: FormMultiDict) -> int:
    files: FileStore = request.app.state.files
    chosen = typed.uploads(data, "files")
    if len(chosen) > MOST_AT_ONCE:
        raise BadInput(fields={"files": f"一次最多上传 {MOST_AT_ONCE} 个文件，请分几次上传"})
    for file in chosen:
        try:
            await assignments.attach(work, files, assignment_id, filename=file.filename, data=await file.read())
        except FileRefused as refusal:
            words = f"“{file.filename[:40]}”没有收下：{refusal.sentence}。其他内容还在，请重新选择文件"
            raise BadInput(fields={"files": words}) from refusal
    return len(chosen)


@post(f"{ONE}/receive", opt=needs("assignment:receive"))
async def receive(request: AnyRequest, work: CurrentWork, assignment_id: FromPath[UUID]) -> Answer:
    """签收."""

    async def act(_data: FormMultiDict) -> None:
        await assignments.receive(work, assignment_id)

    return await acted(request, work, assignment_id, act, form="receive", done="received")


@post(f"{ONE}/report", opt=needs("assignment:report"), request_max_body_size=MOST_BYTES)
async def report(request: AnyRequest, work: CurrentWork, assignment_id: FromPath[UUID]) -> Answer:
    """填报进展, with files."""

    async def act(data: FormMultiDict) -> None:
        await _attach_all(request, work, assignment_id, data)
        percent = typed.number(data, "percent")
        note = typed.word(data, "note")
        await assignments.report(work, assignment_id, note=note, percent=-1 if percent is None else percent)

    return await acted(request, work, assignment_id, act, form="report", done="reported")


@post(f"{ONE}/submit", opt=needs("assignment:submit"), request_max_body_size=MOST_BYTES)
async def submit(request: AnyRequest, work: CurrentWork, assignment_id: FromPath[UUID]) -> Answer:
    """报送审核, with files."""

    async def act(data: FormMultiDict) -> None:
        await _attach_all(request, work, assignment_id, data)
        await assignments.submit(work, assignment_id, note=typed.word(data, "note"))

    return await acted(request, work, assignment_id, act, form="report", done="submitted")


@post(f"{ONE}/attachments", opt=needs("attachment:add"), request_max_body_size=MOST_BYTES)
async def attach(request: AnyRequest, work: CurrentWork, assignment_id: FromPath[UUID]) -> Answer:
    """补传佐证材料."""

    async def act(data: FormMultiDict) -> None:
        if not await _attach_all(request, work, assignment_id, data):
            raise BadInput(fields={"files": "请先选择文件"})

    return await acted(request, work, assignment_id, act, form="attach", done="attached")


@post(f"{ONE}/accept", opt=needs("assignment:accept"))
async def accept(request: AnyRequest, work: CurrentWork, assignment_id: FromPath[UUID]) -> Answer:
    """审核通过."""

    async def act(data: FormMultiDict) -> None:
        await assignments.accept(work, assignment_id, note=typed.word(data, "accept_note"))

    return await acted(request, work, assignment_id, act, form="accept", done="accepted")


@post(f"{ONE}/return", opt=needs("assignment:return"))
async def send_back(request: AnyRequest, work: CurrentWork, assignment_id: FromPath[UUID]) -> Answer:
    """退回."""

    async def act(data: FormMultiDict) -> None:
        await assignments.send_back(work, assignment_id, reason=typed.word(data, "return_reason"))

    return await acted(request, work, assignment_id, act, form="return", done="returned")


@post(f"{ONE}/extension", opt=needs("assignment:ask_extension"))
async def ask_extension(request: AnyRequest, work: CurrentWork, assignment_id: FromPath[UUID]) -> Answer:
    """申请延期."""

    async def act(data: FormMultiDict) -> None:
        to, reason = typed.day(data, "to"), typed.word(data, "extension_reason")
        await assignments.ask_extension(work, assignment_id, to=to, reason=reason)

    return await acted(request, work, assignment_id, act, form="extension", done="extension-asked")


@post(f"{ONE}/extension/decision", opt=needs("assignment:decide_extension"))
async def decide_extension(request: AnyRequest, work: CurrentWork, assignment_id: FromPath[UUID]) -> Answer:
    """同意或不同意延期."""

    async def act(data: FormMultiDict) -> None:
        answer, note = typed.word(data, "answer"), typed.word(data, "decision_note")
        if answer not in {"granted", "refused"}:
            raise BadInput("请选择同意或不同意")
        await assignments.decide_extension(work, assignment_id, granted=answer == "granted", note=note)

    return await acted(request, work, assignment_id, act, form="decision", done="extension-decided")


@post(f"{ONE}/transfer", opt=needs("assignment:transfer"))
async def transfer(request: AnyRequest, work: CurrentWork, assignment_id: FromPath[UUID]) -> Answer:
    """转办; whoever gave it away may not see it any more and goes back to the list."""

    async def act(data: FormMultiDict) -> None:
        department, _, person = typed.word(data, "to_owner").partition("/")
        department_id, member_id = typed.one_id(department), typed.one_id(person)
        if department_id is None or (person and member_id is None):
            raise BadInput(fields={"department_id": "请选择转给哪个部门或哪个人"})
        reason = typed.word(data, "transfer_reason")
        await assignments.transfer(work, assignment_id, department_id=department_id, member_id=member_id, reason=reason)

    answer = await acted(request, work, assignment_id, act, form="transfer", done="transferred")
    if isinstance(answer, Redirect) and not work.may("assignment:assign"):
        return Redirect("/assignments?done=transferred", status_code=303)
    return answer


@post(f"{ONE}/urge", opt=needs("assignment:urge"))
async def urge(request: AnyRequest, work: CurrentWork, assignment_id: FromPath[UUID]) -> Answer:
    """催办."""

    async def act(data: FormMultiDict) -> None:
        await assignments.urge(work, [assignment_id], note=typed.word(data, "urge_note"))

    return await acted(request, work, assignment_id, act, form="urge", done="urged")


@post(f"{ONE}/cancel", opt=needs("assignment:cancel"))
async def cancel(request: AnyRequest, work: CurrentWork, assignment_id: FromPath[UUID]) -> Answer:
    """取消."""

    async def act(data: FormMultiDict) -> None:
        await assignments.cancel(work, assignment_id, reason=typed.word(data, "cancel_reason"))

    return await acted(request, work, assignment_id, act, form="cancel", done="cancelled")


ROUTES = (
    receive,
    report,
    submit,
    attach,
    accept,
    send_back,
    ask_extension,
    decide_extension,
    transfer,
    urge,
    cancel,
)
