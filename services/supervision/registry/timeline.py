"""What became of an enterprise, told from its dated facts."""

from collections.abc import Sequence
from datetime import date, datetime
from itertools import groupby
from typing import Any, Final
from uuid import UUID

import msgspec
from sqlalchemy import func, select

from services.kernel.work import Work
from services.supervision.registry.checking import PARTS
from services.supervision.registry.fields import BY_NAME
from services.supervision.registry.history import DATED, Facts, facts_of
from services.supervision.registry.models import Enterprise, EnterpriseFact

SOURCES: Final = {"office": "应急办登记", "import": "台账导入", "approved": "企业申报，应急办同意", "history": "建档时"}


class Changed(msgspec.Struct, frozen=True):
    """One field that became different; `before` and `after` are values as columns hold them."""

    field: str
    before: Any
    after: Any


class Happening(msgspec.Struct, frozen=True, kw_only=True):
    """Facts that one person wrote down together, with the day from which they hold."""

    valid_from: date
    recorded_at: datetime
    person: str
    source: str
    note: str
    changed: Sequence[Changed]


class Heads(msgspec.Struct, frozen=True):
    """How many people work there from a day on."""

    since: date
    own: int
    dispatched: int
    temporary: int

    @property
    def total(self) -> int:
        """All of them (安全生产法 61)."""
        return self.own + self.dispatched + self.temporary


async def timeline(work: Work, enterprise_id: UUID) -> Sequence[Happening]:
    """Every change of its facts, the latest first by the day from which it holds."""
    facts = await facts_of(work, enterprise_id)
    told = [(row, Changed(name, _value(rows[n - 1]), _value(row)))
            for name, rows in facts.items() for n, row in enumerate(rows) if row.source != "history"]  # fmt: skip
    together = groupby(sorted(told, key=lambda pair: _together(pair[0])), key=lambda pair: _together(pair[0]))
    happened = [_happening([*pairs]) for _, pairs in together]
    return sorted(happened, key=lambda one: (one.valid_from, one.recorded_at), reverse=True)


async def headcounts(work: Work, enterprise: Enterprise) -> Sequence[Heads]:
    """The headcount from its first day on, one row for each day on which it changed."""
    facts = await facts_of(work, enterprise.id)
    days = {row.valid_from for name in PARTS for row in facts.get(name, ())} | {enterprise.registered_on}
    return [Heads(day, *_parts(enterprise, facts, day)) for day in sorted(days)]


async def same_name(work: Work, name: str, *, but: UUID | None = None) -> Enterprise | None:
    """Another living enterprise of that very name."""
    query = select(Enterprise).where(func.lower(Enterprise.name) == name.lower(), Enterprise.left_on.is_(None))
    return await work.first(query.where(Enterprise.id != but) if but else query)


def _parts(enterprise: Enterprise, facts: Facts, day: date) -> list[int]:
    return [facts.value(name, day, getattr(enterprise, name)) for name in PARTS]


def _value(row: EnterpriseFact) -> Any:
    return BY_NAME[row.field].from_json(row.value)


def _together(row: EnterpriseFact) -> tuple[date, datetime, str, str, str]:
    return row.valid_from, row.recorded_at, row.person, row.source, row.note


def _happening(pairs: list[tuple[EnterpriseFact, Changed]]) -> Happening:
    row = pairs[0][0]
    order = {field.name: number for number, field in enumerate(DATED)}
    return Happening(
        valid_from=row.valid_from,
        recorded_at=row.recorded_at,
        person=row.person,
        source=SOURCES[row.source],
        note=row.note,
        changed=sorted((changed for _, changed in pairs), key=lambda one: order[one.field]),
    )
