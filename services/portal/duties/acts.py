"""The acts on a duty, each from its form on the page of the duty or on the first page."""

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
from services.portal.duties.detail import ONE, shown
from services.portal.forms import Form
from services.portal.frame import AnyRequest, says
from services.supervision import duties
from services.tenancy.door import CurrentWork, needs

says(
    duty_reported="进展已保存",
    duty_attached="证明材料已上传，办完后请报送",
    duty_submitted="已报送，等镇里审核",
    duty_checked="排查结果已登记",
    duty_exemption_asked="申请已提交，等镇里审核",
    duty_accepted="审核通过",
    duty_returned="已退回，企业会收到意见",
    duty_decided="不适用申请已处理",
)
MOST_BYTES: Final = 120_000_000
MOST_AT_ONCE: Final = 10
"""Files in one form."""
Act = Callable[[FormMultiDict], Awaitable[Any]]
Answer = Redirect | Template
Enterprise = FromPath[UUID]
Code = FromPath[str]
PeriodKey = FromPath[str]
OWN_NAMES: Final[Mapping[str, Mapping[str, str]]] = {
    "return": {"reason": "return_reason"},
    "exemption": {"reason": "exemption_reason"},
    "decision": {"note": "decision_note"},
    "accept": {"note": "accept_note"},
}
"""Several forms stand on the page: the fields of each have names of their own."""


async def acted(request: AnyRequest, work: Work, key: duties.Key, act: Act, *, form: str, done: str) -> Answer:
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
        return await shown(request, work, await duties.one(work, *key), Form(typed.kept(data), wrong), form)
    back = "/" if typed.word(data, "back") == "/" else f"/duties/{key[0]}/{key[1]}/{key[2]}"
    return Redirect(f"{back}?done={done}", status_code=303)


async def attach_all(request: AnyRequest, work: Work, key: duties.Key, data: FormMultiDict) -> int:
    """Every file of a form beside the duty; tells how many there were."""
    files: FileStore = request.app.state.files
    chosen = typed.uploads(data, "files")
    if len(chosen) > MOST_AT_ONCE:
        raise BadInput(fields={"files": f"一次最多上传 {MOST_AT_ONCE} 个文件，请分几次上传"})
    for file in chosen:
        try:
            await duties.attach(work, files, *key, filename=file.filename, data=await file.read())
        except FileRefused as refusal:
            words = f"“{file.filename[:40]}”没有收下：{refusal.sentence}。其他内容还在，请重新选择文件"
            raise BadInput(fields={"files": words}) from refusal
    return len(chosen)


@post(f"{ONE}/report", opt=needs("duty:fulfil"), request_max_body_size=MOST_BYTES)
async def report(
    request: AnyRequest, work: CurrentWork, enterprise_id: Enterprise, code: Code, period: PeriodKey
) -> Answer:
    """保存进展 and files."""
    key = (enterprise_id, code, period)

    async def act(data: FormMultiDict) -> None:
        files, note = await attach_all(request, work, key, data), typed.word(data, "note")
        if note or not files:
            await duties.report(work, *key, note=note)

    return await acted(request, work, key, act, form="report", done="duty-reported")


@post(f"{ONE}/attachments", opt=needs("duty:fulfil"), request_max_body_size=MOST_BYTES)
async def attach(
    request: AnyRequest, work: CurrentWork, enterprise_id: Enterprise, code: Code, period: PeriodKey
) -> Answer:
    """上传证明."""
    key = (enterprise_id, code, period)

    async def act(data: FormMultiDict) -> None:
        if not await attach_all(request, work, key, data):
            raise BadInput(fields={"files": "请先拍照或选择文件"})

    return await acted(request, work, key, act, form="report", done="duty-attached")


@post(f"{ONE}/submit", opt=needs("duty:fulfil"), request_max_body_size=MOST_BYTES)
async def submit(
    request: AnyRequest, work: CurrentWork, enterprise_id: Enterprise, code: Code, period: PeriodKey
) -> Answer:
    """报送审核, with files."""
    key = (enterprise_id, code, period)

    async def act(data: FormMultiDict) -> None:
        await attach_all(request, work, key, data)
        await duties.submit(work, *key, note=typed.word(data, "note"))

    return await acted(request, work, key, act, form="report", done="duty-submitted")


@post(f"{ONE}/check", opt=needs("duty:fulfil"), request_max_body_size=MOST_BYTES)
async def check(
    request: AnyRequest, work: CurrentWork, enterprise_id: Enterprise, code: Code, period: PeriodKey
) -> Answer:
    """登记排查结果, with a photo."""
    key = (enterprise_id, code, period)

    async def act(data: FormMultiDict) -> None:
        await attach_all(request, work, key, data)
        result = typed.word(data, "result")
        note = typed.word(data, "note")
        await duties.check(work, *key, problem=result == "problem", note=note, rest=result == "rest")

    return await acted(request, work, key, act, form="check", done="duty-checked")


@post(f"{ONE}/exemption", opt=needs("duty:ask_exemption"))
async def ask_exemption(
    request: AnyRequest, work: CurrentWork, enterprise_id: Enterprise, code: Code, period: PeriodKey
) -> Answer:
    """申请不适用."""
    key = (enterprise_id, code, period)

    async def act(data: FormMultiDict) -> None:
        await duties.ask_exemption(work, *key, reason=typed.word(data, "exemption_reason"))

    return await acted(request, work, key, act, form="exemption", done="duty-exemption-asked")


@post(f"{ONE}/accept", opt=needs("duty:accept"))
async def accept(
    request: AnyRequest, work: CurrentWork, enterprise_id: Enterprise, code: Code, period: PeriodKey
) -> Answer:
    """审核通过."""
    key = (enterprise_id, code, period)

    async def act(data: FormMultiDict) -> None:
        await duties.accept(work, *key, note=typed.word(data, "accept_note"))

    return await acted(request, work, key, act, form="accept", done="duty-accepted")


@post(f"{ONE}/return", opt=needs("duty:return"))
async def send_back(
    request: AnyRequest, work: CurrentWork, enterprise_id: Enterprise, code: Code, period: PeriodKey
) -> Answer:
    """退回."""
    key = (enterprise_id, code, period)

    async def act(data: FormMultiDict) -> None:
        await duties.send_back(work, *key, reason=typed.word(data, "return_reason"))

    return await acted(request, work, key, act, form="return", done="duty-returned")


@post(f"{ONE}/exemption/decision", opt=needs("duty:decide_exemption"))
async def decide(
    request: AnyRequest, work: CurrentWork, enterprise_id: Enterprise, code: Code, period: PeriodKey
) -> Answer:
    """同意或不同意不适用."""
    key = (enterprise_id, code, period)

    async def act(data: FormMultiDict) -> None:
        answer = typed.word(data, "answer")
        if answer not in {"granted", "refused"}:
            raise BadInput("请选择同意或不同意")
        note = typed.word(data, "decision_note")
        await duties.decide_exemption(work, *key, granted=answer == "granted", note=note)

    return await acted(request, work, key, act, form="decision", done="duty-decided")


ROUTES: list[Any] = [report, attach, submit, check, ask_exemption, accept, send_back, decide]
