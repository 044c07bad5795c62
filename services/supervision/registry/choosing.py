"""The facts by which enterprises are chosen, as words, as conditions, and nothing else."""

from datetime import date, timedelta
from typing import Any

import msgspec
from sqlalchemy import ColumnElement, and_, func, literal, not_, or_

from services.regulation.duties.facts import Circumstance
from services.regulation.industries import Sector
from services.regulation.tags import FOUR_AND_ONE, THREE_KINDS, Tag
from services.supervision.registry.fields import LEVELS
from services.supervision.registry.models import Enterprise

SECTORS = tuple(map(str, Sector))
BATCH = {"none": "未定整治批次", "assigned": "已定整治批次", "done": "整治已完成", "open": "整治未完成"}
STANDARD = {"valid": "标准化证书有效", "missing": "无有效标准化证书", "soon": "标准化证书 90 天内到期"}
INSURED = {"valid": "安责险在保", "missing": "无有效安责险"}
FLAGS = {
    "above_scale": "规上企业",
    "peri_urban": "城乡接合部",
    "smelter": "金属冶炼",
    "state_owned": "市属国有",
    "industrial": "工业企业（不含商贸）",
    "key": "重点企业（四涉一有限、三类重点）",
    "with_left": "含已注销、迁出",
}
SOON = timedelta(days=90)
LIKE = str.maketrans({"%": r"\%", "_": r"\_", "\\": r"\\"})
"""What a LIKE must not understand as its own."""
KEY_TAGS = sorted(FOUR_AND_ONE | THREE_KINDS)


class EnterpriseFilter(msgspec.Struct, frozen=True, kw_only=True):
    """What enterprises are chosen by; every field may be left out, and all that are given must hold."""

    q: str = ""
    sector: str = ""
    tag: str = ""
    size: str = ""
    production_state: str = ""
    village: str = ""
    ownership: str = ""
    credit_class: str = ""
    circumstance: str = ""
    """One of regulation.duties.Circumstance."""
    above_scale: bool = False
    peri_urban: bool = False
    smelter: bool = False
    state_owned: bool = False
    industrial: bool = False
    """Every sector but commerce."""
    key: bool = False
    """With one of the dangers of 四涉一有限 or of the three kinds."""
    headcount_over: int | None = None
    """More than so many: 100 means 101 and above."""
    headcount_upto: int | None = None
    """So many or fewer: 100 means 100 and below."""
    batch: str = ""
    """A key of BATCH: how far the campaign of the five batches has come."""
    standard: str = ""
    """A key of STANDARD: the certificate on the day of asking."""
    insured: str = ""
    """A key of INSURED: the policy on the day of asking."""
    with_left: bool = False
    """Also those that were struck off or moved away."""
    sort: str = "name"

    @property
    def is_empty(self) -> bool:
        """Nothing was chosen: every enterprise."""
        return self == EnterpriseFilter(sort=self.sort)

    @property
    def words(self) -> str:
        """The choice as an official would say it; empty for every enterprise."""
        known: list[tuple[Any, str]] = [
            (self.q, f"名称或代码含“{self.q}”"),
            (self.sector, f"{self.sector}行业"),
            (self.tag, tag_label(self.tag)),
            (self.size, f"{self.size}型"),
            (self.production_state, f"生产状态{self.production_state}"),
            (self.headcount_over is not None, f"超过 {self.headcount_over} 人"),
            (self.headcount_upto is not None, f"{self.headcount_upto} 人以下（含）"),
            (self.village, "指定村（社区）"),
            (self.ownership, self.ownership),
            (self.credit_class, f"信用 {self.credit_class} 类"),
            (self.circumstance, circumstance_label(self.circumstance)),
        ]
        known += [(getattr(self, flag), label) for flag, label in FLAGS.items()]
        for chosen, labels in ((self.batch, BATCH), (self.standard, STANDARD), (self.insured, INSURED)):
            known.append((chosen, labels.get(chosen, "")))
        return "、".join(label for given, label in known if given and label)


def tag_label(tag: str) -> str:
    """The name of a danger; the word itself where it is not one of ours."""
    return Tag(tag).label if tag in set(Tag) else tag


def circumstance_label(circumstance: str) -> str:
    """The name of a circumstance; the word itself where it is not one of ours."""
    return Circumstance(circumstance).label if circumstance in set(Circumstance) else circumstance


def conditions(facts: EnterpriseFilter, today: date) -> list[ColumnElement[bool]]:
    """What must hold of an enterprise on a day in Asia/Shanghai."""
    return [*_words(facts), *_marks(facts), *_dangers(facts), *_papers(facts, today)]


def has_valid_standard(today: date) -> ColumnElement[bool]:
    """A certificate of one of the three levels; the days printed on it are both included (珍溪府发〔2021〕29号 二)."""
    return and_(
        Enterprise.standard_level.in_(LEVELS),
        func.coalesce(Enterprise.standard_granted_on, date.min) <= today,
        Enterprise.standard_expires_on >= today,
    )


def is_insured(today: date) -> ColumnElement[bool]:
    """A policy that runs on the day, both of its days included (珍溪府发〔2021〕29号 三(六)14)."""
    return and_(func.coalesce(Enterprise.insured_from, date.min) <= today, Enterprise.insured_to >= today)


def _words(facts: EnterpriseFilter) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = [] if facts.with_left else [Enterprise.left_on.is_(None)]
    if facts.q:
        like = f"%{facts.q.translate(LIKE)}%"
        found.append(or_(Enterprise.name.like(like), Enterprise.credit_code.like(like.upper())))
    for column, value in (
        (Enterprise.sector, facts.sector),
        (Enterprise.size, facts.size),
        (Enterprise.production_state, facts.production_state),
        (Enterprise.village_code, facts.village),
        (Enterprise.ownership, facts.ownership),
        (Enterprise.credit_class, facts.credit_class),
    ):
        if value:
            found.append(column == value)
    if facts.headcount_over is not None:
        found.append(Enterprise.headcount > facts.headcount_over)
    if facts.headcount_upto is not None:
        found.append(Enterprise.headcount <= facts.headcount_upto)
    return found


def _marks(facts: EnterpriseFilter) -> list[ColumnElement[bool]]:
    flags = (
        (Enterprise.is_above_scale, facts.above_scale),
        (Enterprise.is_peri_urban, facts.peri_urban),
        (Enterprise.is_smelter, facts.smelter),
        (Enterprise.is_state_owned, facts.state_owned),
    )
    found: list[ColumnElement[bool]] = [column.is_(True) for column, wanted in flags if wanted]
    return [*found, Enterprise.sector != Sector.COMMERCE] if facts.industrial else found


def _dangers(facts: EnterpriseFilter) -> list[ColumnElement[bool]]:
    found = [_carries(facts.tag)] if facts.tag else []
    if facts.circumstance:
        found.append(literal(facts.circumstance) == func.any(Enterprise.circumstances))
    return [*found, or_(*map(_carries, KEY_TAGS))] if facts.key else found


def _carries(tag: str) -> ColumnElement[bool]:
    return literal(tag) == func.any(Enterprise.tags)


def _papers(facts: EnterpriseFilter, today: date) -> list[ColumnElement[bool]]:
    done = func.coalesce(Enterprise.batch_done_on <= today, False)  # noqa: FBT003 - SQL's word
    valid = func.coalesce(has_valid_standard(today), False)  # noqa: FBT003
    insured = func.coalesce(is_insured(today), False)  # noqa: FBT003
    batch = Enterprise.batch
    soon = and_(valid, Enterprise.standard_expires_on <= today + SOON)
    asked: tuple[tuple[str, dict[str, ColumnElement[bool]]], ...] = (
        (facts.batch, {"none": batch.is_(None), "assigned": batch.is_not(None), "done": done, "open": not_(done)}),
        (facts.standard, {"valid": valid, "missing": not_(valid), "soon": soon}),
        (facts.insured, {"valid": insured, "missing": not_(insured)}),
    )
    return [known[value] for value, known in asked if value in known]
