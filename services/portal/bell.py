"""What the frame shows of each person's day: how many messages and how much work wait, counted once for each page."""

from collections.abc import AsyncIterator, Awaitable, Callable

from services.kernel.table import Login
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
        if not wants_json(request) and request.user.member_id is not None:
            request.state.unread = await _counted(request, work, request.user.writes_as, messages.unread)
            request.state.waiting = await _counted(request, work, request.user.login, assignments.how_many)
        yield work


async def _counted(request: AnyRequest, work: Work, login: Login, count: Callable[[Work], Awaitable[int]]) -> int:
    """Count on the login that sees the rows: this request's, or where the route named another, the person's own."""
    if work.identity.login is login:
        return await count(work)
    person: Person = request.user
    async with open_work(request.app.state.sessions, person.acting_on(login), person.rights) as own:
        return await count(own)
