"""The demo district as it stands on a given day."""

import random
from datetime import date

from services.demo.enterprises import all_enterprises
from services.demo.facts import DemoDistrict, DemoEnterprise
from services.demo.people import Crowd, departments, enterprise_people, officials, outsiders
from services.demo.places import DISTRICT_CODE, DISTRICT_NAME, DISTRICT_SLUG, MAIN_TOWN, townships, zhenxi_villages

SEED = 20260101
NEIGHBOUR = "nantuo"
"""The town in which the safety officer of an enterprise of 珍溪镇 serves another one."""


def demo_district(today: date, seed: int = SEED) -> DemoDistrict:
    """Places, people and enterprises of the demo on one day; the same for the same day and seed."""
    dice = random.Random(seed)  # noqa: S311 - invented facts, no secrets
    towns = townships()
    crowd = Crowd(dice)
    enterprises = tuple(all_enterprises(towns, today, dice))
    memberships = [member for town in towns for member in officials(town, crowd, today)]
    memberships += outsiders(crowd)
    shared = _shared(enterprises)
    memberships += [member for one in enterprises for member in enterprise_people(one, crowd, shared)]
    return DemoDistrict(
        code=DISTRICT_CODE,
        name=DISTRICT_NAME,
        slug=DISTRICT_SLUG,
        today=today,
        townships=towns,
        villages=zhenxi_villages(),
        departments=tuple(department for town in towns for department in departments(town)),
        people=tuple(crowd.people.values()),
        memberships=tuple(memberships),
        enterprises=enterprises,
    )


def _shared(enterprises: tuple[DemoEnterprise, ...]) -> frozenset[str]:
    ours = next(one.key for one in enterprises if one.town == MAIN_TOWN)
    theirs = next(one.key for one in enterprises if one.town == NEIGHBOUR)
    return frozenset({ours, theirs})
