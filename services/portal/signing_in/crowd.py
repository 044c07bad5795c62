"""More people at the door than it has places for: whoever comes beyond is told so before anything is read, looked up or drawn."""

from typing import Final

import msgspec
from litestar.enums import ScopeType
from litestar.types import ASGIApp, Receive, Scope, Send

from services.tenancy import signing_in

DOORS: Final = frozenset({"/sign-in", "/activate", "/invitation/new"})
"""The forms that cost a password's hash and that anybody may send."""
TITLE: Final = "登录的人较多"
PAGE: Final = """<!doctype html>
<html lang="zh-CN"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark"><title>{title} · 安镇</title></head>
<body><main><h1 id="problem-title">{title}</h1><p id="problem-detail">{detail}</p>
<p>请按浏览器的“返回”键，填写的内容还在；或<a href="{back}">重新打开这一页</a>。</p></main></body></html>
"""


def spared(app: ASGIApp) -> ASGIApp:
    """Send the excess away with a page that is ready, or with a problem for programs; both say when to come back."""

    async def middleware(scope: Scope, receive: Receive, send: Send) -> None:
        knocks = scope["type"] == ScopeType.HTTP and scope["method"] == "POST" and scope["path"] in DOORS
        if knocks and signing_in.is_full():
            await _send_away(scope, send)
        else:
            await app(scope, receive, send)

    return middleware


async def _send_away(scope: Scope, send: Send) -> None:
    refusal = signing_in.DoorBusy()
    kind, body = _problem(scope, refusal) if _wants_json(scope) else _page(scope, refusal)
    headers = [
        (b"content-type", kind),
        (b"content-length", str(len(body)).encode()),
        (b"retry-after", str(refusal.retry_after).encode()),
    ]
    await send({"type": "http.response.start", "status": refusal.status, "headers": headers})
    await send({"type": "http.response.body", "body": body, "more_body": False})


def _wants_json(scope: Scope) -> bool:
    return any(name == b"accept" and b"json" in value for name, value in scope["headers"])


def _page(scope: Scope, refusal: signing_in.DoorBusy) -> tuple[bytes, bytes]:
    text = PAGE.format(title=TITLE, detail=refusal.sentence, back=scope["path"])
    return b"text/html; charset=utf-8", text.encode()


def _problem(scope: Scope, refusal: signing_in.DoorBusy) -> tuple[bytes, bytes]:
    problem = {
        "type": f"/problems/{refusal.code}",
        "title": TITLE,
        "status": refusal.status,
        "detail": refusal.sentence,
        "trace_id": scope.get("state", {}).get("trace_id", ""),
    }
    return b"application/problem+json", msgspec.json.encode(problem)
