"""What must be known of an enterprise to say what it owes on a day."""

from bisect import bisect_left
from collections.abc import Callable
from dataclasses import dataclass, field, fields
from datetime import date
from enum import StrEnum
from functools import lru_cache
from typing import NamedTuple

from services.regulation.industries import Sector
from services.regulation.tags import Tag

STANDARD_LEVELS = ("一级", "二级", "三级")


class ProductionState(StrEnum):
    """Whether an enterprise works, named as officials name it."""

    NORMAL = "正常"
    STOPPED = "停产"
    PARTLY = "半停产"
    BUILDING = "在建"
    CLOSED = "关闭"


class Circumstance(StrEnum):
    """One circumstance, besides the dangers of Tag, from which duties follow."""

    SPECIAL_OPERATIONS = "special_operations"
    DANGEROUS_WORK = "dangerous_work"
    NEW_TECHNOLOGY = "new_technology"
    CONSTRUCTION_PROJECT = "construction_project"
    GAS_USER = "gas_user"
    DORMITORY = "dormitory"
    SHARED_SITE = "shared_site"
    CONTRACTORS = "contractors"
    HAZARDOUS_MATERIALS = "hazardous_materials"
    MAJOR_HAZARD_SOURCE = "major_hazard_source"
    CROWDED_PLACE = "crowded_place"

    @property
    def label(self) -> str:
        """The name that people see."""
        return CIRCUMSTANCES[self]


CIRCUMSTANCES = {
    Circumstance.SPECIAL_OPERATIONS: "有特种作业",
    Circumstance.DANGEROUS_WORK: "有爆破、吊装、动火、临时用电等危险作业",
    Circumstance.NEW_TECHNOLOGY: "采用新工艺、新技术、新材料或新设备",
    Circumstance.CONSTRUCTION_PROJECT: "有新建、改建、扩建项目",
    Circumstance.GAS_USER: "使用燃气",
    Circumstance.DORMITORY: "有员工宿舍",
    Circumstance.SHARED_SITE: "与其他单位在同一区域作业",
    Circumstance.CONTRACTORS: "有发包或出租",
    Circumstance.HAZARDOUS_MATERIALS: "使用危险物品",
    Circumstance.MAJOR_HAZARD_SOURCE: "构成重大危险源",
    Circumstance.CROWDED_PLACE: "人员密集场所",
}


class Certificate(NamedTuple):
    """A certificate for special operations; both days are the last on which it still counts."""

    review_due: date | None
    expires_on: date

    @property
    def next_due(self) -> date:
        """The nearer of its review and its end."""
        return self.expires_on if self.review_due is None else min(self.review_due, self.expires_on)


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """One enterprise as of one day; counts of staff are of people valid on that day.

    Raises ValueError when the parts of the headcount do not add up to it.
    """

    sector: Sector
    headcount: int = 0
    """Own people, dispatched workers and temporary ones together; made from the parts where only they are given."""
    own: int | None = None
    dispatched: int | None = None
    temporary: int | None = None
    industry_code: str = ""
    production_state: ProductionState = ProductionState.NORMAL
    is_smelter: bool = False
    is_state_owned: bool = False
    is_above_scale: bool = False
    is_peri_urban: bool = False
    tags: frozenset[Tag] = frozenset()
    circumstances: frozenset[Circumstance] = frozenset()
    has_safety_office: bool = False
    full_time_officers: int = 0
    part_time_officers: int = 0
    certified_engineers: int = 0
    chief_engineers: int = 0
    examined_principal: bool = False
    examined_officers: int = 0
    certificates: tuple[Certificate, ...] = ()
    standard_level: str | None = None
    standard_granted_on: date | None = None
    standard_expires_on: date | None = None
    insured_from: date | None = None
    insured_to: date | None = None
    open_hazards: int = 0
    certificate_days: tuple[date, ...] = field(init=False, repr=False, compare=False)
    """Until when each certificate counts, the nearest first."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "certificate_days", tuple(sorted(held.next_due for held in self.certificates)))
        parts = [part for part in (self.own, self.dispatched, self.temporary) if part is not None]
        if not parts:
            return
        if self.headcount not in {0, sum(parts)}:
            raise ValueError(f"从业人员 {self.headcount} 人与自有、派遣、临时人员合计 {sum(parts)} 人不一致")
        object.__setattr__(self, "headcount", sum(parts))


def _days_left(day: date | None, on: date) -> int:
    return -1 if day is None else (day - on).days


def _runs(first: date | None, last: date | None, on: date) -> bool:
    return last is not None and (first or date.min) <= on <= last


DERIVED: dict[str, Callable[[Facts, date], object]] = {
    "is_industrial": lambda facts, _: facts.sector != Sector.COMMERCE,
    "is_producing": lambda facts, _: facts.production_state in {ProductionState.NORMAL, ProductionState.PARTLY},
    "officers": lambda facts, _: facts.full_time_officers + facts.part_time_officers,
    "officers_unexamined": lambda facts, _: (
        facts.full_time_officers + facts.part_time_officers - facts.examined_officers
    ),
    "has_standard": lambda facts, _: facts.standard_level in STANDARD_LEVELS and facts.standard_expires_on is not None,
    "is_standardized": lambda facts, on: (
        facts.standard_level in STANDARD_LEVELS and _runs(facts.standard_granted_on, facts.standard_expires_on, on)
    ),
    "standard_days_left": lambda facts, on: _days_left(facts.standard_expires_on, on),
    "is_insured": lambda facts, on: _runs(facts.insured_from, facts.insured_to, on),
    "has_insurance": lambda facts, _: facts.insured_to is not None,
    "insurance_days_left": lambda facts, on: _days_left(facts.insured_to, on),
    "certificate_count": lambda facts, _: len(facts.certificates),
    "certificates_valid": lambda facts, on: len(facts.certificate_days) - bisect_left(facts.certificate_days, on),
    "certificates_lapsed": lambda facts, on: bisect_left(facts.certificate_days, on),
    "certificate_due_on": lambda facts, _: facts.certificate_days[0] if facts.certificate_days else None,
    "certificate_days_left": lambda facts, on: _days_left(next(iter(facts.certificate_days), None), on),
}
"""What rules may ask beside the fields, made from them and the day."""

FIELDS = tuple(known.name for known in fields(Facts) if known.init)
LABELS = {
    "sector": "行业",
    "headcount": "从业人员",
    "own": "自有人员",
    "dispatched": "被派遣劳动者",
    "temporary": "临时人员",
    "industry_code": "国民经济行业代码",
    "production_state": "生产状态",
    "is_smelter": "金属冶炼企业",
    "is_state_owned": "市属国有企业",
    "is_above_scale": "规上企业",
    "is_peri_urban": "城乡接合部企业",
    "tags": "重点危险",
    "circumstances": "其他情形",
    "has_safety_office": "设有安全管理机构",
    "full_time_officers": "专职安全管理人员",
    "part_time_officers": "兼职安全管理人员",
    "certified_engineers": "注册安全工程师",
    "chief_engineers": "安全总工程师",
    "examined_principal": "主要负责人考核合格",
    "examined_officers": "考核合格的安全管理人员",
    "certificates": "特种作业操作证",
    "standard_level": "标准化等级",
    "standard_granted_on": "标准化授予日期",
    "standard_expires_on": "标准化证书到期日",
    "insured_from": "安责险起保日",
    "insured_to": "安责险到期日",
    "open_hazards": "未销号隐患",
}
"""The names of the fields that people see."""


def in_chinese(value: object) -> str:
    """A fact as people write it."""
    if type(value) is int:
        return str(value)
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, date):
        return _day_in_chinese(value)
    if isinstance(value, frozenset):
        return "、".join(sorted(item.label for item in value)) or "无"
    if isinstance(value, tuple):
        return f"{len(value)} 本"
    return "无" if value is None else str(value)


@lru_cache(4096)
def _day_in_chinese(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"


def changes_between(before: Facts, after: Facts) -> tuple[str, ...]:
    """What became different, each as a few Chinese words: 再招 1 人, 新增粉尘涉爆."""
    found: list[str] = []
    for name in FIELDS:
        old, new = getattr(before, name), getattr(after, name)
        if old != new and name not in {"own", "dispatched", "temporary"}:
            found += _change(name, old, new)
    return tuple(found)


def _change(name: str, old: object, new: object) -> list[str]:
    if name == "headcount" and isinstance(old, int) and isinstance(new, int):
        return [f"再招 {new - old} 人" if new > old else f"减少 {old - new} 人"]
    if isinstance(old, frozenset) and isinstance(new, frozenset):
        gained, lost = sorted(item.label for item in new - old), sorted(item.label for item in old - new)
        return [f"新增“{label}”" for label in gained] + [f"不再“{label}”" for label in lost]
    return [f"{LABELS[name]}由“{in_chinese(old)}”变为“{in_chinese(new)}”"]
