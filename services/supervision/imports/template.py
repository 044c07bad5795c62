"""The empty ledger that an office downloads, fills in and uploads."""

from collections.abc import Mapping, Sequence
from io import BytesIO
from typing import Final

from services.kernel.documents import BlankColumn, write_blank
from services.supervision.imports.reading import EXAMPLE, HINT
from services.supervision.registry import FIELDS, Field, Kind, Villages

SAMPLES: Final[Mapping[str, str]] = {
    "name": f"{EXAMPLE}，导入时跳过】某某建材有限公司",
    "credit_code": "91500102MA5ABC016J",
    "ownership": "民营",
    "address": "兴镇路 18 号",
    "industry_code": "3031",
    "headcount": "101",
    "headcount_own": "90",
    "headcount_dispatched": "8",
    "headcount_temporary": "3",
    "has_safety_office": "是",
    "production_state": "正常",
    "size": "小型",
    "yearly_revenue": "3000.15",
    "is_above_scale": "是",
    "above_scale_since": "2025-03-01",
    "above_scale_source": "统计部门 2025 年规上企业名录",
    "tags": "粉尘涉爆、有限空间",
    "dust_workers": "9",
    "standard_level": "三级",
    "standard_granted_on": "2025-06-01",
    "standard_expires_on": "2028-05-31",
    "insured_from": "2026-01-01",
    "insured_to": "2026-12-31",
}
HINTS: Final[Mapping[Kind, str]] = {
    Kind.DAY: "日期，如 2026-03-01",
    Kind.NUMBER: "只写数字",
    Kind.MONEY: "以万元为单位，只写数字",
    Kind.FLAG: "是或否，空着算否",
    Kind.CHOICE: "从列表中选一项",
}
WIDE: Final = frozenset({"name", "credit_code", "address", "tags", "circumstances", "above_scale_source"})
SEVERAL: Final = frozenset({Kind.TAGS})
RULES: Final = (
    (
        "怎样填写",
        "一家企业一行。带 * 的红色列必填；列的先后可以调换，用不着的列可以删去。第 2 行的说明和第 3 行的示例不用删，导入时会跳过。",
    ),
    (
        "已有的企业",
        "按统一社会信用代码对应；没有代码的按企业名称对应。表里有的列以表为准：格子空着，就是把这一项改为空。表里没有的列不会改动。",
    ),
    ("没有信用代码的", "信用代码留空，在“无代码原因”里写明原因。"),
    (
        "从业人员",
        "自有、劳务派遣、临时人员三项合计就是从业人员；只掌握总数的，填“从业人员”，自有人员按总数减去另两项计算。",
    ),
    ("危险因素、其他情形", "可以写几项，用顿号隔开。"),
    ("导入的结果", "上传后先核对，不会直接保存。有误的行可以连同原因下载，改好后再上传。"),
)


def blank_ledger(villages: Villages) -> bytes:
    """The template as an .xlsx, with this town's villages to choose from."""
    target = BytesIO()
    columns = [_column(field, villages) for field in FIELDS if field.name != "is_state_owned"]
    write_blank(target, "企业台账", columns, notes=_notes(villages), notes_name="填写说明")
    return target.getvalue()


def _column(field: Field, villages: Villages) -> BlankColumn:
    hint = "；".join(words for words in (HINTS.get(field.kind, ""), field.hint) if words)
    choices = [label for _, label in field.choices] if field.kind is Kind.CHOICE else []
    if field.kind is Kind.FLAG:
        choices = ["是", "否"]
    sample = SAMPLES.get(field.name, "")
    if field.kind is Kind.VILLAGE:
        choices = list(villages.names.values())
        sample = choices[0] if choices else f"{villages.town}001"
    if field.name == "name":
        hint = f"{HINT}{hint}"
    return BlankColumn(field.head, hint, sample, choices, field.required, 28 if field.name in WIDE else 14)


def _notes(villages: Villages) -> Sequence[Sequence[str]]:
    several = [(f"“{field.head}”可写", "、".join(field.labels.values())) for field in FIELDS if field.kind in SEVERAL]
    named = [(name, code) for code, name in villages.names.items()]
    return [("事项", "说明"), *RULES, *several, ("村（社区）", "12 位代码"), *named]
