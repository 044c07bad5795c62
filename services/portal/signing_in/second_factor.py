"""The second step at the door: the code of the moment, and its setting up."""

from typing import Any

import segno
from litestar import get, post
from litestar.response import Redirect, Template

from services.portal.fields import FormData, word
from services.portal.forms import Form
from services.portal.frame import page
from services.portal.signing_in.visits import (
    AnyRequest,
    inside,
    refused_at_the_door,
    visit_of,
    with_session,
)
from services.tenancy import signing_in
from services.tenancy.door import master_of, needs

NOT_YET = (signing_in.CodeRefused, signing_in.SignInRefused, signing_in.TooManyAttempts, signing_in.DoorBusy)


@get("/sign-in/code", opt=needs("second_factor:use"))
async def code_page(request: AnyRequest) -> Redirect | Template:
    """第二重验证."""
    target = inside(request.query_params.get("next", "/"))
    if request.user.owes is not signing_in.Owed.CODE:
        return Redirect(target, status_code=303)
    return page(request, "signing_in/code.html", form=Form(), target=target)


@post("/sign-in/code", opt=needs("second_factor:use"))
async def give_code(request: AnyRequest, data: FormData) -> Redirect | Template:
    """A code of the moment or a recovery code in, the full session's cookie out."""
    target = inside(word(data, "next"))
    if request.user.owes is not signing_in.Owed.CODE:
        return Redirect(target, status_code=303)
    try:
        token = await signing_in.give_code(
            request.app.state.sessions,
            request.user,
            code=word(data, "code"),
            visit=visit_of(request),
            master=master_of(request),
        )
    except NOT_YET as refusal:
        return refused_at_the_door(request, "signing_in/code.html", refusal, "code", {}, target=target)
    if target == "/" and request.user.places:
        target = "/memberships"
    return with_session(request, Redirect(target, status_code=303), token)


@get("/sign-in/second-factor", opt=needs("second_factor:set_up"))
async def set_up_page(request: AnyRequest) -> Template:
    """设置第二重验证."""
    return page(request, "signing_in/set_up.html", form=Form(), **await _offered(request))


@post("/sign-in/second-factor", opt=needs("second_factor:set_up"))
async def set_up(request: AnyRequest, data: FormData) -> Redirect | Template:
    """The first code in, ten recovery codes out; they are shown this once."""
    try:
        confirmed = await signing_in.confirm(
            request.app.state.sessions,
            request.user,
            code=word(data, "code"),
            password=word(data, "password"),
            visit=visit_of(request),
            master=master_of(request),
        )
    except NOT_YET as refusal:
        field = "password" if isinstance(refusal, signing_in.SignInRefused) else "code"
        offered = await _offered(request)
        return refused_at_the_door(request, "signing_in/set_up.html", refusal, field, {}, **offered)
    answer = page(request, "signing_in/recovery_codes.html", codes=confirmed.recovery_codes)
    return with_session(request, answer, confirmed.token)


async def _offered(request: AnyRequest) -> dict[str, Any]:
    offer = await signing_in.offer(request.app.state.sessions, request.user, master=master_of(request))
    secret = " ".join(offer.secret[i : i + 4] for i in range(0, len(offer.secret), 4))
    return {"picture": picture_of(offer.address), "secret": secret, "replaces": offer.replaces}


def picture_of(words: str) -> str:
    """A QR code as an image address, dark on white in either theme."""
    return segno.make(words, error="m").svg_data_uri(scale=5, border=4, dark="#000", light="#fff")


ROUTES: list[Any] = [code_page, give_code, set_up_page, set_up]
