"""A town of 120,000 enterprises: the first page, a page far behind, and a search by a piece of a name."""

import time
from collections.abc import Mapping
from statistics import median

from services.kernel.work import open_work
from services.supervision import registry
from services.supervision.registry import EnterpriseFilter
from tests.scale.export_registry import a_large_town
from tests.scale.figures import Asked, spread, told
from tests.scale.house import House

ROWS = 120_000
TOWN = 6
QUESTIONS: Mapping[str, tuple[EnterpriseFilter, int]] = {
    "first_page": (EnterpriseFilter(), 1),
    "a_sector": (EnterpriseFilter(sector="建材"), 1),
    "page_1000": (EnterpriseFilter(), 1000),
    "name_found": (EnterpriseFilter(q="119999号"), 1),
    "name_of_many": (EnterpriseFilter(q="砖瓦厂"), 1),
    "name_of_none": (EnterpriseFilter(q="没有这一家"), 1),
}


async def measure(house: House, asked: Asked) -> None:
    """Each within 300 ms by the middle of the rounds, under the office's own login."""
    await a_large_town(house, asked, TOWN, ROWS)
    person, database = house.people[TOWN], house.database()
    found: dict[str, list[float]] = {name: [] for name in QUESTIONS}
    for _ in range(asked.rounds):
        for name, (facts, number) in QUESTIONS.items():
            at = time.perf_counter()
            async with open_work(database, person, person.rights) as work:
                await registry.a_page(work, facts, number)
            found[name].append((time.perf_counter() - at) * 1e3)
    await database.close()
    goals = {f"{name} ≤ 300 ms": median(values) <= 300 for name, values in found.items()}
    told(asked, "find_enterprise", goals, unit="ms", **{name: spread(values) for name, values in found.items()})
