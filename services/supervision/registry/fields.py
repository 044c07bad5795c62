"""The facts of an enterprise that people write: how each is headed, read, said and kept."""

from collections.abc import Callable, Mapping
from datetime import date
from enum import StrEnum
from typing import Any, Final

import msgspec

from services.regulation import credit_code
from services.regulation.duties.facts import CIRCUMSTANCES
from services.regulation.industries import BadIndustryCode, Sector, row_of
from services.regulation.tags import LABELS as TAG_LABELS
from services.supervision.registry import reading
from services.supervision.registry.models import CREDIT_CLASSES, OWNERSHIPS

PRODUCTION: Final = ("正常", "停产", "半停产", "在建", "关闭")
SIZES: Final = ("大", "中", "小", "微")
LEVELS: Final = ("一级", "二级", "三级")
MONEY_UNIT: Final = "万元"


class Kind(StrEnum):
    """What sort of value a field has, and so which control a form shows."""

    TEXT = "text"
    CODE = "code"
    INDUSTRY = "industry"
    VILLAGE = "village"
    NUMBER = "number"
    MONEY = "money"
    DAY = "day"
    FLAG = "flag"
    CHOICE = "choice"
    TAGS = "tags"


class Field(msgspec.Struct, frozen=True, kw_only=True):
    """One fact: `name` is the column of Enterprise, `head` what the paper ledger calls it."""

    name: str
    head: str
    kind: Kind
    group: str
    hint: str = ""
    required: bool = False
    unit: str = ""
    longest: int = 100
    labels: Mapping[str, str] = {}
    """What may be chosen, and what each choice is called."""
    aliases: Mapping[str, str] = {}
    """Other words by which a choice is written."""
    derived: bool = False
    """Made from other fields: a sheet may have it, a form does not ask for it."""
    office_only: bool = False
    """The office decides it; an enterprise cannot propose it."""

    @property
    def choices(self) -> list[tuple[str, str]]:
        """What may be chosen, as (value, label)."""
        return list(self.labels.items())

    @property
    def empty(self) -> Any:
        """The value of a field in which nothing was written."""
        return {Kind.FLAG: False, Kind.TAGS: []}.get(self.kind)

    def read(self, text: object) -> Any:
        """The value of what was typed, or of a cell; raises ValueError with a Chinese sentence that says what to write."""
        return READERS[self.kind](self, text)

    def say(self, value: Any, villages: Mapping[str, str] | None = None) -> str:
        """The value as a table or a difference shows it; `villages` has their names by code."""
        if self.kind is Kind.MONEY and value is not None:
            return f"{reading.in_ten_thousands(value)} {MONEY_UNIT}"
        said = reading.said(value, villages or {} if self.kind is Kind.VILLAGE else self.labels)
        return f"{said} {self.unit}" if self.unit and value is not None else said

    def typed(self, value: Any) -> Any:
        """The value as a form's control holds it."""
        if self.kind is Kind.MONEY and value is not None:
            return reading.in_ten_thousands(value).replace(",", "")
        if self.kind is Kind.FLAG:
            return "true" if value else ""
        if self.kind is Kind.TAGS:
            return list(value or [])
        return "" if value is None else str(value)

    def to_json(self, value: Any) -> Any:
        """The value as EnterpriseFact and ChangeRequest keep it."""
        return value.isoformat() if isinstance(value, date) else value

    def from_json(self, kept: Any) -> Any:
        """The value of what was kept."""
        return date.fromisoformat(kept) if self.kind is Kind.DAY and kept is not None else kept


def _spellings(field: Field) -> dict[str, str]:
    """Every way to write a choice; what people call it comes first, so that a refusal lists the labels."""
    named = {reading.plain(label): value for value, label in field.labels.items()}
    return named | {value: value for value in field.labels} | dict(field.aliases)


def _code(_: Field, text: object) -> str | None:
    typed = reading.plain(text)
    return None if typed in reading.NOTHING else credit_code.check(typed)


def _industry(_: Field, text: object) -> str | None:
    typed = "".join(reading.plain(text).split())
    letterless = typed[1:] if typed[:1].isalpha() and typed[:1].isascii() else typed
    if not letterless:
        return None
    # A sheet drops the leading zero of 0610 and the like.
    if len(letterless) != INDUSTRY_DIGITS or not (letterless.isascii() and letterless.isdigit()):
        raise ValueError(f"国民经济行业代码应为 4 位数字，现在是“{typed}”，请按 GB/T 4754-2017 填写小类代码")
    try:
        row_of(letterless)
    except BadIndustryCode as bad:
        raise ValueError(str(bad)) from bad
    return letterless


INDUSTRY_DIGITS: Final = 4
READERS: Final[Mapping[Kind, Callable[[Field, object], Any]]] = {
    Kind.TEXT: lambda field, text: reading.words(text, field.longest),
    Kind.CODE: _code,
    Kind.INDUSTRY: _industry,
    Kind.VILLAGE: lambda field, text: reading.words(text, field.longest),
    Kind.NUMBER: lambda _, text: reading.a_number(text),
    Kind.MONEY: lambda _, text: reading.money(text),
    Kind.DAY: lambda _, text: reading.a_day(text),
    Kind.FLAG: lambda _, text: reading.yes_or_no(text),
    Kind.CHOICE: lambda field, text: reading.one_choice(text, _spellings(field)),
    Kind.TAGS: lambda field, text: reading.several(text, _spellings(field)),
}

SECTOR_LABELS: Final = {sector.value: sector.value for sector in Sector}
NAME, TRADE, PEOPLE, WORK = "基本信息", "行业", "从业人员", "生产经营"
DANGERS, PAPERS, CAMPAIGN, LEAVING = "危险因素与情形", "标准化与安责险", "专项整治", "迁出注销"
GROUPS: Final = (NAME, TRADE, PEOPLE, WORK, DANGERS, PAPERS, CAMPAIGN, LEAVING)


def _same(values: tuple[str, ...], form: str = "{}") -> dict[str, str]:
    return {value: form.format(value) for value in values}


FIELDS: Final = (
    Field(name="name", head="企业名称", kind=Kind.TEXT, group=NAME, required=True, hint="按营业执照写全称", office_only=True),
    Field(name="credit_code", head="统一社会信用代码", kind=Kind.CODE, group=NAME, hint="18 位，两个校验位都会核对；没有的留空并写明原因", office_only=True),
    Field(name="no_code_reason", head="无代码原因", kind=Kind.TEXT, group=NAME, hint="例如：营业执照正在办理", office_only=True),
    Field(name="ownership", head="企业性质", kind=Kind.CHOICE, group=NAME, required=True, labels=_same(OWNERSHIPS),
          aliases={"市属国有": "市属国企", "市属国有企业": "市属国企", "区属国有": "区属国企", "区属国有企业": "区属国企",
                   "私营": "民营", "民营企业": "民营", "私营企业": "民营", "集体企业": "集体", "外商投资": "外资",
                   "外资企业": "外资", "个体户": "个体", "个体工商户": "个体"}),
    Field(name="village_code", head="村（社区）", kind=Kind.VILLAGE, group=NAME, required=True, hint="写名称或 12 位代码"),
    Field(name="address", head="地址", kind=Kind.TEXT, group=NAME, required=True, longest=200),
    Field(name="industry_code", head="国民经济行业代码", kind=Kind.INDUSTRY, group=TRADE, required=True, hint="GB/T 4754-2017 的 4 位小类代码，例如 3031"),
    Field(name="sector", head="行业", kind=Kind.CHOICE, group=TRADE, labels=SECTOR_LABELS, hint="不选就按行业代码自动确定",
          aliases={f"{name}行业": name for name in SECTOR_LABELS} | {"冶金工业": "冶金", "有色金属": "有色", "建材业": "建材"}, office_only=True),
    Field(name="sector_reason", head="行业调整原因", kind=Kind.TEXT, group=TRADE, longest=200, hint="行业与代码对应的不一致时必填", office_only=True),
    Field(name="headcount", head="从业人员（人）", kind=Kind.NUMBER, group=PEOPLE, unit="人", derived=True, hint="自有、劳务派遣和临时人员合计"),
    Field(name="headcount_own", head="自有人员（人）", kind=Kind.NUMBER, group=PEOPLE, required=True, unit="人"),
    Field(name="headcount_dispatched", head="劳务派遣（人）", kind=Kind.NUMBER, group=PEOPLE, unit="人", hint="没有的填 0 或留空"),
    Field(name="headcount_temporary", head="临时人员（人）", kind=Kind.NUMBER, group=PEOPLE, unit="人", hint="没有的填 0 或留空"),
    Field(name="has_safety_office", head="设有安全管理机构", kind=Kind.FLAG, group=PEOPLE, hint="有任命文件的才算"),
    Field(name="production_state", head="生产状态", kind=Kind.CHOICE, group=WORK, required=True, labels=_same(PRODUCTION),
          aliases={"正常生产": "正常", "生产": "正常", "停产停业": "停产", "已关闭": "关闭", "建设中": "在建"}),
    Field(name="size", head="规模", kind=Kind.CHOICE, group=WORK, required=True, labels=_same(SIZES, "{}型"), hint="统计上大中小微型划分"),
    Field(name="yearly_revenue", head="年主营业务收入（万元）", kind=Kind.MONEY, group=WORK, unit=MONEY_UNIT, hint="上一整年的数"),
    Field(name="is_above_scale", head="规上", kind=Kind.FLAG, group=WORK, hint="以统计部门名录为准", office_only=True),
    Field(name="above_scale_since", head="纳入规上日期", kind=Kind.DAY, group=WORK, office_only=True),
    Field(name="above_scale_source", head="规上名录依据", kind=Kind.TEXT, group=WORK, hint="统计部门名录的名称和期别", office_only=True),
    Field(name="is_peri_urban", head="城乡接合部", kind=Kind.FLAG, group=WORK, office_only=True),
    Field(name="is_smelter", head="金属冶炼", kind=Kind.FLAG, group=WORK, office_only=True),
    Field(name="is_state_owned", head="市属国有", kind=Kind.FLAG, group=NAME, derived=True, office_only=True),
    Field(name="credit_class", head="信用类别", kind=Kind.CHOICE, group=WORK, labels=_same(CREDIT_CLASSES, "{}类"), office_only=True),
    Field(name="tags", head="危险因素", kind=Kind.TAGS, group=DANGERS, labels={tag.value: label for tag, label in TAG_LABELS.items()},
          hint="四涉一有限、三类重点和使用危险化学品；没有的不勾",
          aliases={"粉尘": "dust", "涉爆粉尘": "dust", "熔融金属": "molten_metal", "高温熔融": "molten_metal", "煤气": "metallurgical_gas",
                   "涉氨": "ammonia", "液氨制冷": "ammonia", "有限空间": "confined_space", "铝加工": "aluminium_casting",
                   "深井铸造": "aluminium_casting", "钢铁企业": "steel", "危险化学品": "chemicals", "危化品": "chemicals", "使用危化品": "chemicals"}),
    Field(name="circumstances", head="其他情形", kind=Kind.TAGS, group=DANGERS, labels={one.value: label for one, label in CIRCUMSTANCES.items()},
          hint="关系到应尽义务，按实际勾选",
          aliases={"特种作业": "special_operations", "危险作业": "dangerous_work", "四新": "new_technology", "建设项目": "construction_project",
                   "燃气": "gas_user", "员工宿舍": "dormitory", "宿舍": "dormitory", "同一区域作业": "shared_site", "外包": "contractors",
                   "出租": "contractors", "发包": "contractors", "危险物品": "hazardous_materials", "重大危险源": "major_hazard_source"}),
    Field(name="dust_workers", head="涉爆粉尘作业人数（人）", kind=Kind.NUMBER, group=DANGERS, unit="人", hint="单班最多作业人数，粉尘涉爆企业填写"),
    Field(name="standard_level", head="标准化等级", kind=Kind.CHOICE, group=PAPERS, labels=_same(LEVELS),
          aliases={"1": "一级", "2": "二级", "3": "三级", "1级": "一级", "2级": "二级", "3级": "三级",
                   "一级达标": "一级", "二级达标": "二级", "三级达标": "三级"}),
    Field(name="standard_granted_on", head="标准化发证日期", kind=Kind.DAY, group=PAPERS),
    Field(name="standard_expires_on", head="标准化有效期至", kind=Kind.DAY, group=PAPERS, hint="最后一个有效日"),
    Field(name="insured_from", head="安责险起保", kind=Kind.DAY, group=PAPERS),
    Field(name="insured_to", head="安责险到期", kind=Kind.DAY, group=PAPERS, hint="最后一个有效日"),
    Field(name="batch", head="整治批次", kind=Kind.TEXT, group=CAMPAIGN, longest=20, hint="城乡接合部五个一批", office_only=True),
    Field(name="batch_done_on", head="整治完成", kind=Kind.DAY, group=CAMPAIGN, office_only=True),
    Field(name="left_on", head="迁出注销日期", kind=Kind.DAY, group=LEAVING, office_only=True),
    Field(name="left_reason", head="迁出注销原因", kind=Kind.TEXT, group=LEAVING, longest=200, office_only=True),
)  # fmt: skip
"""Every fact that can be edited, in the order of the paper ledger."""
BY_NAME: Final[Mapping[str, Field]] = {field.name: field for field in FIELDS}
BY_HEAD: Final[Mapping[str, Field]] = {field.head: field for field in FIELDS}
PROPOSED: Final = tuple(field for field in FIELDS if not (field.office_only or field.derived))
"""What an enterprise may propose to change; the rest the office decides."""


def read_all(cells: Mapping[str, object]) -> tuple[dict[str, Any], dict[str, str]]:
    """The values of what was typed under the names of fields, and a sentence for each that cannot be read."""
    values: dict[str, Any] = {}
    wrong: dict[str, str] = {}
    for name, cell in cells.items():
        try:
            values[name] = BY_NAME[name].read(cell)
        except ValueError as bad:
            wrong[name] = str(bad)
    return values, wrong
