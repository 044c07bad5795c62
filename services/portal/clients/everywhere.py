"""The systems of all towns, as the security administrator sees them: no secret, no business, and a way to stop each."""

from typing import Any
from uuid import UUID

from litestar import get, post
from litestar.params import FromPath
from litestar.response import Redirect, Template

from services.kernel.table import Login
from services.portal.frame import page
from services.portal.signing_in.visits import AnyRequest
from services.tenancy import accounts, clients
from services.tenancy.door import CurrentWork, needs
from services.tenancy.policy.scopes import scopes


@get("/accounts/clients", opt=needs("client:read", login=Login.IDENTITY))
async def all_clients(request: AnyRequest, work: CurrentWork) -> Template:
    """各镇街的对接系统."""
    return page(request, "clients/everywhere.html", rows=await clients.all_clients(work), scopes=scopes())


@get("/accounts/clients/{client_id:uuid}", opt=needs("client:read", login=Login.IDENTITY))
async def one_anywhere(request: AnyRequest, work: CurrentWork, client_id: FromPath[UUID]) -> Template:
    """One of them, and the button that stops it."""
    row, town = await clients.client_anywhere(work, client_id)
    allowed = [scopes()[name].label for name in row.scopes if name in scopes()]
    return page(request, "clients/anywhere.html", row=row, town=town, allowed=allowed)


@post("/accounts/clients/{client_id:uuid}/stop", opt=needs("client:stop", login=Login.IDENTITY))
async def stop(request: AnyRequest, work: CurrentWork, client_id: FromPath[UUID]) -> Redirect:
    """停用; the town's own trail keeps who did it."""
    row, _ = await clients.client_anywhere(work, client_id)
    # Free this connection before another of the same few is taken.
    await work.session.commit()
    async with accounts.within(request.app.state.sessions, request.user, row.tenant_id) as inside:
        await clients.revoke(inside, client_id)
    request.app.state.remembered.forget()
    return Redirect("/accounts/clients?done=client-stopped", status_code=303)


ROUTES: list[Any] = [all_clients, one_anywhere, stop]
