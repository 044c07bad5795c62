"""The invented enterprises: sixty of 珍溪镇 written by hand, the others by the dice."""

import itertools
import random
from collections.abc import Iterator, Mapping
from datetime import date, timedelta

from services.demo.facts import DemoEnterprise, Township
from services.demo.places import LARGER_TOWNS, MAIN_TOWN, invented_names, table, zhenxi_villages
from services.regulation.credit_code import make_code
from services.regulation.industries import sector_of
from services.regulation.tags import Tag

LARGER_TOWN_SIZE = 20
SMALL_TOWN_SIZES = (2, 5)
POLICY_LASTS = timedelta(days=364)
ABOVE_SCALE_FROM = 60
SIZES = ((1000, "大"), (300, "中"), (20, "小"), (0, "微"))
TRADER_UP_TO = 9
"""Up to so many people an enterprise is registered as a trader (个体工商户)."""
NO_CODE = "家庭作坊，营业执照正在办理"
WORKSHOP = "作坊"
SHARED_SITE = "平湖示例玻璃有限公司（演示）"
"""The enterprise whose second site stands in another town under the same credit code."""
SHARED_SITE_TOWN = "qingxi"


class Codes:
    """Hands out credit codes of the region 500102, one after the other."""

    def __init__(self) -> None:
        self._serials = itertools.count(1)

    def next(self, headcount: int) -> str:
        """A valid code, of a trader for the smallest."""
        return make_code(f"DEM{next(self._serials):05d}", kind="92" if headcount <= TRADER_UP_TO else "91")


def all_enterprises(towns: tuple[Township, ...], today: date, dice: random.Random) -> Iterator[DemoEnterprise]:
    """Every enterprise of the district, town by town."""
    codes = Codes()
    zhenxi = list(_zhenxi(codes, today))
    shared = next(one for one in zhenxi if one.name == SHARED_SITE)
    for town in towns:
        if town.slug == MAIN_TOWN:
            yield from zhenxi
            continue
        rows = _invented(town.slug, shared, dice)
        for number, row in enumerate(rows, start=1):
            code = shared.credit_code if row["name"] == shared.name else codes.next(int(row["headcount"]))
            yield _enterprise(row, town, number, code, today)


def _zhenxi(codes: Codes, today: date) -> Iterator[DemoEnterprise]:
    villages = {village.code[-3:]: village for village in zhenxi_villages()}
    town = Township(next(iter(villages.values())).code[:9], "珍溪镇", MAIN_TOWN)
    for number, row in enumerate(table("zhenxi_enterprises.csv"), start=1):
        village = villages[row["village"]]
        code = None if WORKSHOP in row["name"] else codes.next(int(row["headcount"]))
        placed = {**row, "village_code": village.code, "address": f"珍溪镇{village.name}{number % 8 + 1}组（演示地址）"}
        yield _enterprise(placed, town, number, code, today)


def _invented(town: str, shared: DemoEnterprise, dice: random.Random) -> Iterator[dict[str, str]]:
    count = LARGER_TOWN_SIZE if town in LARGER_TOWNS else dice.randint(*SMALL_TOWN_SIZES)
    templates = table("other_enterprises.csv")
    if town == SHARED_SITE_TOWN:
        count -= 1
        yield _row(name=shared.name, gb_code=shared.industry_code, headcount="36", tags="chemicals")
    for brand, template in zip(
        dice.sample(invented_names()["brands"], count), dice.sample(templates, count), strict=True
    ):
        headcount = dice.randint(int(template["least"]), int(template["most"]))
        above_scale = headcount >= ABOVE_SCALE_FROM
        yield _row(
            name=f"{brand}示例{template['product']}（演示）",
            gb_code=template["gb_code"],
            headcount=str(headcount),
            tags=template["tags"],
            smelter=template["smelter"],
            above_scale=str(int(above_scale)),
            peri_urban=str(int(not above_scale and dice.random() < 1 / 3)),
            standard=f"三级:{dice.randint(-60, 900):+d}" if above_scale and dice.random() < 2 / 3 else "",
            insured=f"{dice.randint(5, 350):+d}" if template["smelter"] == "1" else "",
        )


def _row(**given: str) -> dict[str, str]:
    flags = dict.fromkeys(("above_scale", "peri_urban", "smelter", "state_owned"), "0")
    words = dict.fromkeys(("batch", "batch_done", "standard", "insured", "village_code", "address"), "")
    return {**flags, **words, "state": "正常", **given}


def _enterprise(row: Mapping[str, str], town: Township, number: int, code: str | None, today: date) -> DemoEnterprise:
    level, _, expires = row["standard"].partition(":")
    expires_on, insured_to, batch_done_on = (_day(today, days) for days in (expires, row["insured"], row["batch_done"]))
    headcount = int(row["headcount"])
    sector = sector_of(row["gb_code"])
    if sector is None:
        raise ValueError(f"{row['name']}: {row['gb_code']} is outside the eight industries")
    return DemoEnterprise(
        key=f"{town.slug}-{number:02d}",
        town=town.slug,
        name=row["name"],
        credit_code=code,
        no_code_reason=None if code else NO_CODE,
        industry_code=row["gb_code"],
        sector=sector,
        size=next(size for least, size in SIZES if headcount >= least),
        headcount=headcount,
        village_code=row["village_code"] or f"{town.code}000",
        address=row["address"] or f"{town.name}{number}号（演示地址）",
        production_state=row["state"],
        is_above_scale=row["above_scale"] == "1",
        is_peri_urban=row["peri_urban"] == "1",
        is_smelter=row["smelter"] == "1",
        is_state_owned=row["state_owned"] == "1",
        tags=frozenset(Tag(tag) for tag in row["tags"].split("|") if tag),
        batch=row["batch"] or None,
        batch_done_on=batch_done_on,
        standard_level=level or None,
        standard_granted_on=_three_years_before(expires_on) if expires_on else None,
        standard_expires_on=expires_on,
        insured_from=insured_to - POLICY_LASTS if insured_to else None,
        insured_to=insured_to,
        left_on=batch_done_on if row["state"] == "关闭" else None,
    )


def _day(today: date, offset: str) -> date | None:
    return today + timedelta(days=int(offset)) if offset else None


def _three_years_before(expires_on: date) -> date:
    granted = expires_on + timedelta(days=1)
    # 29 February has no namesake three years before.
    day = 28 if (granted.month, granted.day) == (2, 29) else granted.day
    return granted.replace(year=granted.year - 3, day=day)
