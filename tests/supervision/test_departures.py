"""Work that was given to somebody by name does not leave with them."""

import pytest
from sqlalchemy import select

from services.kernel.outbox import Outbox
from services.supervision import assignments
from services.supervision.assignments import Assignment, AssignmentEvent
from services.supervision.assignments.departures import left_behind
from services.tenancy.roles import Role
from tests.factories import a_person
from tests.supervision.year import Year
from tests.web import browser, running

pytestmark = pytest.mark.anyio


async def test_what_is_open_goes_back_to_the_department(year: Year) -> None:
    """It has to be received again and the history says why; what was handed in keeps waiting for its review; others keep theirs."""
    async with year.everything() as session:
        leaver = await a_person(session, year.town, Role.SECTOR_DEPARTMENT, name="示例离任人")
    own = {"department_ids": (), "member_ids": (leaver.member_id,)}
    taken, handed_in = await year.given(**own), await year.given(title="第二项", **own)
    another = await year.received(title="别人的")
    for one in (taken, handed_in):
        async with year.as_(leaver) as work:
            await assignments.receive(work, one.id)
    async with year.as_(leaver) as work:
        await assignments.submit(work, handed_in.id, note="已办完")
    assert leaver.member_id is not None
    for _ in range(2):
        async with year.as_system() as work:
            await left_behind(work, leaver.member_id)
    async with year.everything() as session:
        found = {one.id: one for one in await session.scalars(select(Assignment))}
        events = (await session.scalars(select(AssignmentEvent).where(AssignmentEvent.kind == "transferred"))).all()
    assert {found[one.id].member_id for one in (taken, handed_in)} == {None}
    assert (found[taken.id].owner_name, found[taken.id].state) == ("经济发展办", "pending")
    assert (found[handed_in.id].state, found[another.id].state) == ("submitted", "in_progress")
    assert sorted(event.assignment_id for event in events) == sorted([taken.id, handed_in.id])
    assert all("示例离任人离任" in event.note for event in events)


async def test_whoever_leaves_the_town_leaves_the_work_there(year: Year, settings: object) -> None:
    """办理离任 on the person's page sends the job in the same transaction."""
    leaver = year.town[Role.SECTOR_DEPARTMENT].member_id
    async with running(settings, year.sessions) as app, browser(app, year.town[Role.TOWN_OFFICE]) as office:  # type: ignore[arg-type]
        assert (await office.post(f"/members/{leaver}/leave")).status_code == 303
    async with year.everything() as session:
        sent = (await session.scalars(select(Outbox).where(Outbox.job.like("%:left_behind")))).all()
    assert [job.args for job in sent] == [[str(leaver)]]
