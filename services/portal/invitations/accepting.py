"""What the invited person sees on a phone: who invites them as what, and two ways to accept."""

from typing import Any

from litestar import get, post
from litestar.response import Redirect, Template

from services.kernel.refusals import BadInput, Refusal
from services.notifications.doors import invitation_used
from services.portal.fields import FormData, word
from services.portal.forms import Form
from services.portal.frame import page, says
from services.portal.signing_in.provided import PROVEN
from services.portal.signing_in.visits import (
    AnyRequest,
    go_in,
    keep_in,
    kept_in,
    refused_at_the_door,
    settings_of,
    visit_of,
    with_session,
)
from services.tenancy import invitations, signing_in
from services.tenancy.door import master_of, needs
from services.tenancy.signing_in import oidc
from services.tenancy.signing_in.person import NOBODY

COOKIE, SECONDS = "invitation", 3600
OPEN = needs("sign_in:use")
says(invitation_accepted="已接受邀请，欢迎使用", place_added="已接受邀请，现在是新的身份")


@get("/invitation", opt=OPEN)
async def invitation(request: AnyRequest) -> Redirect | Template:
    """受邀; the code leaves the address bar at once, so that it is in no history and no log."""
    if code := request.query_params.get("code"):
        return _with_code(request, code)
    if not kept_in(request, COOKIE):
        return page(request, "invitations/code.html", form=Form())
    return await _shown(request, Form())


@post("/invitation", opt=OPEN)
async def type_code(request: AnyRequest, data: FormData) -> Redirect | Template:
    """A code typed from paper."""
    if not word(data, "code").strip():
        form = Form({}, {"code": "请填写邀请单上的邀请码"})
        return page(request, "invitations/code.html", status=form.status, form=form)
    return _with_code(request, word(data, "code"))


@post("/invitation/new", opt=OPEN)
async def accept_new(request: AnyRequest, data: FormData) -> Redirect | Template:
    """A new account, its place, and the first session."""
    sessions = request.app.state.sessions
    who = invitations.Newcomer(
        login=word(data, "login"),
        name=word(data, "name"),
        password=word(data, "password"),
        again=word(data, "password_again"),
    )
    try:
        entered = await invitations.accept_new(
            sessions,
            kept_in(request, COOKIE) or "",
            who,
            visit=visit_of(request),
            master=master_of(request),
            tell=invitation_used,
            proven=await oidc.proven_by(sessions, kept_in(request, PROVEN)),
            demo=settings_of(request).demo,
        )
    except (BadInput, signing_in.DoorBusy) as refusal:
        wrong = refusal.fields or {"login": refusal.sentence}
        return await _shown(request, Form({"login": who.login, "name": who.name}, wrong))
    except Refusal as refusal:
        return _refused(request, refusal)
    return _done(request, go_in(request, entered, "/?done=invitation-accepted"))


@post("/invitation/accept", opt=OPEN)
async def accept(request: AnyRequest) -> Redirect | Template:
    """The signed-in person gets one more place and goes there."""
    if not _is_here(request):
        return Redirect("/sign-in?next=/invitation", status_code=303)
    sessions, visit = request.app.state.sessions, visit_of(request)
    try:
        place = await invitations.accept_as(
            sessions,
            kept_in(request, COOKIE) or "",
            request.user,
            visit=visit,
            master=master_of(request),
            tell=invitation_used,
        )
    except BadInput as refusal:
        return await _shown(request, Form({}, refusal.fields))
    except Refusal as refusal:
        return _refused(request, refusal)
    token = await signing_in.switch(sessions, request.user, place, visit)
    return _done(request, with_session(request, Redirect("/?done=place-added", status_code=303), token))


async def _shown(request: AnyRequest, form: Form) -> Template:
    code = kept_in(request, COOKIE) or ""
    try:
        shown = await invitations.look_up(request.app.state.sessions, code, visit_of(request))
    except Refusal as refusal:
        return _refused(request, refusal)
    provider = oidc.provider_of(settings_of(request))
    proven = await oidc.proven_by(request.app.state.sessions, kept_in(request, PROVEN))
    return page(
        request,
        "invitations/invitation.html",
        status=form.status,
        form=form,
        shown=shown,
        here=request.user.person if _is_here(request) else None,
        provider=provider.label if provider else None,
        proven=proven,
    )


def _is_here(request: AnyRequest) -> bool:
    """Whether somebody is signed in who owes nothing more."""
    return request.user is not NOBODY and request.user.owes is None


def _with_code(request: AnyRequest, code: str) -> Redirect:
    answer = Redirect("/invitation", status_code=303)
    keep_in(
        request, answer, COOKIE, "".join(c for c in code[:60] if c.isascii() and (c.isalnum() or c == "-")), SECONDS
    )
    return answer


def _refused(request: AnyRequest, refusal: Refusal) -> Template:
    """The form for another code; one that does not fit is forgotten, one that somebody else should use is not."""
    answer = refused_at_the_door(request, "invitations/code.html", refusal, "code", {})
    if isinstance(refusal, invitations.InvitationRefused):
        keep_in(request, answer, COOKIE, "", 0)
    return answer


def _done(request: AnyRequest, answer: Redirect | Template) -> Redirect | Template:
    for name in (COOKIE, PROVEN):
        keep_in(request, answer, name, "", 0)
    return answer


ROUTES: list[Any] = [invitation, type_code, accept_new, accept]
