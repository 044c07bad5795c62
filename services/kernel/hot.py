"""Hot reads: statements compiled once and run on the driver's connection, behind the same two walls as every other."""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from functools import cached_property
from typing import Any

from sqlalchemy import Integer, Select, Text, Uuid, bindparam, case, cast, func, literal, select, text
from sqlalchemy.dialects.postgresql import asyncpg
from sqlalchemy.orm import with_loader_criteria

from services.kernel.database import beneath
from services.kernel.refusals import NotFound
from services.kernel.table import TenantTable
from services.kernel.work import Work

_DIALECT = asyncpg.dialect()  # type: ignore[no-untyped-call]
_TENANT = "tenant_of_work"
_ITEMS, _NEXT = literal("items", Text()), literal("next_cursor", Text())


class Statement:
    """SQL with its parameters in the driver's order."""

    def __init__(self, query: Select[*tuple[Any, ...]]) -> None:
        compiled = query.compile(dialect=_DIALECT)
        unset = {bind.key: None for bind in compiled.bind_names if bind.required}
        written = compiled.construct_expanded_state(unset)
        self.sql: str = written.statement
        self._names: Sequence[str] = written.positiontup or ()
        self._fixed: Mapping[str, Any] = written.parameters

    def values(self, given: dict[str, Any]) -> list[Any]:
        """The values in order; those that the query itself holds need not be given."""
        return [given[name] if name in given else self._fixed[name] for name in self._names]


class Hot:
    """A query with named `bindparam`s that runs at very many requests; it hydrates no object and opens no session.

    Like every query of a Work it carries the tenant beside the policy, unless the Work reads several tenants.
    """

    def __init__(self, query: Select[*tuple[Any, ...]]) -> None:
        self._query = query

    @cached_property
    def _of_one(self) -> Statement:
        tenant = bindparam(_TENANT, type_=Uuid())
        wall = with_loader_criteria(
            TenantTable, lambda row: row.tenant_id == tenant, include_aliases=True, track_closure_variables=False
        )
        return Statement(self._query.options(wall))

    @cached_property
    def _of_several(self) -> Statement:
        return Statement(self._query)

    async def rows(self, work: Work, **values: Any) -> Sequence[Any]:
        """All rows, as the driver's records."""
        statement, given = self._for(work, values)
        async with _connection(work) as connection:
            found: Sequence[Any] = await connection.fetch(statement.sql, *given)
        return found

    async def row(self, work: Work, **values: Any) -> Any:
        """The first row; raises NotFound when there is none."""
        statement, given = self._for(work, values)
        async with _connection(work) as connection:
            found = await connection.fetchrow(statement.sql, *given)
        if found is None:
            raise NotFound
        return found

    def _for(self, work: Work, values: dict[str, Any]) -> tuple[Statement, list[Any]]:
        scope = work.identity.scope
        if scope.tenant_id is None or scope.tenant_ids:
            return self._of_several, self._of_several.values(values)
        return self._of_one, self._of_one.values({**values, _TENANT: scope.tenant_id})


def as_stretch(query: Select[*tuple[Any, ...]], key: str) -> Select[str]:
    """One stretch of a list as JSON text made by PostgreSQL: `items`, and as `next_cursor` the last key where more follow.

    `query` is ordered by the column `key`, has no limit, and takes `limit` as a parameter.
    """
    limit = bindparam("limit", type_=Integer())
    found = query.limit(limit + 1).cte("found")
    shown = select(found).order_by(found.c[key]).limit(limit).subquery("shown")
    last = select(found.c[key]).order_by(found.c[key]).offset(limit - 1).limit(1).scalar_subquery()
    more = select(func.count() > limit).select_from(found).scalar_subquery()
    items = select(func.coalesce(func.json_agg(shown.table_valued()), text("'[]'::json"))).scalar_subquery()
    return select(cast(func.json_build_object(_ITEMS, items, _NEXT, case((more, last))), Text))


@asynccontextmanager
async def _connection(work: Work) -> AsyncIterator[Any]:
    """Of the Work's own transaction where it has one, so that what it has written is seen; else of a short one."""
    if work.has_begun:
        await work.flush()
        yield await beneath(work.session)
        return
    async with work.sessions.reading(work.identity.login, work.identity.scope) as connection:
        yield connection
