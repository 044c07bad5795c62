"""An administrator brings the arrangement of a year; every town then counts its open deadlines again."""

from collections.abc import Sequence
from uuid import UUID

from services.kernel import calendar_days
from services.kernel.calendar_days import CalendarDay
from services.kernel.refusals import Stale
from services.kernel.work import Work
from services.supervision.calendar import queries
from services.supervision.calendar.jobs import tell_towns


async def bring(work: Work, days: Sequence[CalendarDay], *, stands_at: UUID | None) -> int:
    """Take days over as they were previewed; tells how many changed, none where all stood so already.

    Needs the platform login. Raises CalendarNotReadable, and Stale where the calendar has changed since the preview.
    """
    work.require("calendar:import")
    found = await queries.preview(work, days)
    changed = await calendar_days.put(work.session, found.days, imported=True)
    if stands_at != await queries.stands_at(work):
        raise Stale("工作日历刚被别人改过，请重新上传文件，核对变动后再确认")
    if not changed:
        return 0
    papers = "、".join(dict.fromkeys(day.source for day in found.days if day.source))
    change = await calendar_days.change_of(
        work.session, changed, at=work.now, person=work.identity.person, source=papers
    )
    work.add(change)
    await work.flush()
    work.session.info.pop(calendar_days.IN_HAND, None)
    work.record("calendar:imported", change, papers=papers, years=change.years, days=change.days)
    work.send(tell_towns, change.id)
    return len(changed)
