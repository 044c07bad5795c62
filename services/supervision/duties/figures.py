"""How the duties of a town are fulfilled: by duty, by sector and by village, each with n and m; and who is late."""

from collections.abc import Callable, Iterable, Sequence
from datetime import date
from typing import Final
from uuid import UUID

import msgspec
from sqlalchemy import ColumnElement, select

from services.kernel.work import Work
from services.supervision import registry
from services.supervision.duties.models import Duty
from services.supervision.duties.queries import owed, owed_of_all
from services.supervision.duties.standing import WAITING, Owed
from services.supervision.registry import Enterprise

STATES: Final = {
    "late": "逾期、未满足",
    "soon": "七天内到期",
    "open": "未完成",
    "waiting": "等镇里审核",
    "fulfilled": "已完成、已满足",
    "not_applicable": "不适用",
}


class DutyFilter(msgspec.Struct, frozen=True, kw_only=True):
    """What duties are chosen by; every field may be left out, and all that are given must hold."""

    q: str = ""
    code: str = ""
    topic: str = ""
    sector: str = ""
    village: str = ""
    state: str = ""
    """A key of STATES."""
    enterprise: UUID | None = None

    @property
    def words(self) -> str:
        """The choice as an official would say it; empty for everything."""
        known = (
            (self.q, f"企业名称含“{self.q}”"),
            (self.code, f"义务 {self.code}"),
            (self.topic, self.topic),
            (self.sector, f"{self.sector}行业"),
            (self.village, "指定村（社区）"),
            (self.state, STATES.get(self.state, "")),
            (self.enterprise, "指定企业"),
        )
        return "、".join(label for given, label in known if given and label)


class Line(msgspec.Struct, frozen=True):
    """One duty of one enterprise."""

    enterprise: Enterprise
    owed: Owed


class Tally(msgspec.Struct, frozen=True, kw_only=True):
    """How many of the duties that apply are fulfilled."""

    key: str
    label: str
    fulfilled: int
    applicable: int
    late: int
    waiting: int
    enterprises_late: int


async def lines(work: Work, wanted: DutyFilter, day: date) -> list[Line]:
    """The duties of the town on a day that a person may see, the most urgent first; by that day's facts and law."""
    work.require("duty:compare")
    chosen = select(Enterprise).where(registry.visible(work), *_of_enterprises(wanted, day))
    enterprises = {one.id: one for one in await work.all(chosen.order_by(Enterprise.name, Enterprise.id))}
    found = await owed_of_all(work, list(enterprises.values()), day)
    all_lines = (Line(enterprises[one], duty) for one, duties in found.items() for duty in duties)
    return sorted(
        (line for line in all_lines if _is_chosen(line.owed, wanted)),
        key=lambda line: (line.owed.urgency, line.enterprise.name),
    )


async def tally_of_one(work: Work, enterprise_id: UUID, day: date) -> Tally:
    """The figures of one enterprise on a day; raises NotFound and BeforeTheRegistry."""
    work.require("duty:read")
    return tally("", "", await owed(work, enterprise_id, day))


async def waiting_count(work: Work) -> int:
    """How many duties wait for the office: papers to accept, and what is called 不适用."""
    return await work.count(select(Duty.id).where(Duty.state.in_(WAITING)))


def tallies(found: Iterable[Line], key: Callable[[Line], str], label: Callable[[Line], str]) -> list[Tally]:
    """The figures of each group, those with most that is late first."""
    groups: dict[str, list[Line]] = {}
    for line in found:
        groups.setdefault(key(line), []).append(line)
    made = [tally(name, label(group[0]), [line.owed for line in group]) for name, group in groups.items()]
    return sorted(made, key=lambda one: (-one.late, one.key))


def tally(key: str, label: str, found: Sequence[Owed]) -> Tally:
    """The figures of some duties."""
    applicable = [one for one in found if one.is_applicable]
    late = [one for one in applicable if one.is_late]
    return Tally(
        key=key,
        label=label,
        fulfilled=sum(one.is_fulfilled for one in applicable),
        applicable=len(applicable),
        late=len(late),
        waiting=sum(one.state in WAITING for one in applicable),
        enterprises_late=len({one.enterprise_id for one in late}),
    )


def _of_enterprises(wanted: DutyFilter, day: date) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = [Enterprise.registered_on <= day]
    if wanted.q:
        found.append(Enterprise.name.like(f"%{wanted.q.translate(registry.LIKE)}%"))
    if wanted.sector:
        found.append(Enterprise.sector == wanted.sector)
    if wanted.village:
        found.append(Enterprise.village_code == wanted.village)
    if wanted.enterprise:
        found.append(Enterprise.id == wanted.enterprise)
    return found


def _is_chosen(one: Owed, wanted: DutyFilter) -> bool:
    if wanted.code and one.duty.code != wanted.code:
        return False
    if wanted.topic and one.duty.topic != wanted.topic:
        return False
    return not wanted.state or _in_state(one, wanted.state)


def _in_state(one: Owed, state: str) -> bool:
    return {
        "late": one.is_late,
        "soon": one.is_soon,
        "open": one.is_open,
        "waiting": one.state in WAITING,
        "fulfilled": one.is_fulfilled,
        "not_applicable": not one.is_applicable,
    }.get(state, True)
