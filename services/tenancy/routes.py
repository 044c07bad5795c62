"""What a route says of itself and what its caller has read; below the door, so that the room of places may use it too."""

from typing import Annotated, Any

from litestar.di import NamedDependency
from litestar.params import HeaderParameter

from services.kernel.refusals import BadInput
from services.kernel.table import Login
from services.kernel.work import Work

CurrentWork = NamedDependency[Work]
"""The Work of the request, as a handler's parameter `work`."""
IfMatch = Annotated[str | None, HeaderParameter(name="If-Match", required=False)]
"""The ETag that a program had read."""


def needs(right: str, *, login: Login | None = None) -> dict[str, Any]:
    """What a route puts in its `opt`: the right it needs, and the login it writes under where that is not the person's own."""
    return {"needs": right, "login": login}


def seen(if_match: str | None) -> int:
    """The version that the program had read; raises BadInput, which asks for one, where there is none."""
    words = (if_match or "").strip().removeprefix("W/").strip('"')
    if not (words.isascii() and words.isdigit() and len(words) < len("1000000000")):
        raise BadInput(fields={"If-Match": "请在 If-Match 里写明读到的版本号（ETag）"})
    return int(words)
