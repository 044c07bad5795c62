"""Every morning: what was missed gets its row, each person hears once of all that is due, and lateness climbs."""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import Final
from uuid import UUID

from msgspec.structs import replace
from sqlalchemy import select

from services.kernel.clock import SHANGHAI, in_words
from services.kernel.jobs import job
from services.kernel.schedules import scheduled
from services.kernel.work import Work
from services.notifications import messages, recipients
from services.notifications.templates import words
from services.regulation.duties import Period, Severity
from services.regulation.lights import Audience, escalation, reminds_on
from services.supervision.duties.happening import happened, row_for
from services.supervision.duties.jobs import listed
from services.supervision.duties.models import Duty, DutyEvent
from services.supervision.duties.queries import owed_of_all
from services.supervision.duties.standing import Owed
from services.supervision.registry import Enterprise

LOOK_BACK: Final = 3
"""Days of which what was missed is still written down, should nothing have run meanwhile."""
UNHEARD: Final = frozenset({Period.DAILY})
"""Nobody is reminded of what comes round every day: it stands on the first page."""


@scheduled(at=time(7, 0), kinds=["township"])
@job(queue="messages", rights={"message:post"})
async def watch_duties(work: Work) -> None:
    """The round of one morning; run again on the same day it changes nothing."""
    living = select(Enterprise).where(Enterprise.left_on.is_(None) | (Enterprise.left_on >= work.today))
    enterprises = await work.all(living.order_by(Enterprise.id))
    for back in range(LOOK_BACK, 0, -1):
        await _write_missed(work, enterprises, work.today - timedelta(days=back))
    climbed: dict[Audience, list[str]] = {}
    names = {one.id: one.name for one in enterprises}
    heard = await _heard_today(work)
    for enterprise_id, owing in (await owed_of_all(work, enterprises, work.today)).items():
        found = [await _noted(work, one) if one.is_unmet and one.row is None else one for one in owing]
        if enterprise_id not in heard:
            await _remind(work, enterprise_id, [one for one in found if _is_told(one, work.today)])
        for one in found:
            _climb(work, one, names[enterprise_id], climbed)
    await _tell_of_climbing(work, climbed)


async def _heard_today(work: Work) -> frozenset[UUID]:
    """The enterprises that were reminded today already."""
    midnight = datetime.combine(work.today, time.min, SHANGHAI)
    query = select(DutyEvent.enterprise_id).where(DutyEvent.kind == "reminded", DutyEvent.at >= midnight)
    return frozenset(await work.all(query.distinct()))


async def _write_missed(work: Work, enterprises: Sequence[Enterprise], day: date) -> None:
    """Whatever came to its end on a day without being done has a row from then on, by the facts and law of that day."""
    for found in (await owed_of_all(work, enterprises, day)).values():
        for one in found:
            if one.row is None and one.duty.due_on == day and one.duty.period.comes_round and one.is_open:
                await row_for(work, one)


async def _noted(work: Work, one: Owed) -> Owed:
    """What the facts have broken counts from the day on which that was noticed."""
    row = await row_for(work, one)
    row.due_on = work.today
    await work.flush()
    work.record("duty:unmet", row, code=row.code, why=row.why)
    return replace(one, row=row)


def _is_told(one: Owed, today: date) -> bool:
    due_on = one.due_on
    if not one.is_open or due_on is None or one.duty.period in UNHEARD:
        return False
    if one.is_check:
        # A check that was missed is counted, not reminded of.
        return due_on >= today and (due_on - today).days in ({1} if one.duty.period is Period.WEEKLY else {3, 1, 0})
    if one.duty.reminds_on and due_on >= today:
        return today in one.duty.reminds_on
    return reminds_on(due_on, today)


async def _remind(work: Work, enterprise_id: UUID, due: Sequence[Owed]) -> None:
    """One message for all of them; the rows remember that it was sent."""
    if not due:
        return
    for one in due:
        row = await row_for(work, one)
        happened(work, row, "reminded", one.light.words, told=False)
    ordered = sorted(due, key=lambda one: one.urgency)
    items = listed([f"{one.duty.title}（{one.light.words}）" for one in ordered])
    said = words("duty:due", count=len(due), items=items)
    to = await recipients.members_of_enterprise(work, enterprise_id)
    event = f"duty:due:{enterprise_id}:{work.today:%Y%m%d}"
    await messages.post(work, to=to, event=event, subject=said.subject, body=said.body, link="/duties?state=open")


def _climb(work: Work, one: Owed, name: str, climbed: dict[Audience, list[str]]) -> None:
    """Lateness against the law goes one step further up, each step once."""
    row: Duty | None = one.row
    if row is None or not one.is_late or one.is_check or one.duty.severity is not Severity.VIOLATION or not one.due_on:
        return
    days = (work.today - one.due_on).days
    due = escalation(days)
    for level, step in enumerate(due[row.escalation :], row.escalation + 1):
        row.escalation = level
        happened(work, row, "escalated", f"逾期 {days} 天，{step.words}", told=False, level=level)
        # The enterprise itself hears of it in its own message of the morning.
        if step.audience is not Audience.OWNER_HEAD:
            climbed.setdefault(step.audience, []).append(f"{name}：{one.duty.title}（{in_words(one.due_on)}）")


async def _tell_of_climbing(work: Work, climbed: dict[Audience, list[str]]) -> None:
    for audience, found in climbed.items():
        to = await (recipients.leaders if audience is Audience.TOWN_LEADER else recipients.office)(work)
        said = words("duty:escalated", count=len(found), items=listed(found))
        event = f"duty:escalated:{audience}:{work.today:%Y%m%d}"
        link = "/duties/ledger?state=late"
        await messages.post(work, to=to, event=event, subject=said.subject, body=said.body, link=link)
