"""A plausible body for any route: what its type asks for, or every field that a form of the portal has."""

import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import msgspec
from litestar.handlers import HTTPRouteHandler

PORTAL = Path(__file__).parents[2] / "services" / "portal"
FIELD = re.compile(r'(?:\bname=|ui\.\w+\(\s*|\bwords?\([^,()]+, |\.get\()"([a-z][a-z0-9_]{1,40})"')


@cache
def form_fields() -> tuple[str, ...]:
    """Every name that a form or a page of the portal reads."""
    found = {
        name
        for file in sorted([*PORTAL.rglob("*.html"), *PORTAL.rglob("*.py")])
        for name in FIELD.findall(file.read_text(encoding="utf-8"))
    }
    return tuple(sorted(found))


def sample(name: str, ids: Mapping[str, str]) -> str:
    """What somebody might write under that name; where it names a row, one of these ids."""
    for known in (name, f"{name}_id", f"{name.removesuffix('s')}_id"):
        if known in ids:
            return ids[known]
    if name.endswith(("_on", "_from", "_to", "_until", "day", "since")):
        return "2026-06-30"
    if name in {"version", "year", "percent", "number", "page", "headcount"}:
        return "1"
    return "示例"


def body_of(handler: HTTPRouteHandler, ids: Mapping[str, str]) -> dict[str, Any]:
    """How httpx is to send it: JSON where the route reads a struct, a form everywhere else."""
    struct = struct_of(handler)
    if struct is not None:
        return {
            "json": {
                field.encode_name: value_of(field.type, field.name, ids) for field in msgspec.structs.fields(struct)
            }
        }
    return {"data": {name: sample(name, ids) for name in form_fields()}}


def struct_of(handler: HTTPRouteHandler) -> type[msgspec.Struct] | None:
    """The type of the JSON that a route reads; None where it reads a form or nothing."""
    data = handler.parsed_fn_signature.parameters.get("data")
    kind = data.annotation if data else None
    return kind if isinstance(kind, type) and issubclass(kind, msgspec.Struct) else None


def value_of(kind: Any, name: str, ids: Mapping[str, str]) -> Any:
    """A value of a field's type."""
    return _value(msgspec.inspect.type_info(kind), name, ids)


SIMPLE: tuple[tuple[Any, Any], ...] = (
    ((msgspec.inspect.IntType, msgspec.inspect.FloatType), 1),
    (msgspec.inspect.BoolType, True),
    (msgspec.inspect.DateType, "2026-06-30"),
    (msgspec.inspect.DateTimeType, "2026-06-30T08:00:00Z"),
    (msgspec.inspect.DictType, {}),
)
"""Values of the kinds that hold no other."""


def _value(info: Any, name: str, ids: Mapping[str, str]) -> Any:
    for kind, value in SIMPLE:
        if isinstance(info, kind):
            return value
    if hasattr(info, "types"):
        return next((_value(one, name, ids) for one in info.types if type(one) is not msgspec.inspect.NoneType), None)
    if hasattr(info, "item_type"):
        return [_value(info.item_type, name.removesuffix("s"), ids)]
    if hasattr(info, "fields"):
        return {one.encode_name: _value(one.type, one.name, ids) for one in info.fields}
    if isinstance(info, (msgspec.inspect.EnumType, msgspec.inspect.LiteralType)):
        return info.values[0] if hasattr(info, "values") else next(iter(info.cls)).value
    found = sample(name, ids)
    return found if found in ids.values() or type(info) is not msgspec.inspect.UUIDType else next(iter(ids.values()))
