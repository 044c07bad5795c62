"""`Idempotency-Key`: a program that heard no answer asks again, and the act is done once.

The key is 1 to 255 visible characters, quoted or not; it counts for one caller in one place, at least 24 hours long.
The same key with another request is refused with 422; while the first is being done, with 409 and Retry-After.
What was refused or failed changed nothing and is not kept: the same key may try again.
"""

import hashlib
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from contextvars import ContextVar
from typing import Any, Final, TypeVar

from litestar import Request, Response
from litestar.datastructures import UploadFile

from services.kernel.installation import web_secret
from services.kernel.refusals import BadInput
from services.kernel.repeats import Answer, Asked, first_answer, keep
from services.kernel.work import Work
from services.tenancy.signing_in.person import Person

KEY: Final = "idempotency-key"
SHAPE: Final = re.compile(r"[\x21-\x7e]{1,255}")
KEPT_HEADERS: Final = frozenset({"etag", "location"})
AnyRequest = Request[Person, Any, Any]
Told = TypeVar("Told")


class Replayed(Exception):  # noqa: N818 - an answer, not an error
    """The act was done before; this is what was answered then."""

    def __init__(self, answer: Answer) -> None:
        self.answer = answer
        super().__init__()


class _Telling:
    """A request whose answer is to be kept."""

    def __init__(self, request: AnyRequest) -> None:
        self.request = request
        self.answer: Answer | None = None


_telling: ContextVar[_Telling | None] = ContextVar("telling", default=None)


def is_named(request: AnyRequest) -> bool:
    """Whether a program gave this act a name."""
    return request.method == "POST" and KEY in request.headers and request.url.path.startswith("/api/v1/")


@asynccontextmanager
async def once(request: AnyRequest, work: Work) -> AsyncIterator[None]:
    """Do the act inside, unless it was done before: then Replayed is raised. Raises BadInput, KeyReused and UnderWay."""
    asked = await _asked(request)
    if (first := await first_answer(work, asked)) is not None:
        raise Replayed(first)
    telling = _Telling(request)
    _telling.set(telling)
    try:
        yield
    finally:
        _telling.set(None)
    if telling.answer is not None:
        await keep(work, asked, telling.answer)


async def overhear(told: Told) -> Told:
    """Remember what the handler answers, before its transaction ends."""
    telling = _telling.get()
    if telling is not None and isinstance(told, Response):
        handler = telling.request.route_handler
        said = told.to_asgi_response(
            app=None,
            request=telling.request,
            media_type=handler.media_type,
            status_code=handler.status_code,
            type_encoders=handler.resolve_type_encoders(),
        )
        headers = {name.lower(): value for name, value in told.headers.items() if name.lower() in KEPT_HEADERS}
        kind = {"content-type": said.headers["content-type"]} if said.body else {}
        telling.answer = Answer(said.status_code, headers | kind, bytes(said.body))
    return told


def replay(_request: AnyRequest, replayed: Replayed) -> Response[bytes]:
    """The first answer once more, marked as such."""
    answer = replayed.answer
    headers = answer.headers | {"idempotency-replayed": "true"}
    return Response(answer.body, status_code=answer.status, headers=headers, media_type=headers.get("content-type"))


async def _asked(request: AnyRequest) -> Asked:
    key = request.headers[KEY].strip()
    key = key[1:-1] if len(key) > 1 and key[0] == key[-1] == '"' else key
    if not SHAPE.fullmatch(key):
        raise BadInput(fields={"Idempotency-Key": "请写 1 到 255 个可见的英文字符，例如一个 UUID"})
    return Asked(
        who=request.user.caller,
        key=key,
        fingerprint=await _fingerprint(request),
        secret=web_secret(request.app.state.settings).encode(),
    )


async def _fingerprint(request: AnyRequest) -> bytes:
    """Of the address and the body; of a form's parts, since each retry parts them by another boundary."""
    found = hashlib.sha256(f"{request.url.path}?{request.url.query}\0".encode())
    if request.content_type[0] == "multipart/form-data":
        for name, part in (await request.form()).multi_items():
            found.update(hashlib.sha256(f"{name}\0".encode() + await _bytes_of(part)).digest())
    else:
        found.update(await request.body())
    return found.digest()


async def _bytes_of(part: object) -> bytes:
    if not isinstance(part, UploadFile):
        return str(part).encode(errors="surrogatepass")
    data = await part.read()
    await part.seek(0)
    return f"{part.filename}\0".encode(errors="surrogatepass") + data
