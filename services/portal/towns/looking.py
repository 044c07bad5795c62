"""A look of the district into a town's rows is noted before the first row is shown."""

from collections.abc import Mapping
from uuid import UUID

from sqlalchemy import select

from services.kernel.table import Login
from services.kernel.work import Work, open_work
from services.portal.frame import AnyRequest
from services.tenancy.signing_in.person import Person
from services.tenancy.townships.models import Tenant


async def town_names(work: Work) -> Mapping[UUID, str]:
    """The names of the towns that a district's session covers; nothing for everybody else."""
    if not work.identity.scope.tenant_ids:
        return {}
    rows = await work.rows(select(Tenant.id, Tenant.name).where(Tenant.id.in_(work.identity.scope.tenant_ids)))
    return {row.id: row.name for row in rows}


async def note_look(request: AnyRequest, work: Work, town: UUID | None = None) -> None:
    """Keep in the district's own trail that somebody looked, in a transaction that is committed first."""
    person: Person = request.user
    if person.login is not Login.DISTRICT:
        return
    # Ends the reading so far: no request holds two connections, and what follows begins anew on its own login.
    await work.session.commit()
    async with open_work(request.app.state.sessions, person.acting_on(Login.DESK), frozenset()) as desk:
        looked_at = await desk.get(Tenant, town if town in person.towns else desk.tenant_id)
        desk.record("town:looked_into", looked_at, page=request.url.path)
