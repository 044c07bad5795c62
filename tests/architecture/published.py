"""What must hold of all that is read without an account: the listed columns of the published rows, and nothing else."""

from collections.abc import AsyncIterator

from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection

from services.kernel.published import EVERY_ROW, Published
from services.kernel.schema import OWNER, tables
from services.kernel.table import Base, Login, TenantTable

VIEWS = """
SELECT c.relname, c.relkind = 'v' AS plain, pg_get_userbyid(c.relowner) AS owner,
       coalesce('security_invoker=true' = ANY(c.reloptions), false) AS invoker,
       (SELECT array_agg(a.attname::text ORDER BY a.attnum) FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attnum > 0) AS columns
FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('v', 'm')
"""
READERS = """
SELECT c.relname, CASE a.grantee WHEN 0 THEN 'everybody' ELSE pg_get_userbyid(a.grantee) END, a.privilege_type
FROM pg_class c CROSS JOIN aclexplode(c.relacl) a
WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('v', 'm') AND a.grantee <> c.relowner
"""
READABLE = f"""
SELECT c.relname, array_agg(a.attname::text)
FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p', 'v', 'm')
AND has_column_privilege('{Login.PUBLIC}', c.oid, a.attnum, 'SELECT') GROUP BY c.relname
"""  # noqa: S608 - our own login
WRITABLE = f"""
SELECT c.relname FROM pg_class c
WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p', 'v', 'm')
AND (has_table_privilege('{Login.PUBLIC}', c.oid, 'DELETE, TRUNCATE, TRIGGER')
     OR has_any_column_privilege('{Login.PUBLIC}', c.oid, 'INSERT, UPDATE, REFERENCES'))
"""  # noqa: S608 - our own login


def published() -> dict[str, tuple[str, Published]]:
    """Every published view by its name, with the table that it shows."""
    said = ((table.__tablename__, table.__published__) for table in tables())
    return {one.view: (name, one) for name, one in said if one}


def shows(table: type[Base], *, unpublished: bool) -> bool:
    """Whether the public may see a table's rows, here one that is published or one that is not."""
    return table.__published__ is not None and (table.__published__.only == EVERY_ROW or not unpublished)


async def public_flaws(connection: AsyncConnection) -> AsyncIterator[str]:
    """What the catalogue says of views and of the public's login against the rules of the house."""
    wanted = published()
    found = {row[0]: row for row in await connection.execute(text(VIEWS))}
    for name in wanted.keys() - found.keys():
        yield f"{name}: the view is missing"
    for name, plain, owner, invoker, columns in found.values():
        listed = wanted[name][1].columns if name in wanted else ()
        if not plain or owner != OWNER or not invoker:
            yield f"{name}: not a view of {OWNER} that asks with its reader's own rights"
        if not listed or tuple(columns) != listed:
            yield f"{name}: shows {columns}, and {list(listed)} are listed"
    for name, reader, privilege in await connection.execute(text(READERS)):
        if (reader, privilege) != (Login.PUBLIC, "SELECT"):
            yield f"{name}: {reader} holds {privilege}"
    readable = {name: set(columns) for name, columns in await connection.execute(text(READABLE))}
    listed_by_name = {place: set(one.columns) for view, (table, one) in wanted.items() for place in (view, table)}
    for name in sorted(readable.keys() | listed_by_name.keys()):
        if readable.get(name, set()) != listed_by_name.get(name, set()):
            yield f"{name}: the public reads {readable.get(name)}, listed are {listed_by_name.get(name)}"
    for (name,) in await connection.execute(text(WRITABLE)):
        yield f"{name}: the public may write"


async def readable_columns(connection: AsyncConnection) -> dict[str, set[str]]:
    """Which columns of which tables the present role can read, each tried by itself."""
    found: dict[str, set[str]] = {}
    for table in tables():
        for column in table.__table__.columns:
            try:
                async with connection.begin_nested():
                    await connection.exec_driver_sql(f"SELECT {column.name} FROM {table.__tablename__} LIMIT 1")  # noqa: S608
                found.setdefault(table.__tablename__, set()).add(column.name)
            except DBAPIError:
                continue
    return found


async def rows_seen(connection: AsyncConnection) -> dict[str, list[tuple[object, bool]]]:
    """What the present role sees of each published tenant table, and of its view: the tenant, and whether the row is published."""
    seen = {}
    for table in tables():
        if issubclass(table, TenantTable) and (said := table.__published__):
            for name in (table.__tablename__, said.view):
                rows = await connection.exec_driver_sql(f"SELECT tenant_id, {said.only} FROM {name}")  # noqa: S608
                seen[name] = [(tenant, is_published) for tenant, is_published in rows]
    return seen
