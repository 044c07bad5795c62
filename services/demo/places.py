"""The real places of the demo district: 涪陵区, its 27 towns, and the villages of 珍溪镇."""

import csv
import tomllib
from functools import cache
from pathlib import Path
from typing import Any

from services.demo.facts import Township, Village

DATA = Path(__file__).parent / "data"
DISTRICT_CODE = "500102"
DISTRICT_NAME = "涪陵区"
DISTRICT_SLUG = "fuling"
MAIN_TOWN = "zhenxi"
LARGER_TOWNS = ("lidu", "baitao", "qingxi")


@cache
def table(name: str) -> list[dict[str, str]]:
    """The rows of one shipped data file."""
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@cache
def invented_names() -> dict[str, Any]:
    """Surnames, given names and brands that people and enterprises are named from."""
    return tomllib.loads((DATA / "names.toml").read_text(encoding="utf-8"))


def townships() -> tuple[Township, ...]:
    """All 27 towns in the order of their codes."""
    return tuple(Township(row["code"], row["name"], row["slug"]) for row in table("townships.csv"))


def zhenxi_villages() -> tuple[Village, ...]:
    """The 3 communities and 25 villages of 珍溪镇 in the order of their codes."""
    return tuple(Village(row["code"], row["name"]) for row in table("zhenxi_villages.csv"))
