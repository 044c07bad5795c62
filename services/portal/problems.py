"""Every refusal and every fault becomes one clear answer: a page in Chinese, or an RFC 9457 problem for programs."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

import structlog
from litestar import MediaType, Request, Response
from litestar.exceptions import HTTPException
from litestar.response import Redirect
from litestar.status_codes import HTTP_400_BAD_REQUEST, HTTP_412_PRECONDITION_FAILED
from litestar.types import Scope
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from services.kernel.refusals import Refusal, SignInRequired, Stale
from services.kernel.work import record_refusal
from services.portal import wrong_types
from services.portal.frame import frame_of
from services.tenancy import repeating
from services.tenancy.signing_in.person import NOBODY, Person

log = structlog.get_logger()

TITLES = {
    400: "提交的内容无法识别",
    401: "请先登录",
    403: "没有权限",
    404: "没有找到",
    405: "这个地址不支持这样的操作",
    409: "现在还不能办理",
    412: "刚被别人改过",
    413: "文件太大",
    422: "有几处需要改一下",
    428: "请写明读到的版本",
    429: "操作太频繁",
    500: "系统出了问题",
    503: "系统正在恢复",
}
ADVICE = {
    400: "请返回上一页检查后重新提交；如反复出现，请把追踪编号告诉管理员。",
    403: "页面可能已过期，请返回上一页刷新后再试；如仍不行，请联系本单位管理员。",
    404: "地址可能写错，或内容已被删除、不在您的权限范围内。",
    405: "请从页面上的按钮办理。",
    413: "每个文件不超过 20 MB，请压缩后再上传。",
    500: "您填写的内容没有保存。请稍后再试；如反复出现，请把追踪编号告诉管理员。",
    503: "数据库或后台服务正在重新启动，一般几秒钟后恢复，请稍后刷新。",
}
RETRY = {"Retry-After": "3"}
UNKEPT = frozenset({"22021", "22P05"})
"""What PostgreSQL says of a character that no text may hold, such as NUL."""
AnyRequest = Request[Any, Any, Any]


def wants_json(request: AnyRequest) -> bool:
    """Programs get problems, people get pages."""
    return request.url.path.startswith("/api/") or "json" in request.headers.get("accept", "")


def answer(
    request: AnyRequest,
    status: int,
    code: str,
    detail: str,
    fields: dict[str, str] | None = None,
    headers: Mapping[str, str] | None = None,
) -> Response[Any]:
    """One problem, in the form that the client reads."""
    trace = request.scope.get("state", {}).get("trace_id", "")
    title = TITLES.get(status, "不能办理")
    headers = (RETRY if status in {429, 503} else {}) | dict(headers or {})
    if wants_json(request):
        problem = {"type": f"/problems/{code}", "title": title, "status": status, "detail": detail, "trace_id": trace}
        if fields:
            problem["errors"] = fields
        return Response(problem, status_code=status, media_type="application/problem+json", headers=headers)
    context = {"status": status, "title": title, "detail": detail, "trace_id": trace, "back": _back(request)}
    return _page(request, context, status, headers)


def _page(request: AnyRequest, context: dict[str, Any], status: int, headers: dict[str, str] | None) -> Response[Any]:
    body = request.app.template_engine.get_template("problem.html").render(**frame_of(request), **context)  # type: ignore[union-attr]
    return Response(body, status_code=status, media_type=MediaType.HTML, headers=headers)


def _back(request: AnyRequest) -> str | None:
    """Where the person came from, when it was a page of ours."""
    here = f"{request.url.scheme}://{request.url.netloc}"
    before = request.headers.get("referer", "")
    return before.removeprefix(here) if before.startswith(f"{here}/") and before != str(request.url) else None


async def keep_refusal(error: Exception, scope: Scope) -> None:
    """Where somebody signed in was refused (403, 409), that is recorded in a transaction of its own."""
    person: Person = scope.get("user") or NOBODY
    if isinstance(error, Refusal) and error.status in {403, 409} and person is not NOBODY:
        await record_refusal(
            scope["litestar_app"].state.sessions,
            person.acting_on(person.writes_as),
            f"request:{error.code}",
            {"method": str(scope.get("method")), "path": scope["path"], "sentence": error.sentence},
        )


def on_refusal(request: AnyRequest, refusal: Refusal) -> Response[Any]:
    """A refusal is told; who has not signed in is led to the door."""
    if isinstance(refusal, SignInRequired) and not wants_json(request):
        return Redirect(f"{refusal.door}?next={_next(request)}", status_code=303)
    return answer(request, _status(request, refusal), refusal.code, refusal.sentence, refusal.fields, refusal.headers)


def _status(request: AnyRequest, refusal: Refusal) -> int:
    """Who said which version they had read learns by 412 that it has been changed since (RFC 9110 13.1.1)."""
    stale = isinstance(refusal, Stale) and "if-match" in request.headers
    return HTTP_412_PRECONDITION_FAILED if stale else refusal.status


def _next(request: AnyRequest) -> str:
    """Where they wanted to go; what they wanted to send has to be sent again."""
    path, query = request.url.path, request.url.query
    return quote(f"{path}?{query}" if query else path, safe="/") if request.method == "GET" else "/"


def on_http(request: AnyRequest, error: HTTPException) -> Response[Any]:
    """What the framework itself refuses: unknown addresses, wrong methods, bodies that cannot be read."""
    status = error.status_code
    detail = ADVICE.get(status) or ADVICE[400]
    code = {404: "not-found", 405: "method-not-allowed", 413: "too-large", 403: "forbidden"}.get(status, "bad-request")
    if status == HTTP_400_BAD_REQUEST and wants_json(request) and (errors := wrong_types.errors_of(error)):
        return answer(request, status, code, wrong_types.told(errors), errors)
    return answer(request, status, code, detail)


def on_outage(request: AnyRequest, error: Exception) -> Response[Any]:
    """The database is away: come back in a few seconds."""
    log.warning("outage", error=type(error).__name__, path=request.url.path)
    return answer(request, 503, "unavailable", ADVICE[503])


def on_database(request: AnyRequest, error: DBAPIError) -> Response[Any]:
    """A character that no database keeps is bad input; anything else that it refuses is a fault of ours."""
    if getattr(error.orig, "sqlstate", None) in UNKEPT:
        return answer(request, 400, "bad-request", "文字里有看不见的控制字符，不能保存：请先粘贴到记事本里，再复制过来")
    return on_fault(request, error)


def on_fault(request: AnyRequest, error: Exception) -> Response[Any]:
    """A fault of ours: logged with its trace id, nothing of it shown."""
    log.error("fault", path=request.url.path, exc_info=error)
    return answer(request, 500, "fault", ADVICE[500])


HANDLERS: dict[type[Exception] | int, Any] = {
    Refusal: on_refusal,
    repeating.Replayed: repeating.replay,
    HTTPException: on_http,
    OperationalError: on_outage,
    InterfaceError: on_outage,
    DBAPIError: on_database,
    PoolTimeout: on_outage,
    ConnectionError: on_outage,
    Exception: on_fault,
}
