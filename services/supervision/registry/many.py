"""Many enterprises written at once: the same rows that `register` and `change` write one by one."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final
from uuid import UUID

import msgspec
from sqlalchemy import ARRAY
from sqlalchemy.dialects.postgresql import JSONB, dialect
from sqlalchemy.sql.elements import KeyedColumnElement

from services.kernel.clock import new_id
from services.kernel.database import beneath
from services.kernel.table import Base
from services.kernel.work import Work
from services.supervision.registry.dated import Said, new_facts
from services.supervision.registry.fields import FIELDS
from services.supervision.registry.history import values_on
from services.supervision.registry.jobs import rename_memberships
from services.supervision.registry.matching import Meant
from services.supervision.registry.models import Enterprise, EnterpriseFact

SEPARATOR: Final = "\x1f"
"""Between the words of a list on their way into the database; no word of ours holds it."""
FACTS: Final = tuple(field.name for field in FIELDS)
POSTGRESQL: Final = dialect()  # type: ignore[no-untyped-call]
SPECIAL: Final = {"list": ARRAY, "json": JSONB}
"""What unnest would take apart, or take for text: it travels as text."""
TEXT_OF: Final[Mapping[str, Callable[[Any], str]]] = {
    "list": SEPARATOR.join,
    "json": lambda value: msgspec.json.encode(value).decode(),
}
MADE: Final = {"list": "string_to_array(new.{}, E'\\x1f')", "json": "new.{}::jsonb"}


class Written(msgspec.Struct, frozen=True):
    """What became of rows: by their place among those that were given."""

    created: Mapping[int, UUID]
    changed: Mapping[int, UUID]
    overtaken: Sequence[int]
    """Somebody registered the same code meanwhile: to be looked at again."""


async def write(work: Work, rows: Sequence[Meant], said: Said) -> Written:
    """Register and change what rows mean, in a few statements; rows without change or with faults leave nothing."""
    work.require("enterprise:write")
    new = {place: {**_new(work, said), **row.after} for place, row in enumerate(rows) if row.is_new}
    there = await _insert(work, Enterprise, [*new.values()]) if new else set()
    changed = {place: row.enterprise for place, row in enumerate(rows) if row.enterprise and row.changed}
    await _change(work, [rows[place] for place in changed], said)
    return Written(
        {place: row["id"] for place, row in new.items() if row["id"] in there},
        {place: enterprise.id for place, enterprise in changed.items()},
        [place for place, row in new.items() if row["id"] not in there],
    )


def _new(work: Work, said: Said) -> dict[str, Any]:
    return {
        "tenant_id": work.tenant_id,
        "id": new_id(),
        "registered_on": said.valid_from,
        "created_at": said.recorded_at,
        "version": 1,
    }


async def _change(work: Work, rows: Sequence[Meant], said: Said) -> None:
    facts, updates = [], []
    for row in rows:
        enterprise = row.enterprise
        assert enterprise is not None
        new = new_facts(enterprise, row.facts, {name: row.after[name] for name in row.changed}, said)
        for fact in new:
            fact.tenant_id, fact.id = work.tenant_id, new_id()
        holds = values_on(enterprise, row.facts.with_rows(new), work.today)
        updates.append({"id": enterprise.id, **{name: holds[name] for name in FACTS}})
        if holds["name"] != enterprise.name:
            work.send(rename_memberships, enterprise.id)
        facts += [
            {column.name: getattr(fact, column.name) for column in EnterpriseFact.__table__.columns} for fact in new
        ]
    if updates:
        await _insert(work, EnterpriseFact, facts)
        await _update(work, updates)


async def _insert(work: Work, table: type[Base], rows: Sequence[Mapping[str, Any]]) -> set[UUID]:
    """Write rows that have the same columns; tells the ids of those that nobody was quicker to write."""
    columns = _columns(table, rows[0])
    names = ", ".join(column.name for column in columns)
    statement = (
        f"INSERT INTO {table.__tablename__} ({names}) SELECT {', '.join(map(_made, columns))} "  # noqa: S608 - our own names
        f"FROM unnest({_taken(columns, 1)}) AS new ({names}) ON CONFLICT DO NOTHING RETURNING id"
    )
    connection = await beneath(work.session)
    return {row["id"] for row in await connection.fetch(statement, *_arrays(columns, rows))}


async def _update(work: Work, rows: Sequence[Mapping[str, Any]]) -> None:
    columns = _columns(Enterprise, rows[0])
    changes = ", ".join(f"{column.name} = {_made(column)}" for column in columns if column.name != "id")
    statement = (
        f"UPDATE enterprise SET {changes}, version = enterprise.version + 1 "  # noqa: S608 - our own names
        f"FROM unnest({_taken(columns, 2)}) AS new ({', '.join(column.name for column in columns)}) "
        "WHERE enterprise.tenant_id = $1 AND enterprise.id = new.id"
    )
    connection = await beneath(work.session)
    await connection.execute(statement, work.tenant_id, *_arrays(columns, rows))


def _columns(table: type[Base], row: Mapping[str, Any]) -> list[KeyedColumnElement[Any]]:
    return [column for column in table.__table__.columns if column.name in row]


def _kind(column: KeyedColumnElement[Any]) -> str | None:
    return next((kind for kind, known in SPECIAL.items() if isinstance(column.type, known)), None)


def _made(column: KeyedColumnElement[Any]) -> str:
    return MADE.get(_kind(column) or "", "new.{}").format(column.name)


def _taken(columns: Sequence[KeyedColumnElement[Any]], first: int) -> str:
    return ", ".join(f"${number}::{_sent_as(column)}[]" for number, column in enumerate(columns, first))


def _sent_as(column: KeyedColumnElement[Any]) -> str:
    return "text" if _kind(column) else str(column.type.compile(POSTGRESQL))


def _arrays(columns: Sequence[KeyedColumnElement[Any]], rows: Sequence[Mapping[str, Any]]) -> list[list[Any]]:
    return [[_sent(_kind(column), row[column.name]) for row in rows] for column in columns]


def _sent(kind: str | None, value: Any) -> Any:
    return TEXT_OF[kind](value) if kind else value
