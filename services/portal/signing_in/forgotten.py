"""忘记密码: asked at the door by anybody, answered by the town's office for people whom it knows."""

from typing import Any
from uuid import UUID

from litestar import get, post
from litestar.params import FromPath
from litestar.response import Redirect, Template

from services.kernel.table import Login
from services.notifications.doors import password_forgotten
from services.portal.fields import FormData, word
from services.portal.forms import Form
from services.portal.frame import page, says
from services.portal.signing_in.visits import AnyRequest, refused_at_the_door, visit_of
from services.tenancy import forgotten, signing_in
from services.tenancy.door import CurrentWork, needs
from services.tenancy.roles import Role

says(request_refused="已记为不予办理")
OFFICE = needs("member:manage", login=Login.IDENTITY)


@get("/forgotten", opt=needs("sign_in:use"))
async def forgotten_page(request: AnyRequest) -> Template:
    """忘记密码."""
    return page(request, "signing_in/forgotten.html", form=Form(), asked=False)


@post("/forgotten", opt=needs("sign_in:use"))
async def ask(request: AnyRequest, data: FormData) -> Template:
    """The same answer for every account, whether there is one or not."""
    login, note = word(data, "login"), word(data, "note")
    if not signing_in.normalised_login(login):
        form = Form({"login": login, "note": note}, {"login": "请填写登录用的账号"})
        return page(request, "signing_in/forgotten.html", status=form.status, form=form, asked=False)
    try:
        await forgotten.ask(
            request.app.state.sessions, login=login, note=note, visit=visit_of(request), tell=password_forgotten
        )
    except signing_in.TooManyAttempts as refusal:
        kept = {"login": login, "note": note}
        return refused_at_the_door(request, "signing_in/forgotten.html", refusal, "login", kept, asked=False)
    return page(request, "signing_in/forgotten.html", form=Form(), asked=True)


@get("/password-requests", opt=OFFICE)
async def requests(request: AnyRequest, work: CurrentWork) -> Template:
    """Who waits for a new code."""
    return page(request, "signing_in/password_requests.html", rows=await forgotten.waiting(work), Role=Role)


@post("/password-requests/{request_id:uuid}/issue", opt=OFFICE)
async def issue(request: AnyRequest, work: CurrentWork, request_id: FromPath[UUID]) -> Template:
    """A new activation code, shown once."""
    activation = await forgotten.reissue(work, request_id)
    back = "/password-requests"
    return page(request, "accounts/activation.html", activation=activation, back=back, name=activation.name)


@post("/password-requests/{request_id:uuid}/refuse", opt=OFFICE)
async def refuse(work: CurrentWork, request_id: FromPath[UUID]) -> Redirect:
    """Nothing changes, and the card goes."""
    await forgotten.refuse(work, request_id)
    return Redirect("/password-requests?done=request-refused", status_code=303)


ROUTES: list[Any] = [forgotten_page, ask, requests, issue, refuse]
