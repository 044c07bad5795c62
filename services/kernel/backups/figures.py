"""What a table holds, as two figures that are equal exactly when two databases hold the same rows."""

import hashlib

import msgspec
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from services.kernel.refusals import Refusal
from services.kernel.table import Login

PLAIN = {
    "TimeZone": "UTC",
    "DateStyle": "ISO, YMD",
    "IntervalStyle": "iso_8601",
    "bytea_output": "hex",
    "extra_float_digits": "1",
}
"""Server settings under which a row is written the same on every server."""

TABLES = """
SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p') AND NOT relispartition
ORDER BY relname
"""
UNSEEN = """
SELECT relname FROM pg_class c WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p') AND (
  NOT has_table_privilege(:login, c.oid, 'SELECT') OR (relrowsecurity AND NOT EXISTS (
    SELECT FROM pg_policy WHERE polrelid = c.oid AND polpermissive AND polcmd IN ('r', '*')
    AND pg_get_expr(polqual, polrelid) = 'true' AND (SELECT oid FROM pg_roles WHERE rolname = :login) = ANY (polroles))))
ORDER BY relname
"""


class BackupBlind(Refusal):
    """The backup's login would not see every row."""


class Figures(msgspec.Struct, frozen=True):
    """How many rows, and a hash over all of them that does not depend on their order."""

    rows: int
    digest: str


async def require_sight(connection: AsyncConnection) -> None:
    """Raise BackupBlind where row security or a missing privilege would hide rows from the backup without an error."""
    hidden = (await connection.scalars(text(UNSEEN), {"login": Login.BACKUP})).all()
    if hidden:
        raise BackupBlind(f"备份账户看不全这些表：{'、'.join(hidden)}。请先运行 anzhen migrate，再备份")


async def figures(connection: AsyncConnection) -> dict[str, Figures]:
    """The figures of every table, in one transaction; the connection's server settings must be PLAIN."""
    return {name: await _of(connection, name) for name in (await connection.scalars(text(TABLES))).all()}


async def _of(connection: AsyncConnection, table: str) -> Figures:
    # The sum of the rows' hashes: no sorting, no memory, and unlike XOR a doubled row shows.
    parts = ", ".join(f"sum(('x' || substr(h, {at}, 16))::bit(64)::bigint::numeric)" for at in (1, 17, 33, 49))
    row = (
        await connection.execute(
            text(
                f"SELECT count(*), {parts} FROM "  # noqa: S608 - a name out of the catalogue
                f"(SELECT encode(sha256(convert_to(t::text, 'UTF8')), 'hex') AS h FROM public.\"{table}\" t) hashed"
            )
        )
    ).one()
    return Figures(row[0], hashlib.sha256("|".join(str(part or 0) for part in row).encode()).hexdigest())
