"""What the description of the API says of every route besides its own words: who may call it, and what may be asked of it."""

from dataclasses import dataclass
from typing import Any, Final

from litestar import Litestar, Router
from litestar.handlers import HTTPRouteHandler
from litestar.openapi import OpenAPIConfig
from litestar.openapi.plugins import JsonRenderPlugin, YamlRenderPlugin
from litestar.openapi.spec import (
    Components,
    OAuthFlow,
    OAuthFlows,
    OpenAPIHeader,
    OpenAPIResponse,
    OpenAPIType,
    Operation,
    Parameter,
    Schema,
    SecurityScheme,
)

from services.tenancy.policy import rights
from services.tenancy.policy.scopes import scope_for, scopes
from services.tenancy.roles import Role
from services.tenancy.signing_in.sessions import COOKIE

API: Final = "/api/v1/"
SESSION, OAUTH = "session", "oauth"
TEXT: Final = Schema(type=OpenAPIType.STRING)
KEY: Final = Parameter(
    name="Idempotency-Key",
    param_in="header",
    schema=TEXT,
    description="每件事一个新值（1 到 255 个可见英文字符，建议 UUID）。没有收到答复时原样重发：不会重复办理，答复与第一次相同，"
    "并带 Idempotency-Replayed: true；至少保留 24 小时。内容不同而值相同答 422；第一次还在办理答 409 和 Retry-After；被拒绝的不保留，可用原值再试。",
)
READ_BEFORE: Final = Parameter(
    name="If-None-Match", param_in="header", schema=TEXT, description="上次读到的 ETag；没有变化时答 304，不带内容。"
)


@dataclass
class Act(Operation):
    """A POST, which its caller may name."""

    def __post_init__(self) -> None:
        """Every act takes the key, whatever its own parameters are."""
        self.parameters = [*(self.parameters or []), KEY]


@dataclass
class OneRow(Operation):
    """The reading of one row, which has an ETag."""

    def __post_init__(self) -> None:
        """Who has read it before may say so."""
        self.parameters = [*(self.parameters or []), READ_BEFORE]
        answers = dict(self.responses or {})
        if isinstance(told := answers.get("200"), OpenAPIResponse):
            told.headers = {**(told.headers or {}), "ETag": OpenAPIHeader(name="", param_in="header", schema=TEXT)}
        self.responses = answers | {"304": OpenAPIResponse(description="没有变化")}


def config() -> OpenAPIConfig:
    """The JSON API described; the readable page at /schema is ours, because no page loads foreign scripts."""
    return OpenAPIConfig(
        title="安镇 Anzhen",
        version="1",
        components=Components(security_schemes=_schemes()),
        openapi_router=Router("/schema/v1", route_handlers=[], opt={"exclude_from_auth": True}),
        use_handler_docstrings=True,
        render_plugins=[JsonRenderPlugin(path="/openapi.json"), YamlRenderPlugin(path="/openapi.yaml")],
    )


def describe(app: Litestar) -> None:
    """Say of each route of the API who may call it, from the right that it names, and which headers it takes."""
    for route in app.routes:
        for handler in getattr(route, "route_handlers", ()):
            if route.path.startswith(API) and isinstance(handler, HTTPRouteHandler) and handler.opt.get("needs"):
                handler.security = _security(str(handler.opt["needs"]))
                handler.operation_class = _kind(handler)


def _kind(handler: HTTPRouteHandler) -> type[Operation]:
    if "POST" in handler.http_methods:
        return Act
    told = str(handler.parsed_fn_signature.return_type.raw)
    return OneRow if "GET" in handler.http_methods and "Response[" in told and "List" not in told else Operation


def _security(right: str) -> list[dict[str, list[str]]]:
    if right in rights()[Role.PUBLIC]:
        return []
    scope = scope_for(right)
    return [{SESSION: []}, *([{OAUTH: [scope]}] if scope else [])]


def _schemes() -> dict[str, Any]:
    allowed = {one.name: one.label for one in scopes().values()}
    flow = OAuthFlow(token_url="/oauth/token", scopes=allowed)  # noqa: S106 - an address
    return {
        SESSION: SecurityScheme(
            type="apiKey",
            name=COOKIE,
            security_scheme_in="cookie",
            description="本人登录后的会话；写入另需 x-csrf-token",
        ),
        OAUTH: SecurityScheme(
            type="oauth2",
            flows=OAuthFlows(client_credentials=flow),
            description="其他系统，由镇应急办在“接口授权”中建立",
        ),
    }
