"""What every act on a duty has in common: its row, its event, its audit entry and who is told."""

from typing import Final

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from services.kernel.clock import new_id
from services.kernel.refusals import BadInput
from services.kernel.work import Work
from services.supervision.duties.jobs import tell_duty
from services.supervision.duties.models import Duty, DutyEvent
from services.supervision.duties.standing import Owed

MOST_NOTE: Final = 500


async def row_for(work: Work, found: Owed) -> Duty:
    """The row of a duty, made where nobody has touched it yet; two who begin at once get the same one."""
    if found.row is not None:
        return found.row
    duty = found.duty
    known = {
        "tenant_id": work.tenant_id,
        "id": new_id(),
        "enterprise_id": found.enterprise_id,
        "code": duty.code,
        "period": duty.period_key,
        "rule_version": duty.version_id,
        "state": "not_started",
        "due_on": duty.due_on,
        "why": duty.because,
        "note": "",
        "answer": "",
        "escalation": 0,
        "version": 1,
    }
    await work.session.execute(insert(Duty).values(known).on_conflict_do_nothing())
    query = select(Duty).where(
        Duty.enterprise_id == found.enterprise_id, Duty.code == duty.code, Duty.period == duty.period_key
    )
    return await work.one(query.with_for_update(key_share=True))


def happened(work: Work, row: Duty, kind: str, note: str = "", *, told: bool = True, **detail: object) -> DutyEvent:
    """Event, audit row and message of one act, in its transaction."""
    event = work.add(
        DutyEvent(
            duty_id=row.id,
            enterprise_id=row.enterprise_id,
            at=work.now,
            member_id=work.identity.member_id,
            person=work.identity.person,
            kind=kind,
            note=note,
        )
    )
    work.record(f"duty:{kind}", row, code=row.code, period=row.period, note=note, **detail)
    if told:
        work.send(tell_duty, row.id, kind, event.id)
    return event


def words(note: str, missing: str, *, field: str = "note") -> str:
    """What was written; raises BadInput beside the field where it is empty or too long."""
    said = short(note, field=field)
    if not said:
        raise BadInput(fields={field: missing})
    return said


def short(note: str, *, field: str = "note") -> str:
    """What may be left empty; raises BadInput beside the field where it is too long."""
    said = note.strip()
    if len(said) > MOST_NOTE:
        raise BadInput(fields={field: f"最多 {MOST_NOTE} 字，现在 {len(said)} 字，请精简"})
    return said
