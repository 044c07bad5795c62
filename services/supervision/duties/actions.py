"""What an enterprise does about its duties; each act is checked, recorded, and told to whom it concerns."""

from typing import Final
from uuid import UUID

from sqlalchemy.dialects.postgresql import insert

from services.kernel.attachments import Attachment, keep
from services.kernel.clock import in_words, legal_day, new_id
from services.kernel.files import FileStore
from services.kernel.refusals import BadInput
from services.kernel.work import Work
from services.regulation.duties import Period
from services.supervision.duties import queries
from services.supervision.duties.happening import happened, row_for, short, words
from services.supervision.duties.models import Duty, DutyView
from services.supervision.duties.refusals import EvidenceMissing, OnlyThePrincipal, WrongState
from services.supervision.duties.standing import BY_PRINCIPAL, Owed
from services.tenancy.roles import ENTERPRISE_ROLES, Role

MOST_FILES: Final = 50
SOUND: Final = "无问题"
NO_PRODUCTION: Final = "当日没有生产"


async def report(work: Work, enterprise_id: UUID, code: str, period: str, *, note: str) -> Duty:
    """The enterprise says how far it has come; raises BadInput."""
    row, _ = await _open(work, enterprise_id, code, period)
    row.note, row.state = words(note, "请写明进展情况"), "in_progress"
    happened(work, row, "progressed", row.note, told=False)
    return row


async def attach(
    work: Work, files: FileStore, enterprise_id: UUID, code: str, period: str, *, filename: str, data: bytes
) -> Attachment:
    """The enterprise adds proof; raises WrongState, a FileRefused that says what to do, FileNotKept."""
    work.require("attachment:add")
    row, _ = await _open(work, enterprise_id, code, period)
    if len(await queries.evidence(work, row)) >= MOST_FILES:
        raise BadInput(fields={"files": f"一项义务最多 {MOST_FILES} 个附件，请合并后再上传"})
    kept = await keep(
        work, files, kind=queries.KIND, owner_id=row.id, enterprise_id=enterprise_id, filename=filename, data=data
    )
    row.state = "returned" if row.state == "returned" else "in_progress"
    happened(work, row, "evidence_added", kept.name, told=False)
    await work.flush()
    return kept


async def submit(work: Work, enterprise_id: UUID, code: str, period: str, *, note: str = "") -> Duty:
    """The enterprise hands the proof in (报送审核); raises EvidenceMissing, and WrongState for what only facts can meet."""
    row, found = await _open(work, enterprise_id, code, period)
    if found.is_check:
        raise WrongState("日、周、月排查请直接登记检查结果，不用报送审核")
    said = short(note)
    if not await queries.evidence(work, row):
        wanted = "、".join(found.duty.evidence)
        sentence = f"还没有上传证明材料，需要：{wanted}。请先拍照或选择文件，再报送"
        raise EvidenceMissing(sentence, fields={"files": sentence})
    row.state, row.note = "submitted", said or row.note
    _handed_in(work, row)
    happened(work, row, "submitted", said)
    return row


async def check(
    work: Work, enterprise_id: UUID, code: str, period: str, *, problem: bool, note: str = "", rest: bool = False
) -> Duty:
    """The result of a check by day, week or month, entered in its period or afterwards (补报).

    `problem` wants a note, `rest` says that nothing was produced on that day. Raises OnlyThePrincipal, WrongState, BadInput.
    """
    row, found = await _open(work, enterprise_id, code, period)
    if not found.is_check:
        raise WrongState("这项义务要上传证明材料并报送审核")
    if found.duty.period in BY_PRINCIPAL and work.identity.role != Role.LEGAL_REPRESENTATIVE:
        raise OnlyThePrincipal("月排查由厂长（经理）本人登记，部门负责人、安全管理人员代替不算")
    if rest and found.duty.period is not Period.DAILY:
        raise BadInput("只有日排查可以登记当日没有生产")
    said = words(note, "请写明发现的问题和处理情况") if problem else short(note)
    result = NO_PRODUCTION if rest else f"有问题：{said}" if problem else f"{SOUND}。{said}" if said else SOUND
    row.state, row.note = ("not_applicable" if rest else "done"), result
    _handed_in(work, row)
    late = found.duty.due_on is not None and legal_day(work.now) > found.duty.due_on
    entered = f"补报（应于{in_words(found.duty.due_on)}前登记）：{result}" if late and found.duty.due_on else result
    happened(work, row, "submitted", entered, told=False, late=late)
    return row


async def ask_exemption(work: Work, enterprise_id: UUID, code: str, period: str, *, reason: str) -> Duty:
    """The enterprise says why a duty does not apply to it (不适用); the office decides."""
    work.require("duty:ask_exemption")
    row, found = await _open(work, enterprise_id, code, period)
    if found.is_check:
        raise WrongState("排查不能申请不适用；当日没有生产的，请在日排查里登记")
    row.state, row.note = "exemption_asked", words(reason, "请写明为什么不适用", field="reason")
    _handed_in(work, row)
    happened(work, row, "exemption_asked", row.note)
    return row


async def seen(work: Work, found: Owed) -> None:
    """Somebody of the enterprise has opened the page of a duty; the first time counts."""
    if work.identity.role not in ENTERPRISE_ROLES:
        return
    known = {
        "tenant_id": work.tenant_id,
        "id": new_id(),
        "enterprise_id": found.enterprise_id,
        "code": found.duty.code,
        "period": found.duty.period_key,
        "member_id": work.identity.member_id,
        "person": work.identity.person,
        "seen_at": work.now,
    }
    await work.session.execute(insert(DutyView).values(known).on_conflict_do_nothing())


async def _open(work: Work, enterprise_id: UUID, code: str, period: str) -> tuple[Duty, Owed]:
    work.require("duty:fulfil")
    found = await queries.one(work, enterprise_id, code, period, lock=True)
    if found.state == "met":
        raise WrongState("登记的信息已经满足这项义务，不用再办")
    if not found.is_open:
        raise WrongState(f"这项义务现在是“{found.label}”，不能再修改")
    return await row_for(work, found), found


def _handed_in(work: Work, row: Duty) -> None:
    row.submitted_by, row.submitted_by_name, row.submitted_at = (
        work.identity.member_id,
        work.identity.person,
        work.now,
    )
    row.decided_by = row.decided_by_name = row.decided_at = None
    row.answer = ""
