"""Recording accidents; what is learnt later is added and never overwrites what was reported."""

from datetime import date
from typing import Any
from uuid import UUID

import msgspec

from services.kernel.refusals import BadInput
from services.kernel.work import Work
from services.supervision import registry
from services.supervision.accidents.models import RESPONSIBILITY, Accident

MOST_PEOPLE = 10_000
MOST_LOSS_FEN = 10**14
LONGEST = 500


class Facts(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of an accident when it is recorded; days in Asia/Shanghai, loss in 分."""

    occurred_on: date
    place: str
    summary: str
    enterprise_id: UUID | None = None
    deaths: int = 0
    serious_injuries: int = 0
    minor_injuries: int = 0
    loss_fen: int = 0
    is_traffic_or_fire: bool = False
    has_social_impact: bool = False
    responsibility: str = "待定"


async def record(work: Work, facts: Facts) -> Accident:
    """The office records an accident; raises BadInput, NotFound for an enterprise of another town."""
    work.require("accident:write")
    _check(facts, work.today)
    if facts.enterprise_id is not None:
        await registry.one(work, facts.enterprise_id)
    known: dict[str, Any] = msgspec.structs.asdict(facts)
    accident = work.add(Accident(**known, died_later=[], created_by=work.identity.member_id, created_at=work.now))
    work.record("accident:recorded", accident, level=accident.level.label)
    return accident


async def add_later_death(work: Work, accident_id: UUID, *, died_on: date) -> Accident:
    """Somebody died of it afterwards (续报); within the window the level may rise. Raises BadInput."""
    work.require("accident:write")
    accident = await work.get(Accident, accident_id, lock=True)
    if not accident.occurred_on <= died_on <= work.today:
        raise BadInput(fields={"died_on": "死亡日期不能早于事故发生日，也不能晚于今天"})
    before = accident.level
    accident.died_later = [*accident.died_later, died_on]
    work.record("accident:death_added", accident, died_on=died_on, before=before.label, after=accident.level.label)
    return accident


async def conclude(work: Work, accident_id: UUID, *, responsibility: str) -> Accident:
    """The investigation says whether somebody is responsible; 非责任 is no longer counted. Raises BadInput."""
    work.require("accident:write")
    accident = await work.get(Accident, accident_id, lock=True)
    if responsibility not in RESPONSIBILITY:
        raise BadInput(fields={"responsibility": "请选择责任、非责任或待定"})
    before, accident.responsibility = accident.responsibility, responsibility
    work.record("accident:concluded", accident, before=before, after=responsibility)
    return accident


def _check(facts: Facts, today: date) -> None:
    wrong: dict[str, str] = {}
    if facts.occurred_on > today:
        wrong["occurred_on"] = "发生日期不能晚于今天"
    for field, label in (("place", "地点"), ("summary", "经过")):
        words = getattr(facts, field).strip()
        if not words or len(words) > LONGEST:
            wrong[field] = f"请写明{label}，不超过 {LONGEST} 字"
    for field in ("deaths", "serious_injuries", "minor_injuries"):
        if not 0 <= getattr(facts, field) <= MOST_PEOPLE:
            wrong[field] = "请填人数，没有填 0"
    if not 0 <= facts.loss_fen <= MOST_LOSS_FEN:
        wrong["loss"] = "请填金额（万元），没有填 0"
    if facts.responsibility not in RESPONSIBILITY:
        wrong["responsibility"] = "请选择责任、非责任或待定"
    if wrong:
        raise BadInput(fields=wrong)
