"""A ledger of 100,000 enterprises comes in: looked through, then saved, each thousand in a transaction of its own."""

import asyncio
import json
import sys
from pathlib import Path
from statistics import median
from typing import Any

import xlsxwriter

from services.supervision.registry import BY_NAME
from tests.scale.figures import Asked, median_ratio, ratios, spread, told
from tests.scale.house import House

ROWS = 100_000
FACTS: dict[str, Any] = {
    "ownership": "民营", "village_code": "500102119201", "industry_code": "3031", "headcount_own": 35, "production_state": "正常",
    "size": "小型", "is_above_scale": "否", "tags": "粉尘涉爆", "standard_level": "三级", "standard_granted_on": "2025-01-01",
    "standard_expires_on": "2027-12-31", "insured_from": "2026-01-01", "insured_to": "2026-12-31", "yearly_revenue": 300.5,
    "no_code_reason": "示例企业不登记代码",
}  # fmt: skip
HEADS = ("name", "address", *FACTS)


async def measure(house: House, asked: Asked) -> None:
    """At least 0.4 × reading and writing alone and four times openpyxl with the ORM, within 150 MB."""
    file = house.settings.home / "ledger.xlsx"
    await asyncio.to_thread(a_ledger, file, ROWS)
    rounds = min(2, asked.rounds)
    found: dict[str, list[dict[str, float]]] = {"ours": [], "limit": [], "peer": []}
    for turn in range(rounds):
        for place, what in enumerate(found):
            found[what].append(await in_a_process(house, what, turn * 3 + place, file))
    speeds = {what: [one["rows"] / one["seconds"] for one in those] for what, those in found.items()}
    grown = [one["grown_mb"] for one in found["ours"]]
    told(
        asked,
        "import_registry",
        {
            "≥ 0.4 × reading and unnest alone": median_ratio(speeds["ours"], speeds["limit"]) >= 0.4,
            "≥ 4 × openpyxl + ORM": median_ratio(speeds["ours"], speeds["peer"]) >= 4,
            "≤ 150 MB": median(grown) <= 150,
        },
        unit="rows a second, looked through and saved",
        columns=len(HEADS),
        **{what: spread(those) for what, those in speeds.items()},
        ratio_to_limit=ratios(speeds["ours"], speeds["limit"]),
        ratio_to_peer=ratios(speeds["ours"], speeds["peer"]),
        looked_through_alone=spread([one["rows"] / one["looked_seconds"] for one in found["ours"]]),
        grown_mb=spread(grown),
        peer_grown_mb_for_a_fifth=spread([one["grown_mb"] for one in found["peer"]]),
    )


def a_ledger(file: Path, rows: int) -> None:
    """A workbook of so many enterprises without faults."""
    with xlsxwriter.Workbook(str(file), {"constant_memory": True}) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, [BY_NAME[name].head for name in HEADS])
        for number in range(1, rows + 1):
            line = FACTS | {
                "name": f"导入示例{number}号厂",
                "address": f"示例路 {number} 号",
                "headcount_own": number % 300,
            }
            sheet.write_row(number, 0, [line[name] for name in HEADS])


async def in_a_process(house: House, what: str, town: int, file: Path) -> dict[str, float]:
    """One run for one of the towns with people."""
    command = (sys.executable, "-m", "tests.scale.ledgers", what, str(house.people[town].tenant), str(file))
    process = await asyncio.create_subprocess_exec(
        *command, env=house.environment(), stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE
    )
    said, complaint = await process.communicate()
    if process.returncode:
        raise RuntimeError(complaint.decode()[-2000:])
    result: dict[str, float] = json.loads(said.splitlines()[-1])
    return result
