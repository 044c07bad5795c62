"""The same queries with row security and without, over all the towns."""

import time
from statistics import median
from typing import Any
from uuid import UUID

import asyncpg  # type: ignore[import-untyped]

from services.kernel.database import Scope
from services.kernel.table import Login
from tests.scale.apps import LIST, ONE
from tests.scale.figures import Asked, median_ratio, ratios, spread, told
from tests.scale.house import House

TIMES = 60
QUERIES = {
    "one_row": ONE,
    "fifty_rows": LIST,
    "count": "SELECT count(*) FROM enterprise WHERE tenant_id = $1 AND sector = '建材'",
}


async def measure(house: House, asked: Asked) -> None:
    """Each query takes at most 1.3 times as long as in the same transaction without row security."""
    tenant, row = house.people[0].tenant, house.enterprises[0]
    assert tenant is not None
    free, bound = await asyncpg.connect(house.dsn()), await asyncpg.connect(house.dsn(Login.TOWN))
    try:
        rows = await free.fetchval("SELECT count(*) FROM enterprise")
        found = {
            name: await _pair(asked, free, bound, tenant, _values(query, tenant, row))
            for name, query in QUERIES.items()
        }
    finally:
        await free.close()
        await bound.close()
    told(
        asked,
        "row_security",
        {f"{name} ≤ 1.3 ×": median_ratio(with_, without) <= 1.3 for name, (with_, without) in found.items()},
        unit="µs a transaction",
        rows=rows,
        **{f"{name}_with": spread(with_) for name, (with_, _) in found.items()},
        **{f"{name}_ratio": ratios(with_, without) for name, (with_, without) in found.items()},
    )


def _values(query: str, tenant: UUID, row: UUID) -> tuple[Any, ...]:
    return (query, tenant, row) if "$2" in query else (query, tenant)


async def _pair(
    asked: Asked, free: asyncpg.Connection, bound: asyncpg.Connection, tenant: UUID, query: tuple[Any, ...]
) -> tuple[list[float], list[float]]:
    begin = Scope(tenant_id=tenant).begin(read_only=True)
    with_, without = [], []
    for turn in range(asked.rounds + 1):
        took = await _took(bound, begin, query), await _took(free, "BEGIN READ ONLY", query)
        if turn:  # the first warms up
            with_.append(took[0])
            without.append(took[1])
    return with_, without


async def _took(connection: asyncpg.Connection, begin: str, query: tuple[Any, ...]) -> float:
    """The middle of many, in microseconds."""
    times = []
    for _ in range(TIMES):
        at = time.perf_counter()
        await connection.execute(begin)
        assert await connection.fetch(*query)
        await connection.execute("COMMIT")
        times.append((time.perf_counter() - at) * 1e6)
    return median(times)
