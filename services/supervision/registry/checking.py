"""Whether the facts of one enterprise can be true together: the sector of its code, the sum of its people, the days of its papers."""

import re
from collections.abc import Mapping
from datetime import date
from typing import Any, Final

import msgspec
from sqlalchemy import select

from services.kernel.refusals import BadInput
from services.kernel.work import Work
from services.regulation.industries import Sector, row_of
from services.regulation.tags import Tag
from services.supervision.registry.fields import BY_NAME, FIELDS
from services.supervision.registry.reading import plain
from services.tenancy.townships.models import Division, Tenant

STATE_OWNED: Final = "市属国企"
ABOVE_SCALE_REVENUE: Final = 2000 * 1_000_000
"""20 million yuan of yearly revenue, in 分 (规模以上工业企业, since 2011)."""
PARTS: Final = ("headcount_own", "headcount_dispatched", "headcount_temporary")
DERIVED: Final = frozenset({"headcount", "is_state_owned"})
"""Made from other fields on every day, so never dated themselves."""
DEFAULTS: Final[Mapping[str, Any]] = {
    **{field.name: field.empty for field in FIELDS},
    "headcount_dispatched": 0,
    "headcount_temporary": 0,
    "credit_class": "B",
}
VILLAGE_CODE = re.compile(r"\d{12}")


class Villages(msgspec.Struct, frozen=True):
    """The villages and communities of one town: its nine-digit code, and their names by twelve-digit code."""

    town: str
    names: Mapping[str, str] = {}

    def find(self, typed: str | None) -> str | None:
        """The code of a village named by code or by name; where the directory has none of the town, any code within it."""
        text = plain(typed)
        if text in self.names or (not self.names and VILLAGE_CODE.fullmatch(text) and text.startswith(self.town)):
            return text
        if VILLAGE_CODE.fullmatch(text) and text == f"{self.town}000":
            return text
        short = _short(text)
        found = [code for code, name in self.names.items() if text == name or (short and short == _short(name))]
        return found[0] if len(found) == 1 else None


async def villages_of_town(work: Work) -> Villages:
    """Every village and community of this person's town, by code."""
    town = await work.one(select(Tenant.code).where(Tenant.id == work.tenant_id))
    living = select(Division.code, Division.name).where(
        Division.parent_code == town, Division.level == "village", Division.valid_to.is_(None)
    )
    return Villages(town, {row.code: row.name for row in await work.rows(living.order_by(Division.code))})


def merged(known: Mapping[str, Any], changes: Mapping[str, Any]) -> dict[str, Any]:
    """The facts after a change: what follows from a changed field follows it, unless it was given as well."""
    values = {**DEFAULTS, **known, **changes}
    for name in ("headcount_dispatched", "headcount_temporary"):
        values[name] = values[name] or 0
    values["credit_class"] = values["credit_class"] or DEFAULTS["credit_class"]
    if "headcount" in changes and changes["headcount"] is not None and changes.get("headcount_own") is None:
        values["headcount_own"] = changes["headcount"] - values["headcount_dispatched"] - values["headcount_temporary"]
    elif "headcount" not in changes or changes["headcount"] is None:
        values["headcount"] = None
    if changes.get("is_state_owned") and not changes.get("ownership"):
        values["ownership"] = STATE_OWNED
    elif "is_state_owned" not in changes:
        values["is_state_owned"] = values["ownership"] == STATE_OWNED
    if changes.get("credit_code"):
        values["no_code_reason"] = None
    if (
        "industry_code" in changes
        and "sector" not in changes
        and changes["industry_code"] != known.get("industry_code")
    ):
        values["sector"] = values["sector_reason"] = None
    return values


def checked(values: Mapping[str, Any], villages: Villages) -> dict[str, Any]:
    """All facts of an enterprise, completed by what follows from them; raises BadInput with a sentence beside each field."""
    values = merged({}, values)
    wrong = {
        field.name: f"请填写{field.head}" for field in FIELDS if field.required and values[field.name] in {None, ""}
    }
    for check in (_code, _village, _people, _owner, _scale, _papers, _campaign, _leaving):
        check(values, villages, wrong)
    if values["industry_code"]:
        _sector(values, wrong)
    if wrong:
        raise BadInput(fields=wrong)
    return values


def warnings(values: Mapping[str, Any]) -> list[str]:
    """What is odd about facts that can be saved all the same, each as a sentence."""
    found = []
    if (values["yearly_revenue"] or 0) >= ABOVE_SCALE_REVENUE and not values["is_above_scale"]:
        found.append("年主营业务收入已达到 2000 万元，但没有标为规上企业，请对照统计部门名录核实")
    if values["is_above_scale"] and not values["above_scale_source"]:
        found.append("标为规上企业，还没有写明统计部门名录依据")
    if is_unverified(values["industry_code"]):
        found.append(f"行业代码 {values['industry_code']} 对应的行业待核实，请按应急厅〔2019〕17号核对")
    if Tag.DUST in values["tags"] and values["dust_workers"] is None:
        found.append("有粉尘涉爆危险，还没有填写涉爆粉尘作业人数")
    return found


def is_unverified(industry_code: str) -> bool:
    """Whether the shipped map is not sure of the sector of a code (待核实)."""
    row = row_of(industry_code)
    return row is not None and row.unverified


def derived_sector(industry_code: str) -> Sector | None:
    """What the shipped map says of a code; None outside the eight industries."""
    row = row_of(industry_code)
    return row.sector if row else None


def _short(name: str) -> str:
    return re.sub(r"(村民委员会|居民委员会|村委会|居委会|社区|村)$", "", name)


def _code(values: dict[str, Any], _: Villages, wrong: dict[str, str]) -> None:
    if values["credit_code"]:
        values["no_code_reason"] = None
    elif not values["no_code_reason"]:
        wrong["credit_code"] = "请填写统一社会信用代码；确实没有的，在“无代码原因”里写明原因"


def _village(values: dict[str, Any], villages: Villages, wrong: dict[str, str]) -> None:
    if typed := values["village_code"]:
        code = villages.find(typed)
        if code is None:
            wrong["village_code"] = f"本镇没有“{typed}”，请写村（社区）的名称或 12 位代码"
        values["village_code"] = code


def _people(values: dict[str, Any], _: Villages, wrong: dict[str, str]) -> None:
    parts = [values[name] for name in PARTS]
    total = values["headcount"]
    if None in parts:
        return
    if min(parts) < 0:
        wrong["headcount"] = "从业人员总数小于劳务派遣与临时人员之和，请核对人数"
    elif total is not None and total != sum(parts):
        wrong["headcount"] = f"自有、劳务派遣、临时人员合计 {sum(parts)} 人，与从业人员 {total} 人不一致，请核对"
    values["headcount"] = sum(parts)
    if (values["dust_workers"] or 0) > values["headcount"]:
        wrong["dust_workers"] = "涉爆粉尘作业人数不能多于从业人员总数"


def _owner(values: dict[str, Any], _: Villages, wrong: dict[str, str]) -> None:
    if values["ownership"] and values["is_state_owned"] != (values["ownership"] == STATE_OWNED):
        wrong["ownership"] = "企业性质与是否市属国有不一致，请改成一致"


def _sector(values: dict[str, Any], wrong: dict[str, str]) -> None:
    by_code = derived_sector(values["industry_code"])
    values["sector"] = values["sector"] or by_code
    if values["sector"] is None:
        wrong["sector"] = "这个行业代码不在工贸八个行业内；确由本镇按工贸监管的，请选择行业并写明原因"
    elif values["sector"] == by_code:
        values["sector_reason"] = None
    elif not values["sector_reason"]:
        named = f"对应{by_code}行业" if by_code else "不在工贸八个行业内"
        wrong["sector_reason"] = f"代码 {values['industry_code']} {named}，改为{values['sector']}行业请写明原因"
    values["sector"] = str(values["sector"]) if values["sector"] else None


def _scale(values: dict[str, Any], _: Villages, wrong: dict[str, str]) -> None:
    for name in ("above_scale_since", "above_scale_source"):
        if values[name] and not values["is_above_scale"]:
            wrong[name] = f"填了{BY_NAME[name].head}，请勾选“规上”；不是规上企业的请清空"


def _papers(values: dict[str, Any], _: Villages, wrong: dict[str, str]) -> None:
    level, granted, expires = (
        values[name] for name in ("standard_level", "standard_granted_on", "standard_expires_on")
    )
    if level and not expires:
        wrong["standard_expires_on"] = "有标准化等级，请填写证书的最后一个有效日"
    if level and not granted:
        wrong["standard_granted_on"] = "有标准化等级，请填写发证日期"
    if not level and (granted or expires):
        wrong["standard_level"] = "填了标准化证书日期，请选择等级；没有达标的请清空日期"
    if insured_only_half(values):
        empty = "insured_to" if values["insured_from"] else "insured_from"
        wrong[empty] = "安责险的起保和到期日期请都填写"
    _in_order(values, "standard_granted_on", "standard_expires_on", wrong)
    _in_order(values, "insured_from", "insured_to", wrong)


def insured_only_half(values: Mapping[str, Any]) -> bool:
    """One day of the policy is known and the other is not."""
    return (values["insured_from"] is None) != (values["insured_to"] is None)


def _in_order(values: Mapping[str, Any], first: str, last: str, wrong: dict[str, str]) -> None:
    begins, ends = values[first], values[last]
    if isinstance(begins, date) and isinstance(ends, date) and begins > ends:
        wrong[last] = f"{BY_NAME[last].head}不能早于{BY_NAME[first].head}"


def _campaign(values: dict[str, Any], _: Villages, wrong: dict[str, str]) -> None:
    if values["batch_done_on"] and not values["batch"]:
        wrong["batch"] = "填了整治完成日期，请写明整治批次"


def _leaving(values: dict[str, Any], _: Villages, wrong: dict[str, str]) -> None:
    if values["left_on"] and not values["left_reason"]:
        wrong["left_reason"] = "请写明迁出或注销的原因"
    if values["left_reason"] and not values["left_on"]:
        wrong["left_on"] = "请填写迁出或注销的日期"
