"""Facts as people write them in JSON, checked field by field."""

from collections.abc import Callable, Mapping
from datetime import date
from difflib import get_close_matches
from enum import StrEnum
from typing import Any

from services.regulation.duties.facts import (
    FIELDS,
    STANDARD_LEVELS,
    Certificate,
    Circumstance,
    Facts,
    ProductionState,
)
from services.regulation.industries import GB_CODE, Sector
from services.regulation.tags import Tag

MANY = 10_000_000
"""More people than any enterprise has."""


class BadFacts(ValueError):  # noqa: N818 - findings about what was written
    """Facts that cannot be read; `fields` has a Chinese sentence for each field that must be mended."""

    def __init__(self, fields: Mapping[str, str]) -> None:
        super().__init__("；".join(f"{name}：{words}" for name, words in fields.items()))
        self.fields = dict(fields)


def facts_from(data: Any) -> Facts:
    """The facts in a JSON object whose keys are the fields of Facts; sets take names or Chinese labels.

    Raises BadFacts naming every field that is unknown, missing or of the wrong kind.
    """
    if not isinstance(data, dict):
        raise BadFacts({"文件": '应为一个 JSON 对象，例如 {"sector": "建材", "headcount": 100}'})
    read: dict[str, Any] = {}
    wrong: dict[str, str] = {name: _unknown(name) for name in data if name not in FIELDS}
    for name in data.keys() - wrong.keys():
        try:
            read[name] = READERS[name](data[name])
        except ValueError as error:
            wrong[name] = str(error)
    wrong |= _missing(data)
    if wrong:
        raise BadFacts(dict(sorted(wrong.items())))
    try:
        return Facts(**read)
    except ValueError as error:
        raise BadFacts({"headcount": str(error)}) from error


def _unknown(name: str) -> str:
    near = get_close_matches(name, FIELDS, n=1)
    return f"没有这个字段，是否应为 {near[0]}" if near else "没有这个字段，请删去"


def _missing(data: Mapping[str, Any]) -> dict[str, str]:
    wrong = {} if "sector" in data else {"sector": "请填写行业，八个行业之一"}
    if not data.keys() & {"headcount", "own", "dispatched", "temporary"}:
        wrong["headcount"] = "请填写从业人员人数（自有、派遣、临时合计）"
    return wrong


def _whole(value: Any) -> int:
    if type(value) is not int or not 0 <= value <= MANY:
        raise ValueError(f"应为不小于 0 的整数，现在是 {_shown(value)}")
    return value


def _flag(value: Any) -> bool:
    if not isinstance(value, bool):
        raise ValueError(f"应为 true 或 false，现在是 {_shown(value)}")  # noqa: TRY004 - one kind of finding
    return value


def _day(value: Any) -> date | None:
    if value is None:
        return None
    try:
        return date.fromisoformat(value if isinstance(value, str) and len(value) == len("2026-11-23") else "")
    except ValueError:
        raise ValueError(f"应为日期，写成 2026-11-23，现在是 {_shown(value)}") from None


def _industry(value: Any) -> str:
    if not isinstance(value, str) or not (value == "" or GB_CODE.fullmatch(value)):
        raise ValueError(f"应为 2—4 位数字，加引号，现在是 {_shown(value)}")
    return value


def _level(value: Any) -> str | None:
    if value is not None and value not in STANDARD_LEVELS:
        raise ValueError(f"应为{'、'.join(STANDARD_LEVELS)}之一，现在是 {_shown(value)}")
    return None if value is None else str(value)


def _one(kind: type[StrEnum]) -> Callable[[Any], StrEnum]:
    def read(value: Any) -> StrEnum:
        if not isinstance(value, str) or value not in set(kind):
            raise ValueError(f"应为{'、'.join(kind)}之一，现在是 {_shown(value)}")
        return kind(value)

    return read


def _several(kind: type[Tag | Circumstance]) -> Callable[[Any], frozenset[Tag | Circumstance]]:
    known = {name: member for member in kind for name in (member.value, member.label)}

    def read(value: Any) -> frozenset[Tag | Circumstance]:
        if not isinstance(value, list):
            raise ValueError(f"应为列表，现在是 {_shown(value)}")  # noqa: TRY004 - one kind of finding
        for item in value:
            if not isinstance(item, str) or item not in known:
                raise ValueError(f"没有 {_shown(item)} 这一项，可填：{'、'.join(kind)}")
        return frozenset(known[item] for item in value)

    return read


def _certificates(value: Any) -> tuple[Certificate, ...]:
    if not isinstance(value, list):
        raise ValueError(f"应为列表，现在是 {_shown(value)}")  # noqa: TRY004 - one kind of finding
    return tuple(map(_certificate, value))


def _certificate(value: Any) -> Certificate:
    if not isinstance(value, dict) or not value.keys() <= {"review_due", "expires_on"}:
        raise ValueError('每本应写成 {"review_due": "2027-03-01", "expires_on": "2030-03-01"}')
    expires_on = _day(value.get("expires_on"))
    if expires_on is None:
        raise ValueError("缺少到期日 expires_on")
    return Certificate(_day(value.get("review_due")), expires_on)


def _shown(value: Any) -> str:
    words = repr(value)
    return f"{words[:40]}…" if len(words) > len(words[:40]) else words


READERS: dict[str, Callable[[Any], Any]] = {
    "sector": _one(Sector),
    "production_state": _one(ProductionState),
    "industry_code": _industry,
    "tags": _several(Tag),
    "circumstances": _several(Circumstance),
    "certificates": _certificates,
    "standard_level": _level,
    **dict.fromkeys(("standard_granted_on", "standard_expires_on", "insured_from", "insured_to"), _day),
    **dict.fromkeys(
        (
            "is_smelter", "is_state_owned", "is_above_scale", "is_peri_urban", "has_safety_office",
            "examined_principal",
        ),
        _flag,
    ),
    **dict.fromkeys(
        (
            "headcount", "own", "dispatched", "temporary", "full_time_officers", "part_time_officers",
            "certified_engineers", "chief_engineers", "examined_officers", "open_hazards",
        ),
        _whole,
    ),
}  # fmt: skip
"""How each field is read."""
