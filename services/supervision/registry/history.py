"""The facts of an enterprise on any day: what was written down with the days from which it holds."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from itertools import chain, groupby
from operator import attrgetter
from typing import Any, Final
from uuid import UUID

from sqlalchemy import select

from services.kernel.clock import in_words
from services.kernel.work import Work
from services.supervision.registry.checking import DERIVED, PARTS, STATE_OWNED
from services.supervision.registry.fields import BY_NAME, FIELDS
from services.supervision.registry.models import Enterprise, EnterpriseFact
from services.supervision.registry.refusals import BeforeTheRegistry

DATED: Final = tuple(field for field in FIELDS if field.name not in DERIVED)


def _order(row: EnterpriseFact) -> tuple[str, date, datetime, UUID]:
    return row.field, row.valid_from, row.recorded_at, row.id


class Facts(Mapping[str, Sequence[EnterpriseFact]]):
    """The rows of one enterprise by field, the earliest day first; the last of several rows of one day is the one that holds."""

    def __init__(self, rows: Iterable[EnterpriseFact]) -> None:
        ordered = sorted(rows, key=_order)
        self._by_field = {name: tuple(rows) for name, rows in groupby(ordered, attrgetter("field"))}

    def with_rows(self, rows: Iterable[EnterpriseFact]) -> "Facts":
        """The same with rows that were just written."""
        return Facts([*chain.from_iterable(self.values()), *rows])

    def __getitem__(self, field: str) -> Sequence[EnterpriseFact]:
        return self._by_field[field]

    def __iter__(self) -> Iterator[str]:
        return iter(self._by_field)

    def __len__(self) -> int:
        return len(self._by_field)

    def value(self, field: str, day: date, otherwise: Any) -> Any:
        """What a field was on a day; `otherwise` where it never changed."""
        found = [row for row in self.get(field, ()) if row.valid_from <= day]
        return BY_NAME[field].from_json(found[-1].value) if found else otherwise


def complete(values: dict[str, Any]) -> dict[str, Any]:
    """With what is made from other facts: the headcount, the owner, and that a code needs no reason."""
    values["headcount"] = sum(values[name] for name in PARTS)
    values["is_state_owned"] = values["ownership"] == STATE_OWNED
    if values["credit_code"]:
        values["no_code_reason"] = None
    return values


def values_on(enterprise: Enterprise, facts: Facts, day: date) -> dict[str, Any]:
    """All facts of an enterprise on a day, by the names of its columns; raises BeforeTheRegistry."""
    if day < enterprise.registered_on:
        since = in_words(enterprise.registered_on)
        raise BeforeTheRegistry(fields={"on": f"这家企业的档案从 {since} 开始，请选这一天或以后的日期"})
    values = {field.name: getattr(enterprise, field.name) for field in DATED}
    # What never changed has no rows, and most never changes.
    return complete(values | {name: facts.value(name, day, values[name]) for name in facts.keys() & values.keys()})


async def facts_of(work: Work, enterprise_id: UUID) -> Facts:
    """Every dated row of one enterprise."""
    return Facts(await work.all(select(EnterpriseFact).where(EnterpriseFact.enterprise_id == enterprise_id)))


async def as_of(work: Work, enterprise_id: UUID, day: date) -> dict[str, Any]:
    """All facts of an enterprise on a day, by the names of its columns.

    Raises NotFound, and BeforeTheRegistry for a day before `registered_on`.
    """
    return values_on(await work.get(Enterprise, enterprise_id), await facts_of(work, enterprise_id), day)


async def all_as_of(work: Work, enterprises: Sequence[Enterprise], day: date) -> dict[UUID, dict[str, Any]]:
    """The same for several at once; those that were registered after the day are left out."""
    known = [one for one in enterprises if one.registered_on <= day]
    rows = await work.all(select(EnterpriseFact).where(EnterpriseFact.enterprise_id.in_([one.id for one in known])))
    by_enterprise: dict[UUID, list[EnterpriseFact]] = {one.id: [] for one in known}
    for row in rows:
        by_enterprise[row.enterprise_id].append(row)
    return {one.id: values_on(one, Facts(by_enterprise[one.id]), day) for one in known}
