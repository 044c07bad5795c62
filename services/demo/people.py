"""The invented people of the demo district and what each may do."""

import itertools
import random
import tomllib
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from functools import cache
from typing import Any

from services.demo.facts import DemoEnterprise, Department, Membership, Person, Township
from services.demo.places import DATA, DISTRICT_CODE, MAIN_TOWN, invented_names
from services.regulation.industries import Sector

ROLES = {"leadership": "town_leader", "office": "town_office", "sector": "sector_department"}
DISTRICT_POSTS = (
    ("fuling.overseer1", "district_overseer", "区应急管理局工贸监管科科长"),
    ("fuling.overseer2", "district_overseer", "区安委会办公室督导员"),
    ("platform.operator", "platform_operator", "系统管理员"),
    ("platform.security", "security_administrator", "安全保密管理员"),
    ("platform.audit", "audit_administrator", "安全审计员"),
)
SHARED_OFFICER = "shared.safety"
# Certificates end: today (the last valid day), soon, and in the years to come.
CERTIFICATE_ENDS = (400, 20, 0, 730, 1000, 90, 550, 1400)
LATER = 700
CERTIFICATE_LASTS = timedelta(days=5 * 365)
CERTIFIED = "演示证"
UNALLOTTED = "154"
"""A beginning of mobile numbers that no operator hands out, so that no message reaches a stranger."""
DEDICATED = 2
"""How many of the office are full-time supervisors (三(一)2)."""
SHORT_OF_STAFF = "damu"
"""The town whose office lacks one of the two."""
ENTERPRISE_POSTS = (("legal", "legal_representative", "法定代表人"), ("safety", "safety_officer", "安全管理人员"))


class Crowd:
    """Hands out people with names and telephone numbers that nobody has."""

    def __init__(self, dice: random.Random) -> None:
        names = invented_names()
        pairs = ["".join(pair) for pair in itertools.product(names["surnames"], names["given"])]
        dice.shuffle(pairs)
        self._names = itertools.cycle(pairs)
        self._numbers = itertools.count(1)
        self.people: dict[str, Person] = {}

    def person(self, key: str) -> str:
        """The account name of a person, who is made up when not yet known."""
        if key not in self.people:
            phone = f"{UNALLOTTED}{DISTRICT_CODE[-4:]}{next(self._numbers):04d}"
            self.people[key] = Person(key, f"{next(self._names)}（演）", phone)
        return key


def departments(town: Township) -> tuple[Department, ...]:
    """The leaders, the office and the five sector departments of a town."""
    return tuple(
        Department(
            key=row["key"],
            town=town.slug,
            name=_suited(row["name"], town),
            kind=row["kind"],
            sectors=tuple(map(Sector, row["sectors"])),
            aliases=tuple(row["aliases"]),
        )
        for row in _offices()
    )


def officials(town: Township, crowd: Crowd, today: date) -> list[Membership]:
    """Who works in a town; everybody the notice speaks of in 珍溪镇, the heads and the office elsewhere."""
    members = [
        member
        for row in _offices()
        for member in itertools.islice(_staff(row, town, crowd), _staffing(row["kind"], town.slug))
    ]
    return list(_certified(members, town, today))


def outsiders(crowd: Crowd) -> list[Membership]:
    """The two overseers of the district and the three administrators (三员), all different people."""
    return [Membership(person=crowd.person(key), role=role, post=post) for key, role, post in DISTRICT_POSTS]


def enterprise_people(enterprise: DemoEnterprise, crowd: Crowd, shared: frozenset[str]) -> Iterator[Membership]:
    """The legal representative and the safety officer; one safety officer serves several enterprises."""
    for suffix, role, post in ENTERPRISE_POSTS:
        is_shared = suffix == "safety" and enterprise.key in shared
        yield Membership(
            person=crowd.person(SHARED_OFFICER if is_shared else f"{enterprise.key}.{suffix}"),
            role=role,
            post=post,
            town=enterprise.town,
            enterprise=enterprise.key,
        )


def _staffing(kind: str, town: str) -> int | None:
    if town == MAIN_TOWN:
        return None
    return DEDICATED if kind == "office" and town != SHORT_OF_STAFF else 1


def _staff(row: dict[str, Any], town: Township, crowd: Crowd) -> Iterator[Membership]:
    for number, post in enumerate(row["posts"], start=1):
        yield Membership(
            person=crowd.person(f"{town.slug}.{row['key']}{number}"),
            role=ROLES[row["kind"]],
            post=_suited(post, town),
            town=town.slug,
            department=row["key"],
            is_head=number == 1,
            is_dedicated=row["kind"] == "office" and number <= DEDICATED,
            certificate_no=CERTIFIED if number <= row.get("inspectors", 0) else None,
        )


def _certified(members: list[Membership], town: Township, today: date) -> Iterator[Membership]:
    ends = itertools.chain(CERTIFICATE_ENDS if town.slug == MAIN_TOWN else (), itertools.repeat(LATER))
    numbers = itertools.count(1)
    for member in members:
        if member.certificate_no is None:
            yield member
            continue
        to = today + timedelta(days=next(ends))
        number = f"{CERTIFIED}{town.code}{next(numbers):02d}"
        yield replace(member, certificate_no=number, certificate_from=to - CERTIFICATE_LASTS, certificate_to=to)


@cache
def _offices() -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = tomllib.loads((DATA / "offices.toml").read_text(encoding="utf-8"))["department"]
    return rows


def _suited(words: str, town: Township) -> str:
    kind = town.name.removeprefix(town.name.rstrip("街道镇乡"))
    words = words.replace("副镇长", {"街道": "副主任", "乡": "副乡长"}.get(kind, "副镇长"))
    return f"{kind}{words.removeprefix('镇')}" if words.startswith("镇") else words
