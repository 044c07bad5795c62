"""A ledger of 100,000 enterprises leaves, as the worker's job writes it, beside openpyxl with the ORM's rows."""

from statistics import median

import asyncpg  # type: ignore[import-untyped]

from tests.factories import THEN
from tests.scale.figures import Asked, median_ratio, ratios, spread, told
from tests.scale.house import ENTERPRISES, House
from tests.scale.import_registry import in_a_process

ROWS = 100_000
TOWN = 7


async def measure(house: House, asked: Asked) -> None:
    """At least five times openpyxl, within 60 MB."""
    await a_large_town(house, asked, TOWN, ROWS)
    file = house.settings.home / "unused.xlsx"
    rounds = min(2, asked.rounds)
    pairs = [
        (await in_a_process(house, "export", TOWN, file), await in_a_process(house, "peer_export", TOWN, file))
        for _ in range(rounds)
    ]
    ours, peer = ([one["rows"] / one["seconds"] for one in those] for those in zip(*pairs, strict=True))
    grown = [one["grown_mb"] for one, _ in pairs]
    told(
        asked,
        "export_registry",
        {"≥ 5 × openpyxl": median_ratio(ours, peer) >= 5, "≤ 60 MB": median(grown) <= 60},
        unit="rows a second, from the question to the kept file",
        rows=pairs[0][0]["rows"],
        ours=spread(ours),
        peer=spread(peer),
        ratio_to_peer=ratios(ours, peer),
        grown_mb=spread(grown),
        peer_grown_mb_for_a_fifth=spread([one["grown_mb"] for _, one in pairs]),
    )


async def a_large_town(house: House, asked: Asked, town: int, rows: int) -> None:
    """One of the towns with people gets so many enterprises more."""
    connection = await asyncpg.connect(house.dsn())
    try:
        await connection.execute("SET synchronous_commit = off")
        await connection.execute(ENTERPRISES, [house.people[town].tenant], rows, asked.seed, THEN)
        await connection.execute("VACUUM ANALYZE enterprise")
    finally:
        await connection.close()
