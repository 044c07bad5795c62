"""An enterprise says what has changed; the office takes it over as a whole, or says why not."""

from collections.abc import Mapping
from datetime import date
from typing import Any, Final
from uuid import UUID

from sqlalchemy import func, select

from services.kernel.refusals import BadInput, NotFound, Stale
from services.kernel.work import Work
from services.supervision import registry
from services.supervision.changes.jobs import tell_asker, tell_office
from services.supervision.changes.models import ChangeRequest
from services.supervision.changes.refusals import (
    AlreadyAsked,
    ChangedMeanwhile,
    DecidedByAsker,
    NothingChanges,
    NotWaiting,
)
from services.supervision.registry import BY_NAME, PROPOSED

LONGEST: Final = 300


async def ask(work: Work, proposed: Mapping[str, Any], *, valid_from: date, reason: str) -> ChangeRequest:
    """An enterprise proposes facts from a day on; raises BadInput, NothingChanges and AlreadyAsked."""
    work.require("enterprise_change:ask")
    enterprise_id, member_id = work.identity.scope.enterprise_id, work.identity.member_id
    if enterprise_id is None or member_id is None:
        raise NotFound
    before, after = await difference(work, enterprise_id, proposed, valid_from)
    reason = _said(reason, "reason", "请写明变更的原因和依据")
    # Of two people of one enterprise who ask at once the second waits, and then sees the first.
    await work.session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(str(enterprise_id), 1))))
    waiting = select(ChangeRequest).where(
        ChangeRequest.enterprise_id == enterprise_id, ChangeRequest.state == "waiting"
    )
    if await work.first(waiting):
        raise AlreadyAsked
    row = work.add(
        ChangeRequest(
            enterprise_id=enterprise_id,
            state="waiting",
            valid_from=valid_from,
            before=before,
            after=after,
            reason=reason,
            asked_by=member_id,
            asked_by_name=work.identity.person,
            asked_at=work.now,
            decision_note="",
        )
    )
    await work.flush()
    work.record("enterprise_change:asked", row, fields=sorted(after), valid_from=valid_from)
    work.send(tell_office, row.id)
    return row


async def difference(
    work: Work, enterprise_id: UUID, proposed: Mapping[str, Any], valid_from: date
) -> tuple[dict[str, Any], dict[str, Any]]:
    """What the proposed fields are and would be on the day, as JSON, only where they differ; raises BadInput and NothingChanges."""
    allowed = {field.name for field in PROPOSED}
    given = {name: value for name, value in proposed.items() if name in allowed}
    known, wanted = await registry.difference(work, enterprise_id, given, valid_from)
    names = [name for name in given if known[name] != wanted[name]]
    if not names:
        raise NothingChanges
    before = {name: BY_NAME[name].to_json(known[name]) for name in names}
    return before, {name: BY_NAME[name].to_json(wanted[name]) for name in names}


async def withdraw(work: Work, request_id: UUID) -> ChangeRequest:
    """The enterprise takes its proposal back; raises NotWaiting."""
    work.require("enterprise_change:ask")
    row = await _waiting(work, request_id)
    row.state, row.decided_at = "withdrawn", work.now
    await work.flush()
    work.record("enterprise_change:withdrawn", row)
    return row


async def approve(work: Work, request_id: UUID, *, version: int) -> ChangeRequest:
    """The office takes the proposal over into the registry.

    Raises NotWaiting, Stale, DecidedByAsker, ChangedMeanwhile and what `registry.change` raises.
    """
    work.require("enterprise_change:decide")
    row = await _decidable(work, request_id, version)
    after = {name: BY_NAME[name].from_json(value) for name, value in row.after.items()}
    known = await registry.as_of(work, row.enterprise_id, row.valid_from)
    if any(BY_NAME[name].to_json(known[name]) != value for name, value in row.before.items()):
        raise ChangedMeanwhile
    note = f"{row.asked_by_name}申请：{row.reason}"[:LONGEST]
    await registry.change(
        work, row.enterprise_id, after, valid_from=row.valid_from, source="approved", note=note, version=None
    )
    return await _decide(work, row, "approved", "")


async def refuse(work: Work, request_id: UUID, reason: str, *, version: int) -> ChangeRequest:
    """The office says why the registry stays as it is; raises BadInput, NotWaiting, Stale and DecidedByAsker."""
    work.require("enterprise_change:decide")
    note = _said(reason, "note", "请写明不同意的原因，企业会看到")
    return await _decide(work, await _decidable(work, request_id, version), "refused", note)


async def _waiting(work: Work, request_id: UUID) -> ChangeRequest:
    row = await work.get(ChangeRequest, request_id, lock=True)
    if row.state != "waiting":
        raise NotWaiting
    return row


async def _decidable(work: Work, request_id: UUID, version: int) -> ChangeRequest:
    row = await _waiting(work, request_id)
    if row.version != version:
        raise Stale
    if row.asked_by == work.identity.member_id:
        raise DecidedByAsker
    return row


async def _decide(work: Work, row: ChangeRequest, state: str, note: str) -> ChangeRequest:
    row.state, row.decision_note = state, note
    row.decided_by, row.decided_by_name, row.decided_at = work.identity.member_id, work.identity.person, work.now
    await work.flush()
    work.record(f"enterprise_change:{state}", row, note=note)
    work.send(tell_asker, row.id)
    return row


def _said(typed: str, field: str, empty: str) -> str:
    text = typed.strip()
    if not text:
        raise BadInput(fields={field: empty})
    if len(text) > LONGEST:
        raise BadInput(fields={field: f"最多 {LONGEST} 个字，请精简"})
    return text
