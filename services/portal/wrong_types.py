"""What is wrong with a request that a program sent, field by field, in words instead of the decoder's."""

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from litestar.exceptions import HTTPException

TYPES: Final[Mapping[str, str]] = {
    "str": "文字",
    "int": "整数",
    "float": "数",
    "bool": "true 或 false",
    "array": "列表",
    "object": "对象",
    "date": "日期，例如 2026-06-30",
    "datetime": "时间，例如 2026-06-30T09:00:00+08:00",
    "uuid": "编号（UUID）",
    "decimal": "数",
}
WHERE: Final = re.compile(r" - at `\$\.?(?P<path>[^`]*)`$")
EXPECTED: Final = re.compile(r"^Expected `(?P<wanted>[^`]+)`(?P<more>[^,]*)(?:, got `(?P<got>[^`]+)`)?")
LIMIT: Final = re.compile(r"(?P<how>[<>]=?) (?P<much>\S+)")
BOUNDS: Final[Mapping[str, str]] = {">=": "不小于", "<=": "不大于", ">": "大于", "<": "小于"}
MISSING: Final = re.compile(r"^(?:Object missing required field `(?P<name>[^`]+)`|Missing required )")
INVALID: Final = re.compile(r"^Invalid (?P<what>UUID|\w+ encoded date(?:time)?|enum value|\w+)")


def errors_of(error: HTTPException) -> dict[str, str]:
    """The sentence of each field that could not be read; empty where the request as a whole could not be."""
    return dict(_errors(error))


def _errors(error: HTTPException) -> Iterator[tuple[str, str]]:
    if isinstance(error.extra, list):
        for found in error.extra:
            if isinstance(found, dict) and "key" in found:
                yield _named("" if found["key"] == "data" else str(found["key"]), str(found.get("message", "")))
    elif at := WHERE.search(error.detail):
        yield _named(at["path"], WHERE.sub("", error.detail))


def _named(path: str, words: str) -> tuple[str, str]:
    """A missing field stands in the words, any other in the path."""
    missing = MISSING.match(words)
    names = (path, missing["name"] or "") if missing else (path,)
    return ".".join(filter(None, names)) or "data", _sentence(words)


def _sentence(words: str) -> str:
    if expected := EXPECTED.match(words):
        kinds = expected["wanted"].split(" | ")
        wanted = "或".join(dict.fromkeys(TYPES.get(kind, kind) for kind in kinds if kind != "null"))
        return f"应填{wanted}{_within(expected['more'])}" + ("，也可以为空" if "null" in kinds else "")
    if MISSING.match(words):
        return "缺少这一项"
    if invalid := INVALID.match(words):
        return f"应填{_written(invalid['what'])}"
    return "内容无法识别，请检查类型和写法"


def _within(more: str) -> str:
    limit = LIMIT.search(more)
    if limit is None:
        return ""
    return f"，{'长度' if 'length' in more else ''}{BOUNDS[limit['how']]} {limit['much']}"


def _written(what: str) -> str:
    kind = what.lower().rpartition(" ")[2]
    return "规定的取值之一" if kind == "value" else TYPES.get(kind, "正确的内容")


def told(errors: Mapping[str, Any]) -> str:
    """All of it in one sentence."""
    return "；".join(f"{name}：{sentence}" for name, sentence in errors.items())
