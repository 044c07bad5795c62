"""Where other systems fetch their tokens (RFC 6749 4.4), and the page that tells programs how (RFC 8414)."""

from collections.abc import Mapping
from typing import Any, Final

import msgspec
from authlib.oauth2.rfc6749 import scope_to_list  # type: ignore[import-untyped]
from authlib.oauth2.rfc6749.errors import (  # type: ignore[import-untyped]
    InvalidRequestError,
    OAuth2Error,
    UnsupportedGrantTypeError,
)
from authlib.oauth2.rfc6749.util import extract_basic_authorization  # type: ignore[import-untyped]
from litestar import Request, Response, Router, get, post

from services.kernel import clock
from services.kernel.database import Sessions
from services.tenancy.clients.tokens import Token, issue
from services.tenancy.policy.scopes import scopes

AnyRequest = Request[Any, Any, Any]
OPEN: Final = {"exclude_from_auth": True, "nobody_comes": True, "exclude_from_csrf": True}
UNSTORED: Final = {"Cache-Control": "no-store", "Pragma": "no-cache"}
FORM: Final = "application/x-www-form-urlencoded"


class Metadata(msgspec.Struct, frozen=True):
    """What a program needs to know of this authorization server."""

    issuer: str
    token_endpoint: str
    scopes_supported: list[str]
    grant_types_supported: tuple[str, ...] = ("client_credentials",)
    response_types_supported: tuple[str, ...] = ()
    token_endpoint_auth_methods_supported: tuple[str, ...] = ("client_secret_basic", "client_secret_post")


class _Asked(msgspec.Struct, frozen=True):
    client_id: str
    secret: str
    wanted: list[str]


@post("/oauth/token", opt=OPEN, status_code=200)
async def token(request: AnyRequest) -> Response[Token | dict[str, str]]:
    """领取访问令牌：grant_type=client_credentials，客户端编号和密钥用 HTTP Basic 或表单."""
    sessions: Sessions = request.app.state.sessions
    address = request.client.host if request.client else ""
    try:
        asked = await _asked(request)
        issued, left = await issue(
            sessions,
            client_id=asked.client_id,
            secret=asked.secret,
            wanted=asked.wanted,
            address=address,
            now=clock.now(),
        )
    except OAuth2Error as error:
        return Response(dict(error.get_body()), status_code=error.status_code, headers=dict(error.get_headers()))
    return Response(issued, headers={**UNSTORED, **left})


@get("/.well-known/oauth-authorization-server", opt=OPEN)
async def metadata(request: AnyRequest) -> Metadata:
    """令牌从哪里领、有哪些授权范围."""
    base = request.app.state.settings.public_url or str(request.base_url).rstrip("/")
    return Metadata(base, f"{base}/oauth/token", list(scopes()))


async def _asked(request: AnyRequest) -> _Asked:
    """What the program sent; raises InvalidRequestError and UnsupportedGrantTypeError."""
    if request.url.query:
        raise InvalidRequestError("Send the parameters in the body, never in the address")
    if request.content_type[0] != FORM:
        raise InvalidRequestError(f"Send {FORM}")
    sent = list((await request.form()).multi_items())
    form = {name: value for name, value in sent if isinstance(value, str)}
    if len(form) != len(sent):
        raise InvalidRequestError("A parameter was sent twice")
    if not form.get("grant_type"):
        raise InvalidRequestError("grant_type is missing")
    if form["grant_type"] != "client_credentials":
        raise UnsupportedGrantTypeError(form["grant_type"][:40])
    client_id, secret = _credentials(request, form)
    return _Asked(client_id, secret, scope_to_list(form.get("scope", "")))


def _credentials(request: AnyRequest, form: Mapping[str, str]) -> tuple[str, str]:
    """By HTTP Basic or in the form, but not both (RFC 6749 2.3)."""
    try:
        client_id, secret = extract_basic_authorization(request.headers)
    except UnicodeDecodeError:
        client_id, secret = None, None
    if client_id and "client_secret" in form:
        raise InvalidRequestError("Use one way of authentication")
    if client_id:
        return client_id, secret or ""
    return form.get("client_id", ""), form.get("client_secret", "")


router = Router("/", route_handlers=[token, metadata], tags=["接口授权"])
