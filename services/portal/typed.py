"""What came in an address or a form, read without trusting it."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from litestar.datastructures import UploadFile
from multidict import MultiMapping

from services.kernel.refusals import BadInput

MOST_DIGITS = 9


Typed = MultiMapping[Any]
"""The parameters of an address, or the fields of a form."""


def words(data: Typed, name: str) -> list[str]:
    """Every value that was sent under a name."""
    return [value for value in data.getall(name, []) if isinstance(value, str) and value]


def word(data: Typed, name: str) -> str:
    """The value sent under a name, without blanks around it; the last where there are several, empty where there is none."""
    found = words(data, name)
    return found[-1].strip() if found else ""


def number(data: Typed, name: str) -> int | None:
    """A whole number from zero on, or None for anything else."""
    typed = word(data, name)
    return int(typed) if typed.isascii() and typed.isdigit() and len(typed) <= MOST_DIGITS else None


def page_number(data: Typed) -> int:
    """Which page of a list was asked for, from 1."""
    return max(number(data, "page") or 1, 1)


def ids(data: Typed, name: str) -> tuple[UUID, ...]:
    """Every id sent under a name; what is none is left out."""
    found = (one_id(value) for value in words(data, name))
    return tuple(value for value in found if value is not None)


def one_id(value: str) -> UUID | None:
    """An id, or None for anything else."""
    try:
        return UUID(value)
    except ValueError:
        return None


def day(data: Typed, name: str) -> date:
    """A day; raises BadInput beside the field where there is none."""
    try:
        return date.fromisoformat(word(data, name))
    except ValueError:
        raise BadInput(fields={name: "请选择日期，格式如 2026-06-30"}) from None


def uploads(data: Typed, name: str) -> Sequence[UploadFile]:
    """The files that were chosen; a file box left empty sends one without a name."""
    return [file for file in data.getall(name, []) if isinstance(file, UploadFile) and file.filename]


def kept(data: Any) -> Mapping[str, Any]:
    """What was typed, so that a form that comes back has lost nothing but its files."""
    values = {name: words(data, name) for name in {name for name, _ in data.multi_items()}}
    return {
        name: found if len(found) > 1 else "".join(found) for name, found in values.items() if name != "_csrf_token"
    }
