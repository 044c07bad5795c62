"""What an enterprise owes on a day, joined with what was done about it."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import and_, or_, select

from services.kernel.attachments import Attachment
from services.kernel.refusals import NotFound
from services.kernel.work import Work
from services.regulation import duties as rules
from services.supervision import registry
from services.supervision.duties.binding import book_of
from services.supervision.duties.facts import facts_of, facts_of_all
from services.supervision.duties.models import Duty, DutyEvent, DutyView
from services.supervision.duties.standing import CLOSED, Owed, kept, standing
from services.supervision.registry import Enterprise

KIND: Final = "duty"
LOOK_BACK: Final = timedelta(days=62)
"""How far back a check that was missed can still be entered."""


async def owed(work: Work, enterprise_id: UUID, day: date) -> list[Owed]:
    """What one enterprise owes on a day, the most urgent first; raises NotFound and BeforeTheRegistry."""
    enterprise = await registry.one(work, enterprise_id)
    evaluated = (await book_of(work, day)).evaluate(await facts_of(work, enterprise.id, day), day)
    rows = await _rows(work, [enterprise.id], evaluated, day)
    return sorted(_joined(enterprise.id, evaluated, rows, day, work.today), key=lambda one: one.urgency)


async def owed_of_all(work: Work, enterprises: Sequence[Enterprise], day: date) -> dict[UUID, list[Owed]]:
    """The same for several in four queries, by code; those that were registered after the day are left out."""
    facts, book = await facts_of_all(work, enterprises, day), await book_of(work, day)
    evaluated = {one: book.evaluate(known, day) for one, known in facts.items()}
    rows: dict[UUID, list[Duty]] = {one: [] for one in evaluated}
    for row in await _rows(work, list(rows), [duty for found in evaluated.values() for duty in found], day):
        rows[row.enterprise_id].append(row)
    return {one: _joined(one, found, rows[one], day, work.today) for one, found in evaluated.items()}


async def one(work: Work, enterprise_id: UUID, code: str, period: str, *, lock: bool = False) -> Owed:
    """One duty that this person may see: of today, kept in a row, or of a period that has just passed; raises NotFound."""
    enterprise = await registry.one(work, enterprise_id)
    query = select(Duty).where(Duty.enterprise_id == enterprise.id, Duty.code == code, Duty.period == period)
    row = await work.first(query.with_for_update(key_share=True) if lock else query)
    duty = await _current(work, enterprise, code, period)
    if duty is None and row is not None:
        duty = kept(row)
    duty = duty or await _passed(work, enterprise, code, period)
    if duty is None:
        raise NotFound
    return standing(enterprise.id, duty, row, work.today, work.today)


async def row_of(work: Work, row_id: UUID) -> Duty:
    """The row of a duty, where this person may see its enterprise; raises NotFound."""
    row = await work.get(Duty, row_id)
    await registry.one(work, row.enterprise_id)
    return row


async def evidence(work: Work, row: Duty | None) -> Sequence[Attachment]:
    """The files beside a duty, oldest first."""
    if row is None:
        return []
    query = select(Attachment).where(Attachment.owner_kind == KIND, Attachment.owner_id == row.id)
    return await work.all(query.order_by(Attachment.created_at, Attachment.id))


async def events(work: Work, row: Duty | None) -> Sequence[DutyEvent]:
    """What happened to a duty, oldest first."""
    if row is None:
        return []
    query = select(DutyEvent).where(DutyEvent.duty_id == row.id)
    return await work.all(query.order_by(DutyEvent.at, DutyEvent.id))


async def views(work: Work, found: Owed) -> Sequence[DutyView]:
    """Who of the enterprise has seen a duty, the first first."""
    query = select(DutyView).where(
        DutyView.enterprise_id == found.enterprise_id,
        DutyView.code == found.duty.code,
        DutyView.period == found.duty.period_key,
    )
    return await work.all(query.order_by(DutyView.seen_at, DutyView.id))


async def _rows(work: Work, ids: Sequence[UUID], owed: Iterable[rules.Duty], day: date) -> Sequence[Duty]:
    """The rows of what is owed now, and those of earlier periods that were never finished."""
    current = {duty.period_key for duty in owed}
    late = and_(Duty.state.not_in(CLOSED), Duty.due_on < day)
    return await work.all(select(Duty).where(Duty.enterprise_id.in_(ids), or_(Duty.period.in_(current), late)))


def _joined(
    enterprise_id: UUID, evaluated: Iterable[rules.Duty], rows: Iterable[Duty], day: date, today: date
) -> list[Owed]:
    by_key: Mapping[tuple[str, str], Duty] = {(row.code, row.period): row for row in rows}
    found = [standing(enterprise_id, duty, by_key.get((duty.code, duty.period_key)), day, today) for duty in evaluated]
    now = {(one.duty.code, one.duty.period_key) for one in found}
    for key, row in by_key.items():
        earlier = None if key in now else kept(row)
        # A paper that was renewed and a state that ended are owed no more; a check that was missed is counted elsewhere.
        if earlier is None or not earlier.period.comes_round or row.due_on is None or row.due_on >= day:
            continue
        past = standing(enterprise_id, earlier, row, day, today)
        found += [] if past.is_check or past.state in CLOSED else [past]
    return found


async def _current(work: Work, enterprise: Enterprise, code: str, period: str) -> rules.Duty | None:
    day = max(work.today, enterprise.registered_on)
    found = (await book_of(work, day)).evaluate(await facts_of(work, enterprise.id, day), day)
    return next((duty for duty in found if (duty.code, duty.period_key) == (code, period)), None)


async def _passed(work: Work, enterprise: Enterprise, code: str, period: str) -> rules.Duty | None:
    """A period of the last weeks that nobody has touched, by the facts and the law of its last day."""
    try:
        rule = rules.rulebook().rule(code)
    except rules.NoSuchRule:
        return None
    first = max(work.today - LOOK_BACK, enterprise.registered_on)
    around = (found for found in rules.occurrences(rule, first, work.today) if found.key == period)
    due_on = next((found.due_on for found in around), None)
    if due_on is None or due_on > work.today or due_on < enterprise.registered_on:
        return None
    found = (await book_of(work, due_on)).evaluate(await facts_of(work, enterprise.id, due_on), due_on)
    return next((duty for duty in found if (duty.code, duty.period_key) == (code, period)), None)
