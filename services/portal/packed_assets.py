"""The built assets, sent as small as the browser can read them."""

from typing import Any, Final

from litestar import Request, Response, get
from litestar.exceptions import NotFoundException
from litestar.params import FromPath

from services.portal.assets_manifest import DIST, PREFIX

TYPES: Final = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}
PACKINGS: Final = (("br", ".br"), ("gzip", ".gz"))
FOR_A_YEAR: Final = "public, max-age=31536000, immutable"


_LOADED: dict[str, bytes] = {}


def _file(name: str) -> bytes | None:
    """The content of a built file; only names that the build wrote are looked at, so no path leads elsewhere."""
    if name not in _LOADED:
        _LOADED.update({file.name: file.read_bytes() for file in DIST.glob("*") if file.name == name})
    return _LOADED.get(name)


@get(
    PREFIX + "{name:str}",
    include_in_schema=False,
    opt={"exclude_from_auth": True, "nobody_comes": True},
    sync_to_thread=False,
)
def packed_asset(request: Request[Any, Any, Any], name: FromPath[str]) -> Response[bytes]:
    """One asset under its hashed name, kept by browsers for a year; raises NotFoundException for a name never built."""
    kind = TYPES.get(name[name.rfind(".") :])
    plain = _file(name) if kind else None
    if plain is None:
        raise NotFoundException
    headers = {"cache-control": FOR_A_YEAR, "vary": "Accept-Encoding"}
    accepted = request.headers.get("accept-encoding", "")
    for encoding, suffix in PACKINGS:
        if encoding in accepted and (packed := _file(name + suffix)) is not None:
            return Response(packed, media_type=kind, headers=headers | {"content-encoding": encoding})
    return Response(plain, media_type=kind, headers=headers)
