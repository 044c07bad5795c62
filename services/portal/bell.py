"""What the frame shows of each person's day: how many messages and how much work wait, counted once for each page."""

from collections.abc import AsyncIterator

from services.kernel.work import Work, open_work
from services.notifications import messages
from services.portal.frame import AnyRequest
from services.portal.problems import wants_json
from services.supervision import assignments
from services.tenancy.door import work_of
from services.tenancy.signing_in.person import Person


async def provide_work(request: AnyRequest) -> AsyncIterator[Work]:
    """The Work of this request; a page also learns how many messages and how much work wait for its reader."""
    async with work_of(request) as work:
        if not wants_json(request):
            request.state.unread = await _unread(request, work)
            request.state.waiting = await assignments.how_many(work)
        yield work


async def _unread(request: AnyRequest, work: Work) -> int:
    person: Person = request.user
    if person.member_id is None:
        return 0
    if work.identity.login is person.writes_as:
        return await messages.unread(work)
    async with open_work(request.app.state.sessions, person.acting_on(person.writes_as), frozenset()) as own:
        return await messages.unread(own)
