"""Mutations of the sealed trail: `python -m tests.faults.tampering --mutations 10000 --seed 1` prints one JSON line.

Each changes one value of one sealed row or of its seal as the owner of the tables could, is looked for, and is taken back.
"""

import argparse
import asyncio
import json
import random
import sys
import time
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine

from services.kernel import clock
from services.kernel.bench import system
from services.kernel.database import async_url
from services.kernel.sealer import Sealer
from services.kernel.trail import AuditEntry
from services.kernel.verifying import verify
from services.kernel.work import open_work
from services.migrations.migrate import migrate
from tests.conftest import SECRET, OneConnection
from tests.faults.own import own_stores

TOWN = UUID(int=1)
ROWS = 40
WORD = "overlay({c} placing '中' from 1 + floor(random() * length({c}))::int for 0)"
OTHER = "gen_random_uuid()"
LATER = "{c} + (1 + floor(random() * 1000)) * interval '1 microsecond'"
BYTE = "set_byte({c}, {n}, (get_byte({c}, {n}) + 1 + floor(random() * 255)::int) % 256)"
CHANGES = {
    "audit_entry": {
        **dict.fromkeys(("tenant_id", "id", "about_id", "enterprise_id", "member_id"), OTHER),
        **dict.fromkeys(("act", "about_kind", "person", "role"), WORD),
        "at": LATER,
        "refused": "NOT refused",
        "detail": "detail || jsonb_build_object('k' || floor(random() * 9), random())",
    },
    "audit_seal": {
        **dict.fromkeys(("tenant_id", "id"), OTHER),
        **dict.fromkeys(("previous", "digest"), BYTE),
        "seq": "seq + 1000 + floor(random() * 9)::int",
        "sealed_at": LATER,
    },
}
COLUMNS = [(table, column, change) for table, columns in CHANGES.items() for column, change in columns.items()]


async def run(asked: argparse.Namespace, admin_url: str) -> dict[str, Any]:
    """Seal, then change and look, again and again."""
    await migrate(admin_url, SECRET)
    engine, dice = create_async_engine(async_url(admin_url)), random.Random(asked.seed)
    async with engine.connect() as connection:
        sessions = OneConnection(connection)
        async with open_work(sessions, system(TOWN), frozenset()) as work:
            for number in range(ROWS):
                work.record("hazard:closed_out", AuditEntry(id=clock.new_id()), number=number, note="整改")
        sealer = Sealer(sessions)
        await sealer.seal(TOWN)
        await sealer.anchor([TOWN], clock.legal_day(clock.now()))
        assert (await verify(sessions, [TOWN])).is_whole
        begun = time.monotonic()
        missed = [change for _ in range(asked.mutations) if (change := await _missed(connection, sessions, dice))]
        seconds = round(time.monotonic() - begun, 1)
        whole = (await verify(sessions, [TOWN])).is_whole
    await engine.dispose()
    return {"mutations": asked.mutations, "missed": missed, "whole at the end": whole, "seconds": seconds}


async def _missed(connection: AsyncConnection, sessions: OneConnection, dice: random.Random) -> str | None:
    """Change one value, look, take it back; tells what was changed where nobody found it."""
    table, column, change = dice.choice(COLUMNS)
    value = change.format(c=column, n=dice.randrange(32))
    row = f"(SELECT id FROM audit_seal ORDER BY seq LIMIT 1 OFFSET {dice.randrange(ROWS)})"
    async with connection.begin_nested() as change_alone:
        await connection.execute(text("SET LOCAL ROLE NONE"))
        await connection.execute(text(f"UPDATE {table} SET {column} = {value} WHERE id = {row}"))
        is_whole = (await verify(sessions, [TOWN])).is_whole
        await change_alone.rollback()
    return f"{table}.{column}" if is_whole else None


def main() -> None:
    """One run, one line."""
    asking = argparse.ArgumentParser(description=__doc__)
    asking.add_argument("--mutations", type=int, default=1000)
    asking.add_argument("--seed", type=int, default=1)
    asked = asking.parse_args()
    with own_stores() as own:
        told = asyncio.run(run(asked, own.addresses.admin_url))
    sys.stdout.write(json.dumps({"seed": asked.seed, **told}) + "\n")
    sys.exit(1 if told["missed"] or not told["whole at the end"] else 0)


if __name__ == "__main__":
    main()
