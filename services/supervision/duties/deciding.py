"""What the office does about the duties of enterprises: accept, send back, decide about 不适用, urge."""

from collections.abc import Iterable, Sequence
from uuid import UUID

from sqlalchemy import select

from services.kernel.work import Work
from services.regulation.duties import State
from services.supervision import registry
from services.supervision.duties import queries
from services.supervision.duties.happening import happened, row_for, short, words
from services.supervision.duties.jobs import tell_urged
from services.supervision.duties.models import Duty
from services.supervision.duties.refusals import DecidedByAnother, FactsSayOtherwise, WrongState
from services.supervision.registry import Enterprise

Key = tuple[UUID, str, str]
"""Enterprise, code of the rule and period."""


async def accept(work: Work, enterprise_id: UUID, code: str, period: str, *, note: str = "") -> Duty:
    """The office accepts what was handed in; raises FactsSayOtherwise where only the registry can meet the duty."""
    work.require("duty:accept")
    found = await queries.one(work, enterprise_id, code, period, lock=True)
    if found.duty.state is State.UNMET:
        raise FactsSayOtherwise("登记的信息还不满足这项义务：请先按证明材料修改企业档案，满足后自动认定")
    row = _waiting(work, found.row, "submitted")
    said = short(note)
    _decide(work, row, "done", said)
    happened(work, row, "accepted", said)
    return row


async def send_back(work: Work, enterprise_id: UUID, code: str, period: str, *, reason: str) -> Duty:
    """The office returns what was handed in, with what is missing."""
    work.require("duty:return")
    found = await queries.one(work, enterprise_id, code, period, lock=True)
    row = _waiting(work, found.row, "submitted")
    said = words(reason, "请写明缺什么、怎样补", field="reason")
    _decide(work, row, "returned", said)
    happened(work, row, "returned", said)
    return row


async def decide_exemption(
    work: Work, enterprise_id: UUID, code: str, period: str, *, granted: bool, note: str = ""
) -> Duty:
    """The office agrees that a duty does not apply (不适用), or says why it does."""
    work.require("duty:decide_exemption")
    found = await queries.one(work, enterprise_id, code, period, lock=True)
    row = _waiting(work, found.row, "exemption_asked")
    said = short(note) if granted else words(note, "请写明为什么仍然适用")
    _decide(work, row, "not_applicable" if granted else "returned", said)
    happened(work, row, "exemption_granted" if granted else "exemption_refused", said)
    return row


async def urge(work: Work, keys: Iterable[Key], *, note: str = "") -> tuple[int, int]:
    """Urge what is still open (催办): one message to each enterprise; gives how many duties of how many enterprises."""
    work.require("duty:urge")
    said, wanted = short(note), set(keys)
    chosen = select(Enterprise).where(Enterprise.id.in_({key[0] for key in wanted}), registry.visible(work))
    owing = await queries.owed_of_all(work, await work.all(chosen), work.today)
    urged: dict[UUID, list[UUID]] = {}
    for found in (one for all_of_one in owing.values() for one in all_of_one if one.is_open):
        if (found.enterprise_id, found.duty.code, found.duty.period_key) in wanted:
            row = await row_for(work, found)
            row.urged_at = work.now
            happened(work, row, "urged", said, told=False)
            urged.setdefault(found.enterprise_id, []).append(row.id)
    for enterprise_id, rows in urged.items():
        work.send(tell_urged, enterprise_id, rows, said)
    return sum(map(len, urged.values())), len(urged)


def keys_of(typed: Sequence[str]) -> list[Key]:
    """The duties named in a batch; what names none is left out."""
    found: list[Key] = []
    for one in typed:
        enterprise, _, rest = one.partition("/")
        code, _, period = rest.partition("/")
        try:
            found.append((UUID(enterprise), code, period))
        except ValueError:
            continue
    return found


def _waiting(work: Work, row: Duty | None, state: str) -> Duty:
    if row is None or row.state != state:
        raise WrongState("这项义务现在没有等待审核的内容，请刷新后查看")
    if row.submitted_by is not None and row.submitted_by == work.identity.member_id:
        raise DecidedByAnother("报送人不能审核自己报送的内容，请由另一人审核")
    return row


def _decide(work: Work, row: Duty, state: str, answer: str) -> None:
    row.state, row.answer = state, answer
    row.decided_by, row.decided_by_name, row.decided_at = work.identity.member_id, work.identity.person, work.now
