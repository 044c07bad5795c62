"""What the record of an invented enterprise tells besides its first facts: its people, circumstances, sites, and what changed."""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from services.demo.facts import DemoEnterprise
from services.demo.people import UNALLOTTED
from services.demo.places import invented_names
from services.regulation.duties.facts import Circumstance
from services.regulation.industries import Sector
from services.regulation.tags import Tag

FULL_TIME_FROM, CHIEF_FROM, DORMITORY_FROM, CROWD_FROM, OPERATORS_FROM = 101, 301, 100, 50, 20
DISPATCHING_FROM = 200
UNDERSTAFFED = "金桥示例铜材有限公司（演示）"
"""It hired its hundred and first worker and still has only a part-time officer."""
WITHOUT_OFFICER = "卷洞示例日用玻璃厂（演示）"
WITH_CHIEF = "宏远示例汽车零部件有限公司（演示）"
GROWING = "百汇示例榨菜厂（演示）"
"""It has told the office that it will pass the hundred in three weeks."""
CERTIFICATES = ("低压电工", "焊接与热切割", "高处作业", "制冷与空调")
CERTIFICATE_LASTS, REVIEW_AFTER = timedelta(days=6 * 365 + 1), timedelta(days=3 * 365)
ENDS = (-20, 25, 400, 900, 1300, 70, 1800)
"""Days until certificates for special operations end, one after the other."""
HOT = frozenset({Tag.MOLTEN_METAL, Tag.STEEL, Tag.METALLURGICAL_GAS})


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoPost:
    """Somebody in a post of an enterprise; `account` where it is one who can sign in."""

    post: str
    account: str | None = None
    name: str = ""
    phone: str = ""
    id_number: str = ""
    from_on: date = date(2023, 5, 4)
    examined_on: date | None = None
    certificate_kind: str | None = None
    certificate_no: str | None = None
    certificate_issued_on: date | None = None
    certificate_review_due: date | None = None
    certificate_expires_on: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoChange:
    """A fact that became different on a day, which may be one to come."""

    field: str
    before: Any
    after: Any
    day: date
    note: str


def circumstances_of(one: DemoEnterprise) -> list[str]:
    """What makes duties besides its dangers."""
    found = {
        Circumstance.SPECIAL_OPERATIONS: one.headcount >= OPERATORS_FROM and one.sector is not Sector.COMMERCE,
        Circumstance.DANGEROUS_WORK: bool(one.tags & HOT),
        Circumstance.CONSTRUCTION_PROJECT: one.production_state == "在建",
        Circumstance.GAS_USER: one.industry_code.startswith(("61", "62")),
        Circumstance.DORMITORY: one.headcount >= DORMITORY_FROM,
        Circumstance.CONTRACTORS: one.headcount >= DISPATCHING_FROM,
        Circumstance.HAZARDOUS_MATERIALS: Tag.CHEMICALS in one.tags,
        Circumstance.CROWDED_PLACE: one.sector is Sector.COMMERCE and one.headcount >= CROWD_FROM,
    }
    return sorted(circumstance.value for circumstance, holds in found.items() if holds)


def dispatched_in(one: DemoEnterprise) -> int:
    """How many of its people are dispatched workers."""
    return one.headcount // 10 if one.headcount >= DISPATCHING_FROM else 0


def dust_workers_in(one: DemoEnterprise) -> int | None:
    """How many work in the dust at a time."""
    return max(one.headcount // 4, 1) if Tag.DUST in one.tags else None


def changes_of(one: DemoEnterprise, today: date) -> Iterator[DemoChange]:
    """What became different, the earliest first."""
    own = one.headcount - dispatched_in(one)
    if one.name == UNDERSTAFFED:
        yield DemoChange(
            field="headcount_own", before=own - 1, after=own, day=today - timedelta(days=161), note="新招 1 人"
        )
    if one.name == GROWING:
        yield DemoChange(
            field="headcount_own",
            before=own,
            after=own + 2,
            day=today + timedelta(days=21),
            note="企业来函：计划新招 2 人",
        )
    if one.production_state in {"停产", "半停产"}:
        day = today - timedelta(days=75 if one.production_state == "停产" else 30)
        yield DemoChange(field="production_state", before="正常", after=one.production_state, day=day, note="现场核实")
    if one.left_on:
        yield DemoChange(field="production_state", before="正常", after="关闭", day=one.left_on, note="关闭取缔")
        yield DemoChange(field="left_on", before=None, after=one.left_on, day=one.left_on, note="关闭取缔")
        yield DemoChange(field="left_reason", before=None, after=LEFT, day=one.left_on, note="关闭取缔")


LEFT = "列入五个一批关闭取缔，设备已拆除"


def posts_of(one: DemoEnterprise, today: date) -> Iterator[DemoPost]:
    """Who holds which post, as far as the enterprise has filled them."""
    dice = random.Random(one.key)  # noqa: S311 - invented facts, no secrets
    legal, safety = f"{one.key}.legal", f"{one.key}.safety"
    examined = today - timedelta(days=dice.randint(100, 900))
    yield DemoPost(post="legal_representative", account=legal)
    yield DemoPost(post="principal", account=legal, examined_on=examined if one.is_smelter else None)
    if one.name != WITHOUT_OFFICER:
        full_time = (one.headcount >= FULL_TIME_FROM or one.is_smelter) and one.name != UNDERSTAFFED
        post = "full_time_officer" if full_time else "part_time_officer"
        yield DemoPost(post=post, account=safety, examined_on=examined)
    if one.headcount >= CHIEF_FROM and one.name == WITH_CHIEF:
        yield _invented("chief_safety_engineer", dice)
    if Circumstance.SPECIAL_OPERATIONS.value in circumstances_of(one):
        yield from _operators(one, today, dice)


def _operators(one: DemoEnterprise, today: date, dice: random.Random) -> Iterator[DemoPost]:
    for number in range(1 + (one.headcount >= FULL_TIME_FROM)):
        ends = today + timedelta(days=ENDS[dice.randrange(len(ENDS))])
        issued = ends - CERTIFICATE_LASTS
        review = issued + REVIEW_AFTER
        yield _invented(
            "special_operator",
            dice,
            certificate_kind=dice.choice(CERTIFICATES),
            certificate_no=f"演示T{one.key}-{number + 1}",
            certificate_issued_on=issued,
            certificate_review_due=review if review > today else ends,
            certificate_expires_on=ends,
        )


def _invented(post: str, dice: random.Random, **facts: Any) -> DemoPost:
    names = invented_names()
    name = f"{dice.choice(names['surnames'])}{dice.choice(names['given'])}（演）"
    return DemoPost(post=post, name=name, phone=f"{UNALLOTTED}9{dice.randint(0, 9_999_999):07d}", **facts)
