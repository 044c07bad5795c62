"""What a browser brings to the door and takes away from it."""

import re
from typing import Any
from urllib.parse import quote

from litestar import Request
from litestar.response import Redirect, Template

from services.kernel.settings import Settings
from services.portal.forms import Form
from services.portal.frame import page
from services.tenancy import signing_in

AnyRequest = Request[Any, Any, Any]
DEVICE = "device"
"""The cookie of a browser that somebody signed in with before."""
INSIDE = re.compile(r"/(?![/\\])[!-\[\]-~]*")
"""A path of ours in plain letters: no other host can hide behind a second slash or a backslash."""


def visit_of(request: AnyRequest) -> signing_in.Visit:
    """From where and with what the request comes."""
    agent = "".join(c for c in request.headers.get("user-agent", "") if c.isprintable())
    return signing_in.Visit(address=request.client.host if request.client else "", agent=agent)


def inside(target: object) -> str:
    """Where to go on: a page of ours, or the first page instead of anything else."""
    return target if isinstance(target, str) and INSIDE.fullmatch(target) else "/"


def token_of(request: AnyRequest) -> str | None:
    """The session cookie that the browser holds."""
    return request.cookies.get(signing_in.cookie_name(secure=settings_of(request).secure_cookies))


def settings_of(request: AnyRequest) -> Settings:
    """The installation's settings."""
    settings: Settings = request.app.state.settings
    return settings


def with_session(request: AnyRequest, answer: Redirect | Template, token: str) -> Redirect | Template:
    """The answer with the new session's cookie; what this process believed of the old one is forgotten."""
    secure = settings_of(request).secure_cookies
    answer.set_cookie(
        signing_in.cookie_name(secure=secure), token, httponly=True, secure=secure, samesite="lax", path="/"
    )
    request.app.state.remembered.forget()
    return answer


def without_session(request: AnyRequest, target: str) -> Redirect:
    """Go on without a cookie; what this process believed of the session is forgotten."""
    secure = settings_of(request).secure_cookies
    answer = Redirect(target, status_code=303)
    answer.set_cookie(
        signing_in.cookie_name(secure=secure), "", max_age=0, httponly=True, secure=secure, samesite="lax", path="/"
    )
    request.app.state.remembered.forget()
    return answer


def go_in(request: AnyRequest, entered: signing_in.Entered, target: str) -> Redirect | Template:
    """To the code, to the choice of one's place, or straight to where the person wanted to go; the browser is known now."""
    if entered.owes is signing_in.Owed.CODE:
        target = f"/sign-in/code?next={quote(target, safe='/')}"
    elif entered.has_several_places and target == "/":
        target = "/memberships"
    answer = Redirect(target, status_code=303)
    if entered.device:
        keep_in(request, answer, DEVICE, entered.device, int(signing_in.DEVICE_LASTS.total_seconds()))
    return with_session(request, answer, entered.token)


def kept_in(request: AnyRequest, name: str) -> str | None:
    """A word that this browser keeps for us for a while (`keep_in`)."""
    return request.cookies.get(_cookie(request, name))


def keep_in(request: AnyRequest, answer: Redirect | Template, name: str, word: str, seconds: int) -> None:
    """The browser brings the word back with each request, until the time is over; no script can read it."""
    answer.set_cookie(
        _cookie(request, name),
        word,
        max_age=seconds,
        httponly=True,
        secure=settings_of(request).secure_cookies,
        samesite="lax",
        path="/",
    )


def address_of(request: AnyRequest, path: str) -> str:
    """A page of ours as others have to write it: under the public address, or the one that this browser used."""
    base = settings_of(request).public_url or str(request.base_url).rstrip("/")
    return f"{base}{path}"


def _cookie(request: AnyRequest, name: str) -> str:
    return f"__Host-anzhen_{name}" if settings_of(request).secure_cookies else f"anzhen_{name}"


def refused_at_the_door(
    request: AnyRequest, template: str, refusal: Any, field: str, kept: dict[str, str], **context: Any
) -> Template:
    """The form again with the refusal's sentence; a lock and a crowd also say when to come back."""
    form = Form(kept, refusal.fields or {field: refusal.sentence})
    answer = page(request, template, status=refusal.status, form=form, **context)
    answer.headers.update(refusal.headers)
    return answer
