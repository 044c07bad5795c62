"""The door: signing in and out, switching between one's places, the theme."""

from typing import Annotated, Any

from litestar import Request, Router, get, post
from litestar.enums import RequestEncodingType
from litestar.params import Body
from litestar.response import Redirect, Template

from services.portal.forms import Form
from services.portal.frame import page
from services.tenancy import signing_in
from services.tenancy.door import needs
from services.tenancy.signing_in.sessions import COOKIE

AnyRequest = Request[Any, Any, Any]
FormData = Annotated[dict[str, str], Body(media_type=RequestEncodingType.URL_ENCODED)]


@get("/sign-in", opt=needs("sign_in:use"))
async def sign_in_page(request: AnyRequest) -> Template:
    """登录."""
    return page(request, "signing_in/sign_in.html", form=Form())


@post("/sign-in", opt=needs("sign_in:use"))
async def sign_in(request: AnyRequest, data: FormData) -> Redirect | Template:
    """Password in, session cookie out."""
    client = request.client.host if request.client else ""
    try:
        token = await signing_in.sign_in(
            request.app.state.sessions,
            login=data.get("login", ""),
            password=data.get("password", ""),
            address=client,
            agent=request.headers.get("user-agent", ""),
        )
    except signing_in.SignInRefused as refused:
        form = Form({"login": data.get("login", "")}, {"password": refused.sentence})
        return page(request, "signing_in/sign_in.html", status=422, form=form)
    return signed_in(request, token, data.get("next") or "/")


def signed_in(request: AnyRequest, token: str, target: str) -> Redirect:
    """Go on to a page of ours with the new session's cookie."""
    inside = target if target.startswith("/") and not target.startswith("//") else "/"
    answer = Redirect(inside, status_code=303)
    secure = request.app.state.settings.secure_cookies
    answer.set_cookie(COOKIE, token, httponly=True, secure=secure, samesite="lax", path="/")
    return answer


@post("/sign-out", opt=needs("session:manage"))
async def sign_out(request: AnyRequest) -> Redirect:
    """End this session."""
    await signing_in.end_session(request.app.state.sessions, request.auth)
    request.app.state.remembered.forget()
    answer = Redirect("/sign-in?done=signed-out", status_code=303)
    answer.delete_cookie(COOKIE)
    return answer


router = Router("/", route_handlers=[sign_in_page, sign_in, sign_out], include_in_schema=False)
