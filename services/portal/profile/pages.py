"""One's own account: password, second factor, and where one is signed in."""

import re
from typing import Any
from uuid import UUID

from litestar import Router, get, post
from litestar.response import Redirect, Template

from services.kernel.refusals import BadInput
from services.kernel.table import Login
from services.portal.fields import FormData, word
from services.portal.forms import Form
from services.portal.frame import page, says
from services.portal.signing_in.visits import (
    AnyRequest,
    refused_at_the_door,
    settings_of,
    visit_of,
    with_session,
    without_session,
)
from services.tenancy import members, signing_in
from services.tenancy.door import CurrentWork, master_of, needs
from services.tenancy.signing_in import oidc

says(renewed="密码已修改，其他设备上的登录已全部退出", session_ended="已退出那一处登录")
SYSTEMS = (
    ("MicroMessenger", "微信"),
    ("Android", "安卓手机"),
    ("iPhone", "苹果手机"),
    ("iPad", "平板电脑"),
    ("Windows", "Windows 电脑"),
    ("Macintosh", "苹果电脑"),
    ("Linux", "Linux 电脑"),
)
BROWSERS = (("Edg", "Edge"), ("Firefox", "Firefox"), ("Chrome", "Chrome"), ("Safari", "Safari"))


@get("/profile", opt=needs("session:manage", login=Login.IDENTITY))
async def profile(request: AnyRequest, work: CurrentWork) -> Template:
    """个人设置."""
    member = await work.get(members.Member, request.user.member_id) if request.user.member_id else None
    phone = await members.phone_of(work, member, master=master_of(request)) if member else None
    account = await signing_in.account_of(work.session, request.user.user_id, work.now)
    provider = oidc.provider_of(settings_of(request))
    return page(
        request,
        "profile/profile.html",
        account=account,
        member=member,
        phone=phone,
        device=device_of,
        provider=provider.label if provider else None,
        identities=await oidc.linked(work.session, request.user.user_id),
    )


@post("/profile/sessions/{session_id:uuid}/end", opt=needs("session:manage"))
async def end_session(request: AnyRequest, session_id: UUID) -> Redirect:
    """End one of one's own sessions; one's present one ends like signing out."""
    await signing_in.end_session(request.app.state.sessions, request.user, session_id, visit_of(request))
    if session_id == request.user.session_id:
        return without_session(request, "/sign-in?done=signed-out")
    request.app.state.remembered.forget()
    return Redirect("/profile?done=session-ended", status_code=303)


@post("/profile/sign-out-everywhere", opt=needs("session:manage"))
async def sign_out_everywhere(request: AnyRequest) -> Redirect:
    """全部退出."""
    await signing_in.sign_out_everywhere(request.app.state.sessions, request.user, visit_of(request))
    return without_session(request, "/sign-in?done=everywhere")


@get("/profile/password", opt=needs("password:change"))
async def password_page(request: AnyRequest) -> Template:
    """修改密码."""
    return page(request, "profile/password.html", form=Form())


@post("/profile/password", opt=needs("password:change"))
async def change_password(request: AnyRequest, data: FormData) -> Redirect | Template:
    """A new password; all other sessions end."""
    try:
        token = await signing_in.change_password(
            request.app.state.sessions,
            request.user,
            current=word(data, "current"),
            password=word(data, "password"),
            again=word(data, "password_again"),
            visit=visit_of(request),
        )
    except (BadInput, signing_in.TooManyAttempts, signing_in.DoorBusy) as refusal:
        return refused_at_the_door(request, "profile/password.html", refusal, "current", {})
    target = "/" if request.user.owes else "/profile?done=renewed"
    return with_session(request, Redirect(target, status_code=303), token)


def device_of(agent: str) -> str:
    """The kind of device and browser, as people call them."""
    system = next((words for mark, words in SYSTEMS if mark in agent), "其他设备")
    browser = next((words for mark, words in BROWSERS if re.search(rf"\b{mark}\w*/", agent)), "")
    return f"{system} {browser}".strip()


ROUTES: list[Any] = [profile, end_session, sign_out_everywhere, password_page, change_password]
router = Router("/", route_handlers=ROUTES, include_in_schema=False)
