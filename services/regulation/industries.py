"""Which of the eight industries of 工贸 supervision an enterprise belongs to (应急厅〔2019〕17号)."""

import re
import tomllib
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path

INDUSTRIES = Path(__file__).parent / "industries.toml"
GB_CODE = re.compile(r"[0-9]{2,4}")


class Sector(StrEnum):
    """The eight industries, named as officials name them."""

    METALLURGY = "冶金"
    NONFERROUS = "有色"
    BUILDING_MATERIALS = "建材"
    MACHINERY = "机械"
    LIGHT_INDUSTRY = "轻工"
    TEXTILES = "纺织"
    TOBACCO = "烟草"
    COMMERCE = "商贸"


@dataclass(frozen=True, slots=True)
class IndustryRow:
    """What one prefix of the national code says: an industry, or none; unverified is shown as 待核实."""

    prefix: str
    sector: Sector | None
    unverified: bool


class BadIndustryCode(ValueError):  # noqa: N818 - a finding about the code, with a sentence for people
    """What was typed is no code of the national industry classification."""


def row_of(gb_code: str) -> IndustryRow | None:
    """The row that decides about a code of two to four digits: the longest prefix wins; None when no row speaks.

    Raises BadIndustryCode with a Chinese sentence for anything but two to four digits.
    """
    if not GB_CODE.fullmatch(gb_code):
        raise BadIndustryCode(f"国民经济行业代码应为 2—4 位数字，现在是“{gb_code}”，请按 GB/T 4754-2017 填写")
    prefixes = (gb_code[:length] for length in range(len(gb_code), 1, -1))
    return next((rows()[prefix] for prefix in prefixes if prefix in rows()), None)


def sector_of(gb_code: str) -> Sector | None:
    """The industry of a code, or None when it is outside 工贸; raises BadIndustryCode."""
    row = row_of(gb_code)
    return row.sector if row else None


@cache
def rows() -> dict[str, IndustryRow]:
    """All shipped rows by their prefix."""
    data = tomllib.loads(INDUSTRIES.read_text(encoding="utf-8"))
    return {
        prefix: IndustryRow(prefix, Sector(row["sector"]) if "sector" in row else None, not row["verified"])
        for row in data["map"]
        for prefix in row["prefixes"]
    }
