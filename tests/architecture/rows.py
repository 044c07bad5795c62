"""A canary row for every table that there is, made from the catalogue, so that no table is forgotten by the walks."""

import re
import uuid
from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import (
    ARRAY,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    DateTime,
    Integer,
    LargeBinary,
    Table,
    Uuid,
    insert,
)
from sqlalchemy import types as sql
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncConnection

from services.kernel.published import EVERY_ROW
from services.kernel.schema import tables
from services.kernel.table import Base, Login, TenantTable

ONE_OF = re.compile(r"^(\w+) IN \('([^']+)'")

EXAMPLES: Mapping[str, Mapping[str, Any]] = {
    "assignment": {"department_id": uuid.UUID(int=7)},
    "enterprise": {"no_code_reason": "示例"},
    "plan": {"year": 2026},
}
"""Values that a table's own CHECK wants and the catalogue cannot tell."""

PUBLISHED: Mapping[str, Mapping[str, Any]] = {
    "plan": {"state": "published", "signed_by": uuid.UUID(int=8), "published_at": datetime(2026, 1, 5, tzinfo=UTC)},
}
"""What makes a table's canary, which is unpublished, a published one; a table whose every row is public needs nothing."""


def tenant_tables() -> list[type[TenantTable]]:
    """Every table whose rows belong to a tenant."""
    return [table for table in tables() if issubclass(table, TenantTable)]


def row_of(table: type[Base], tenant_id: uuid.UUID, enterprise_id: uuid.UUID, canary: str) -> dict[str, Any]:
    """One row that satisfies the table's columns and checks."""
    local: Table = table.__table__  # type: ignore[assignment]
    allowed = _allowed(local)
    row = {c.name: _value(c, allowed, canary) for c in local.columns if not c.nullable}
    row |= EXAMPLES.get(local.name, {})
    if issubclass(table, TenantTable):
        row["tenant_id"] = tenant_id
        if Login.ENTERPRISE in table.__access__ and table.__only_enterprise__:
            row[table.__only_enterprise__] = enterprise_id
    return row


async def put_canary(connection: AsyncConnection, tenant_id: uuid.UUID, enterprise_id: uuid.UUID, canary: str) -> None:
    """A row of this tenant in every tenant table; foreign keys are looked past, as only a superuser can."""
    await connection.exec_driver_sql("SET LOCAL session_replication_role = replica")
    for table in tenant_tables():
        await connection.execute(insert(table.__table__).values(row_of(table, tenant_id, enterprise_id, canary)))  # type: ignore[arg-type]
    await connection.exec_driver_sql("SET LOCAL session_replication_role = DEFAULT")


async def put_published(connection: AsyncConnection, tenant_id: uuid.UUID) -> None:
    """Besides the canary of each table of which only some rows are public, one that is."""
    await connection.exec_driver_sql("SET LOCAL session_replication_role = replica")
    for table in tenant_tables():
        if table.__published__ and table.__published__.only != EVERY_ROW:
            row = row_of(table, tenant_id, uuid.uuid4(), "published") | PUBLISHED[table.__tablename__]
            await connection.execute(insert(table.__table__).values(row))  # type: ignore[arg-type]
    await connection.exec_driver_sql("SET LOCAL session_replication_role = DEFAULT")


def _allowed(table: Table) -> dict[str, str]:
    found = {}
    for constraint in table.constraints:
        if isinstance(constraint, CheckConstraint) and (match := ONE_OF.match(str(constraint.sqltext))):
            found[match[1]] = match[2]
    return found


def _value(column: Column[Any], allowed: Mapping[str, str], canary: str) -> Any:
    kind = column.type
    simple: tuple[tuple[type[sql.TypeEngine[Any]], Any], ...] = (
        (Uuid, uuid.uuid4()),
        (Boolean, False),
        (Integer, 0),
        (DateTime, datetime(2026, 1, 5, tzinfo=UTC)),
        (Date, date(2026, 1, 5)),
        (LargeBinary, canary.encode()),
        (JSONB, {}),
        (ARRAY, []),
    )
    for wanted, value in simple:
        if isinstance(kind, wanted):
            return value
    return allowed.get(column.name, f"{canary}-{column.name}")
