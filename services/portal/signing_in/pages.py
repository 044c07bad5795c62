"""The door: signing in and out, activating an account, switching between one's places, the theme."""

from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from litestar import Router, get, post
from litestar.response import Redirect, Template

from services.kernel.refusals import BadInput, NotFound
from services.portal.fields import FormData, word
from services.portal.forms import Form
from services.portal.frame import page, says
from services.portal.signing_in import forgotten, provided, second_factor
from services.portal.signing_in.provided import at_the_door
from services.portal.signing_in.visits import (
    DEVICE,
    AnyRequest,
    go_in,
    inside,
    kept_in,
    refused_at_the_door,
    settings_of,
    token_of,
    visit_of,
    with_session,
    without_session,
)
from services.tenancy import signing_in
from services.tenancy.door import needs

AT_THE_DOOR = (
    signing_in.SignInRefused,
    signing_in.ActivationRefused,
    signing_in.TooManyAttempts,
    signing_in.DoorBusy,
    BadInput,
)
A_YEAR = 31_536_000
says(activated="账号已激活，欢迎使用", switched="已切换身份", everywhere="已在所有设备上退出登录")


@get("/sign-in", opt=needs("sign_in:use"))
async def sign_in_page(request: AnyRequest) -> Template:
    """登录."""
    return page(request, "signing_in/sign_in.html", form=Form(), **at_the_door(request, _target(request)))


@post("/sign-in", opt=needs("sign_in:use"))
async def sign_in(request: AnyRequest, data: FormData) -> Redirect | Template:
    """Password in, session cookie out."""
    try:
        entered = await signing_in.sign_in(
            request.app.state.sessions,
            login=word(data, "login"),
            password=word(data, "password"),
            visit=visit_of(request),
            demo=settings_of(request).demo,
            instead_of=token_of(request),
            device=kept_in(request, DEVICE),
        )
    except AT_THE_DOOR as refusal:
        kept, shown = {"login": word(data, "login")}, at_the_door(request, inside(word(data, "next")))
        return refused_at_the_door(request, "signing_in/sign_in.html", refusal, "password", kept, **shown)
    return go_in(request, entered, inside(word(data, "next")))


@get("/activate", opt=needs("sign_in:use"))
async def activation_page(request: AnyRequest) -> Template:
    """激活账号."""
    return page(request, "signing_in/activate.html", form=Form())


@post("/activate", opt=needs("sign_in:use"))
async def activate(request: AnyRequest, data: FormData) -> Redirect | Template:
    """A one-time code and a password of one's own in, session cookie out."""
    try:
        entered = await signing_in.activate(
            request.app.state.sessions,
            login=word(data, "login"),
            code=word(data, "code"),
            password=word(data, "password"),
            again=word(data, "password_again"),
            visit=visit_of(request),
            demo=settings_of(request).demo,
        )
    except AT_THE_DOOR as refusal:
        kept = {"login": word(data, "login"), "code": word(data, "code")}
        return refused_at_the_door(request, "signing_in/activate.html", refusal, "code", kept)
    return go_in(request, entered, "/?done=activated")


@post("/sign-out", opt=needs("session:end"))
async def sign_out(request: AnyRequest) -> Redirect:
    """退出登录."""
    await signing_in.sign_out(request.app.state.sessions, request.user, visit_of(request))
    return without_session(request, "/sign-in?done=signed-out")


@get("/memberships", opt=needs("session:manage"))
async def memberships(request: AnyRequest) -> Template:
    """切换身份."""
    return page(request, "signing_in/memberships.html")


@post("/memberships/switch", opt=needs("session:manage"))
async def switch(request: AnyRequest, data: FormData) -> Redirect | Template:
    """Act under another of one's memberships, on its first page."""
    try:
        membership_id = UUID(word(data, "membership"))
    except ValueError:
        raise NotFound from None
    token = await signing_in.switch(request.app.state.sessions, request.user, membership_id, visit_of(request))
    return with_session(request, Redirect("/?done=switched", status_code=303), token)


@post("/theme", opt=needs("sign_in:use"))
async def theme(request: AnyRequest, data: FormData) -> Redirect:
    """Light or dark on this browser, and back to the page one came from."""
    answer = Redirect(_before(request), status_code=303)
    if word(data, "theme") in {"light", "dark"}:
        secure = settings_of(request).secure_cookies
        answer.set_cookie("theme", word(data, "theme"), max_age=A_YEAR, secure=secure, samesite="lax", path="/")
    return answer


def _before(request: AnyRequest) -> str:
    parts = urlsplit(request.headers.get("referer", ""))
    if parts.netloc != request.url.netloc:
        return "/"
    return inside(f"{parts.path}?{parts.query}" if parts.query else parts.path)


def _target(request: AnyRequest) -> str:
    return inside(request.query_params.get("next", "/"))


ROUTES: list[Any] = [
    sign_in_page,
    sign_in,
    activation_page,
    activate,
    sign_out,
    memberships,
    switch,
    theme,
    *forgotten.ROUTES,
    *provided.ROUTES,
    *second_factor.ROUTES,
]
router = Router("/", route_handlers=ROUTES, include_in_schema=False)
