"""What a route says of itself and what its caller has read; below the door, so that the room of places may use it too."""

import hashlib
from collections.abc import Sequence
from typing import Annotated, Any, Final, Protocol, TypeVar
from uuid import UUID

from litestar import MediaType, Response
from litestar.di import NamedDependency
from litestar.params import HeaderParameter, QueryParameter
from litestar.serialization import encode_json

from services.kernel.refusals import BadInput, Refusal
from services.kernel.table import Login
from services.kernel.work import Work

TOLD: Final = 12
"""How many figures of the digest an ETag carries."""
MOST_ROWS: Final = 200


class HasId(Protocol):
    """A row that a list can go on after."""

    @property
    def id(self) -> Any:
        """In the order in which rows are made."""


CurrentWork = NamedDependency[Work]
"""The Work of the request, as a handler's parameter `work`."""
IfMatch = Annotated[str | None, HeaderParameter(name="If-Match", required=False)]
"""The ETag that a program had read."""


Cursor = Annotated[UUID | None, QueryParameter()]
"""After which row a list goes on; None for its beginning."""
Limit = Annotated[int, QueryParameter(ge=1, le=MOST_ROWS)]
"""How many rows of a list are told at once."""
Row = TypeVar("Row", bound=HasId)


def stretch(found: Sequence[Row], limit: int) -> tuple[Sequence[Row], UUID | None]:
    """So many rows, and the last one's id where there are more; `found` holds one row more than asked for, if there is one."""
    return found[:limit], found[limit - 1].id if len(found) > limit else None


def needs(right: str, *, login: Login | None = None) -> dict[str, Any]:
    """What a route puts in its `opt`: the right it needs, and the login it writes under where that is not the person's own."""
    return {"needs": right, "login": login}


class VersionOwed(Refusal):
    """An edit must say which version it is an edit of (RFC 6585)."""

    status = 428

    def __init__(self) -> None:
        super().__init__(
            "请先读取这条记录，再在 If-Match 里写明读到的 ETag", fields={"If-Match": "请写明读到的版本号（ETag）"}
        )


def seen(if_match: str | None) -> int:
    """The version that the program had read; raises VersionOwed where there is none, and BadInput where it is none."""
    if not (if_match or "").strip():
        raise VersionOwed
    version = str(if_match).strip().removeprefix("W/").strip('"').partition("-")[0]
    if not (version.isascii() and version.isdigit() and len(version) < len("1000000000")):
        raise BadInput(fields={"If-Match": "请在 If-Match 里写明读到的版本号（ETag）"})
    return int(version)


def tagged(shown: object, version: int | None = None, *, status: int | None = None) -> Response[Any]:
    """One row as programs read it, with its ETag: the version of the row, and what is told of it.

    Who reads again with If-None-Match is told by 304 that nothing changed, and an edit names the ETag in If-Match.
    What is told may change without the row (a day passes, another person may do more), so the version alone is no ETag;
    a row without a version has a weak one.
    """
    body = encode_json(shown)
    told = hashlib.sha256(body).hexdigest()[:TOLD]
    tag = f'W/"{told}"' if version is None else f'"{version}-{told}"'
    return Response(body, status_code=status, media_type=MediaType.JSON, headers={"ETag": tag})
