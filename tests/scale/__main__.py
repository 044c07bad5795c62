"""`python -m tests.scale [name …]`: measure all rows of the table of speed, or those that are named."""

import asyncio
import os
from collections.abc import Awaitable, Callable

import click

os.environ["ANZHEN_TESTING"] = "1"

from tests.scale import (
    api_list,
    api_read,
    duties,
    duties_of_all,
    export_registry,
    find_enterprise,
    import_registry,
    outbox,
    page,
    permission_check,
    row_security,
    sign_in,
    start,
)
from tests.scale.figures import Asked
from tests.scale.house import House, a_house, populate

ALONE: dict[str, Callable[[Asked], Awaitable[None]]] = {
    "permission_check": permission_check.measure,
    "duties": duties.measure,
    "start": start.measure,
}
IN_THE_HOUSE: dict[str, Callable[[House, Asked], Awaitable[None]]] = {
    "row_security": row_security.measure,
    "api_read": api_read.measure,
    "api_list": api_list.measure,
    "page": page.measure,
    "duties_of_all": duties_of_all.measure,
    "outbox": outbox.measure,
    "sign_in": sign_in.measure,
    "import_registry": import_registry.measure,
    "export_registry": export_registry.measure,
    "find_enterprise": find_enterprise.measure,
}


@click.command()
@click.argument("names", nargs=-1, type=click.Choice([*ALONE, *IN_THE_HOUSE]))
@click.option("--towns", default=Asked().towns)
@click.option("--rows", default=Asked().rows)
@click.option("--rounds", default=Asked().rounds)
@click.option("--seed", default=Asked().seed)
def main(names: tuple[str, ...], towns: int, rows: int, rounds: int, seed: int) -> None:
    """One JSON line for each."""
    asked = Asked(towns=towns, rows=rows, rounds=rounds, seed=seed)
    chosen = names or (*ALONE, *IN_THE_HOUSE)
    for name in chosen:
        if name in ALONE:
            asyncio.run(_alone(name, asked))
    inside = [name for name in chosen if name in IN_THE_HOUSE]
    if inside:
        with a_house() as house:
            asyncio.run(_inside(house, inside, asked))


async def _alone(name: str, asked: Asked) -> None:
    await ALONE[name](asked)


async def _inside(house: House, names: list[str], asked: Asked) -> None:
    await populate(house, asked)
    for name in names:
        await IN_THE_HOUSE[name](house, asked)


if __name__ == "__main__":
    main(prog_name="python -m tests.scale")
