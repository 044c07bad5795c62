"""Telling people what happened to a duty."""

from uuid import UUID

from sqlalchemy import select

from services.kernel.jobs import job
from services.kernel.work import Work
from services.notifications import messages, recipients
from services.notifications.templates import words
from services.regulation import duties as rules
from services.supervision.duties.models import Duty, DutyEvent
from services.supervision.registry import Enterprise

TO_THE_OFFICE = frozenset({"submitted", "exemption_asked"})
"""The other acts are told to the enterprise."""
LISTED = 12


@job(queue="messages", rights={"message:post"})
async def tell_duty(work: Work, duty_id: UUID, kind: str, event_id: UUID) -> None:
    """Tell the office, or the enterprise, what was just done; never the person who did it."""
    row, event = await work.get(Duty, duty_id), await work.get(DutyEvent, event_id)
    enterprise = await work.get(Enterprise, row.enterprise_id)
    office = kind in TO_THE_OFFICE
    to = await recipients.office(work) if office else await recipients.members_of_enterprise(work, enterprise.id)
    told = words(f"duty:{kind}", title=title_of(row.code), owner=enterprise.name, person=event.person, note=event.note)
    await messages.post(
        work,
        to=[member for member in to if member != event.member_id],
        event=f"duty:{kind}:{event.id}",
        subject=told.subject,
        body=told.body,
        link=f"/duties/{row.enterprise_id}/{row.code}/{row.period}",
        by=event.member_id,
    )


@job(queue="messages", rights={"message:post"})
async def tell_urged(work: Work, enterprise_id: UUID, duty_ids: list[UUID], note: str) -> None:
    """One message to an enterprise for all duties that were urged at once."""
    rows = await work.all(select(Duty).where(Duty.id.in_(duty_ids)).order_by(Duty.code))
    told = words("duty:urged", count=len(rows), items=listed([title_of(row.code) for row in rows]), note=note)
    await messages.post(
        work,
        to=await recipients.members_of_enterprise(work, enterprise_id),
        event=f"duty:urged:{min(duty_ids)}:{rows[0].urged_at}",
        subject=told.subject,
        body=told.body,
        link="/duties?state=open",
    )


def title_of(code: str) -> str:
    """A few words for a rule; the code where it is not shipped any more."""
    try:
        return rules.rulebook().rule(code).title
    except rules.NoSuchRule:
        return code


def listed(items: list[str]) -> str:
    """Some of them by name, the others by number."""
    shown = "；".join(items[:LISTED])
    return f"{shown}等 {len(items)} 项" if len(items) > LISTED else shown
