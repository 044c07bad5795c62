"""Where the built style sheets, scripts and icons are served from."""

import json
from functools import cache
from pathlib import Path

DIST = Path(__file__).parent / "static" / "dist"
PREFIX = "/static/dist/"


class AssetsNotBuiltError(RuntimeError):
    """The pages have no styles or scripts until the front end was built once."""


@cache
def manifest() -> dict[str, str]:
    """The hashed file name of every logical asset, as the build wrote them."""
    try:
        names: dict[str, str] = json.loads((DIST / "manifest.json").read_text("utf-8"))
    except FileNotFoundError:
        raise AssetsNotBuiltError("页面样式尚未生成：请先运行 npm ci --ignore-scripts && npm run build") from None
    return names


def asset(name: str) -> str:
    """The address of a logical asset; raises KeyError for one that was never built."""
    return PREFIX + manifest()[name]
