"""Row security and privileges as statements, made from what the tables say of themselves; running them again changes nothing."""

import hashlib
import hmac
from collections.abc import Iterator

from services.kernel.table import Base, GlobalTable, Login, TenantTable

OWN = "tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid"
"""The tenant of this transaction; nullif, because the second use of a connection leaves an empty string."""
LISTED = "tenant_id = ANY(string_to_array(nullif(current_setting('app.tenant_ids', true), ''), ',')::uuid[])"
"""The towns of the district's session."""
EVERY = "true"

OWNER = "anzhen_owner"

VIEWS = f"SELECT viewname FROM pg_views WHERE schemaname = 'public' AND viewowner = '{OWNER}'"  # noqa: S608 - our own name
"""The views that stand; a migration finds none of them, since none may hold a column fast."""

READS: dict[Login, str] = {Login.DISTRICT: LISTED, Login.RELAY: EVERY, Login.BACKUP: EVERY}
"""Logins whose rule is not «their own tenant»."""


def password(secret: str, login: Login) -> str:
    """A login's password, derived from the installation's secret so that none is stored."""
    return hmac.new(secret.encode(), login.value.encode(), hashlib.sha256).hexdigest()


def tables() -> Iterator[type[Base]]:
    """Every mapped table, in the order of its name."""
    for mapper in sorted(Base.registry.mappers, key=lambda m: str(m.local_table)):
        yield mapper.class_


def role_statements(secret: str, existing: frozenset[str]) -> Iterator[str]:
    """Make the owner and the logins that are missing; their passwords follow the secret."""
    if OWNER not in existing:
        yield f"CREATE ROLE {OWNER} NOLOGIN"
        yield f"GRANT {OWNER} TO CURRENT_USER"
    for login in Login:
        verb = "ALTER" if login in existing else "CREATE"
        yield f"{verb} ROLE {login} LOGIN NOINHERIT PASSWORD '{password(secret, login)}'"


def security_statements() -> Iterator[str]:
    """Privileges, policies and published views of every table, replacing whatever stood there before."""
    for table in tables():
        name = table.__tablename__
        for login in Login:
            yield f"REVOKE ALL ON {name} FROM {login}"
        yield from _grants(table)
        if table.__published__:
            yield from table.__published__.statements(name, Login.PUBLIC)
        if issubclass(table, TenantTable):
            yield f"ALTER TABLE {name} ENABLE ROW LEVEL SECURITY"
            yield f"ALTER TABLE {name} FORCE ROW LEVEL SECURITY"
            yield from _policies(table)
    yield f"GRANT SELECT ON alembic_version TO {Login.IDENTITY}, {Login.BACKUP}"


def access_of(table: type[Base]) -> dict[Login, str]:
    """Who may do what to a table; the backup reads everything."""
    return {**table.__access__, Login.BACKUP: "SELECT"}


def _grants(table: type[Base]) -> Iterator[str]:
    for login, privileges in access_of(table).items():
        yield f"GRANT {privileges} ON {table.__tablename__} TO {login}"


def _policies(table: type[TenantTable]) -> Iterator[str]:
    name = table.__tablename__
    yield from _policy(name, "owner", OWNER, EVERY)
    for login in access_of(table):
        rule = READS.get(login, OWN)
        yield from _policy(name, login.value.removeprefix("anzhen_"), login, rule)
        if login is Login.ENTERPRISE:
            yield from _only_enterprise(table)
    if table.__published__:
        yield from _policy(name, "public", Login.PUBLIC, OWN)
        yield from _policy(name, "only_published", Login.PUBLIC, table.__published__.only, kind="RESTRICTIVE")


def _policy(table: str, policy: str, role: str, rule: str, kind: str = "PERMISSIVE") -> Iterator[str]:
    yield f"DROP POLICY IF EXISTS {policy} ON {table}"
    yield f"CREATE POLICY {policy} ON {table} AS {kind} TO {role} USING ({rule}) WITH CHECK ({rule})"


def _only_enterprise(table: type[TenantTable]) -> Iterator[str]:
    name, column = table.__tablename__, table.__only_enterprise__
    rule = f"{column} = nullif(current_setting('app.enterprise_id', true), '')::uuid"
    yield from _policy(name, "only_enterprise", Login.ENTERPRISE, rule, kind="RESTRICTIVE")


__all__ = ["OWNER", "VIEWS", "GlobalTable", "access_of", "password", "role_statements", "security_statements", "tables"]
