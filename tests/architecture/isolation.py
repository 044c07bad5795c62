"""What must hold of every table for towns to be invisible to each other; each flaw is a sentence."""

import uuid
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection

from services.kernel.database import Scope
from services.kernel.schema import OWNER, READS, access_of
from services.kernel.table import GLOBAL, Base, GlobalTable, Login, TenantTable
from tests.architecture.published import public_flaws, shows
from tests.architecture.rows import row_of, tenant_tables

CATALOGUE = """
SELECT c.relname, c.relrowsecurity, c.relforcerowsecurity, pg_get_userbyid(c.relowner) AS owner
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname = 'public' AND c.relkind IN ('r', 'p')
"""
INDEXES = """
SELECT t.relname AS table, i.relname AS index, a.attname AS first
FROM pg_index x JOIN pg_class i ON i.oid = x.indexrelid JOIN pg_class t ON t.oid = x.indrelid
JOIN pg_namespace n ON n.oid = t.relnamespace
LEFT JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = x.indkey[0]
WHERE n.nspname = 'public'
"""
FOREIGN_KEYS = """
SELECT c.conname, t.relname AS table, f.relname AS target,
       (SELECT attname FROM pg_attribute WHERE attrelid = c.conrelid AND attnum = c.conkey[1]) AS first
FROM pg_constraint c JOIN pg_class t ON t.oid = c.conrelid JOIN pg_class f ON f.oid = c.confrelid WHERE c.contype = 'f'
"""
POLICIES = (
    "SELECT tablename, policyname, roles, qual, with_check, permissive FROM pg_policies WHERE schemaname = 'public'"
)
VOLATILE = "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal UNION SELECT proname FROM pg_proc WHERE prosecdef AND pronamespace = 'public'::regnamespace"


def _names(kind: type[Base]) -> frozenset[str]:
    return frozenset(mapper.class_.__tablename__ for mapper in Base.registry.mappers if issubclass(mapper.class_, kind))


async def catalogue_flaws(connection: AsyncConnection) -> list[str]:
    """What the catalogue says against the rules of the house; empty when all holds."""
    return [flaw for part in (_tables, _indexes, _keys, _policies, public_flaws) async for flaw in part(connection)]


async def _tables(connection: AsyncConnection) -> AsyncIterator[str]:
    tenant, shared = _names(TenantTable), _names(GlobalTable) | GLOBAL
    for name, secured, forced, owner in await connection.execute(text(CATALOGUE)):
        if name not in tenant | shared:
            yield f"{name}: neither a tenant table nor listed as global"
        if name in tenant and not (secured and forced):
            yield f"{name}: row security is not enabled and forced"
        if owner != OWNER:
            yield f"{name}: belongs to {owner}"
    for (name,) in await connection.execute(text(VOLATILE)):
        yield f"{name}: triggers and SECURITY DEFINER are forbidden"


async def _indexes(connection: AsyncConnection) -> AsyncIterator[str]:
    for table, index, first in await connection.execute(text(INDEXES)):
        if table in _names(TenantTable) and first != "tenant_id":
            yield f"{index} on {table} begins with {first}"


async def _keys(connection: AsyncConnection) -> AsyncIterator[str]:
    tenant = _names(TenantTable)
    for name, table, target, first in await connection.execute(text(FOREIGN_KEYS)):
        if table in tenant and target in tenant and first != "tenant_id":
            yield f"{name}: a row of {table} could point at another town's {target}"
        if table in tenant and target not in tenant:
            yield f"{name}: {table} points outside its tenant at {target}"


async def _policies(connection: AsyncConnection) -> AsyncIterator[str]:
    rows = (await connection.execute(text(POLICIES))).all()
    by_table: dict[str, dict[str, tuple[str, str, str]]] = {}
    for table, policy, roles, rule, check, permissive in rows:
        if "SELECT" in f"{rule} {check}".upper().replace("SELECTED", ""):
            yield f"{policy} on {table}: a subquery in a policy"
        by_table.setdefault(table, {})[f"{policy}:{roles[0]}"] = (rule, check, permissive)
    for table in tenant_tables():
        found = by_table.get(table.__tablename__, {})
        wanted = _wanted(table)
        for missing in sorted(wanted - found.keys()):
            yield f"{table.__tablename__}: the policy {missing} is missing"
        for extra in sorted(found.keys() - wanted):
            yield f"{table.__tablename__}: nobody asked for the policy {extra}"
        for name, (rule, check, permissive) in found.items():
            if name.startswith("only_") != (permissive == "RESTRICTIVE"):
                yield f"{table.__tablename__}: {name} is {permissive.lower()}"
            if rule != check:
                yield f"{table.__tablename__}: {name} lets rows in that it does not show"


def _wanted(table: type[TenantTable]) -> set[str]:
    """The policies that a table declares, each with its role."""
    names = {"owner": OWNER} | {login.value.removeprefix("anzhen_"): login.value for login in access_of(table)}
    if Login.ENTERPRISE in table.__access__:
        names["only_enterprise"] = Login.ENTERPRISE.value
    if table.__published__:
        names |= {"public": Login.PUBLIC.value, "only_published": Login.PUBLIC.value}
    return {f"{policy}:{role}" for policy, role in names.items()}


@dataclass(frozen=True, slots=True)
class Canaries:
    """Two towns, ours and theirs, with a row in every table; ours has a second enterprise."""

    ours: uuid.UUID
    theirs: uuid.UUID
    our_enterprise: uuid.UUID
    their_enterprise: uuid.UUID


@dataclass(slots=True)
class Probes:
    """How many were made, and what leaked."""

    made: int = 0
    leaks: list[str] = field(default_factory=list)


def scopes(canaries: Canaries, login: Login) -> dict[str, tuple[Scope, frozenset[uuid.UUID]]]:
    """Each way a login can ask, with the tenants it may see that way."""
    ours = frozenset({canaries.ours})
    everything = frozenset({canaries.ours, canaries.theirs})
    if READS.get(login) == "true":
        return {"any": (Scope(), everything)}
    return {
        "own": (
            Scope(tenant_id=canaries.ours, tenant_ids=(canaries.ours,), enterprise_id=canaries.our_enterprise),
            ours,
        ),
        "unset": (Scope(), frozenset()),
        "bad": (Scope(tenant_id=uuid.uuid4(), tenant_ids=(uuid.uuid4(),), enterprise_id=uuid.uuid4()), frozenset()),
        "foreign enterprise": (
            Scope(tenant_id=canaries.ours, tenant_ids=(canaries.ours,), enterprise_id=canaries.their_enterprise),
            frozenset() if login is Login.ENTERPRISE else ours,
        ),
    }


async def probe(connection: AsyncConnection, canaries: Canaries, *only: str) -> Probes:
    """Read, change, add and delete in every table (or only those named) as every login in every way: what reaches a foreign row leaks."""
    probes = Probes()
    walked = [table for table in tenant_tables() if not only or table.__tablename__ in only]
    for login in Login:
        for way, (scope, visible) in scopes(canaries, login).items():
            await enter(connection, login, scope)
            for table in walked:
                privileges, seen = _declared(login, table, visible)
                probes.leaks += [
                    f"{login} ({way}) {leak} {table.__tablename__}"
                    for leak in await _tries(connection, table, privileges, seen, canaries, probes)
                ]
    await enter(connection, None, Scope())
    return probes


def _declared(
    login: Login, table: type[TenantTable], visible: frozenset[uuid.UUID]
) -> tuple[str, frozenset[uuid.UUID]]:
    """What a login may do to a table, and whose canaries it sees there: the public none that is unpublished."""
    if login is Login.PUBLIC and table.__published__:
        return "SELECT", visible if shows(table, unpublished=True) else frozenset()
    return access_of(table).get(login, ""), visible


async def enter(connection: AsyncConnection, login: Login | None, scope: Scope) -> None:
    """Act as a login (or again as the administrator) within a scope until the test ends."""
    for statement in scope.begin().split("; ")[1:]:
        await connection.exec_driver_sql(statement)
    await connection.exec_driver_sql(f"SET LOCAL ROLE {login.value if login else 'NONE'}")


async def _tries(
    connection: AsyncConnection,
    table: type[TenantTable],
    privileges: str,
    visible: frozenset[uuid.UUID],
    canaries: Canaries,
    probes: Probes,
) -> list[str]:
    name, leaks = table.__tablename__, []
    seen = await _select(connection, name)
    probes.made += 1
    if (seen is not None) != ("SELECT" in privileges):
        leaks.append("has a privilege that differs from what is declared on")
    if seen is not None and not seen <= visible:
        leaks.append("reads foreign rows of")
    if seen is not None and not visible <= seen:
        leaks.append("cannot read its own rows of")
    foreign = canaries.theirs
    writes = (
        ("changes foreign rows of", f"UPDATE {name} SET tenant_id = tenant_id WHERE tenant_id = '{foreign}'"),
        ("deletes foreign rows of", f"DELETE FROM {name} WHERE tenant_id = '{foreign}'"),
        (
            "moves rows to a foreign town in",
            f"UPDATE {name} SET tenant_id = '{foreign}' WHERE tenant_id <> '{foreign}'",
        ),
    )
    if visible != {canaries.ours, canaries.theirs}:
        for words, statement in writes:
            probes.made += 1
            if await _affected(connection, statement):
                leaks.append(words)
        probes.made += 1
        if await _inserted(connection, table, canaries):
            leaks.append("adds foreign rows to")
    return leaks


async def _select(connection: AsyncConnection, name: str) -> frozenset[uuid.UUID] | None:
    try:
        async with connection.begin_nested():
            rows = await connection.execute(text(f"SELECT DISTINCT tenant_id FROM {name}"))  # noqa: S608
            return frozenset(row[0] for row in rows)
    except DBAPIError:
        return None


async def _affected(connection: AsyncConnection, statement: str) -> bool:
    savepoint = await connection.begin_nested()
    try:
        return bool((await connection.exec_driver_sql(statement)).rowcount)
    except DBAPIError:
        return False
    finally:
        await savepoint.rollback()


async def _inserted(connection: AsyncConnection, table: type[TenantTable], canaries: Canaries) -> bool:
    savepoint = await connection.begin_nested()
    row = row_of(table, canaries.theirs, canaries.their_enterprise, "intruder")
    try:
        await connection.execute(table.__table__.insert().values(row))  # type: ignore[attr-defined]
    except DBAPIError as error:
        return "row-level security" not in str(error) and "permission denied" not in str(error)
    else:
        return True
    finally:
        await savepoint.rollback()
