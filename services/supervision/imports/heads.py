"""Which column of an office's own table is which field, whatever their order and however the heads are spelled."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from typing import Final

import msgspec

from services.kernel.documents import FileRefused
from services.supervision.registry import BY_HEAD, BY_NAME, FIELDS

WITHIN: Final = 20
"""The heads stand in one of the first rows that hold anything, below whatever title."""
ENOUGH: Final = 3
"""So many known heads make a row the row of heads."""
SYNONYMS: Final[Mapping[str, Sequence[str]]] = {
    "name": ("企业", "单位名称", "单位", "企业全称", "名称"),
    "credit_code": ("信用代码", "社会信用代码", "统一信用代码", "统一代码", "营业执照号"),
    "no_code_reason": ("无信用代码原因",),
    "ownership": ("所有制", "所有制性质", "经济类型"),
    "village_code": ("村社区", "所在村", "所属村", "社区", "所属村社区", "所在村社区", "村居"),
    "address": ("企业地址", "详细地址", "生产地址", "经营地址", "生产经营地址"),
    "industry_code": ("行业代码", "国民经济行业", "小类代码", "行业小类代码"),
    "sector": ("所属行业", "行业类别", "工贸行业", "行业分类"),
    "headcount": ("从业人数", "职工人数", "员工人数", "人数", "员工总数", "从业人员总数"),
    "headcount_own": ("自有职工", "本单位人员", "正式员工", "自有员工"),
    "headcount_dispatched": ("劳务派遣人员", "派遣人员", "派遣"),
    "headcount_temporary": ("临时用工", "临时工"),
    "has_safety_office": ("安全管理机构", "是否设有安全管理机构"),
    "production_state": ("生产经营状态", "状态", "经营状态", "生产情况"),
    "size": ("企业规模", "规模类型", "规模划型"),
    "yearly_revenue": ("主营业务收入", "年营业收入", "年产值"),
    "is_above_scale": ("是否规上", "规上企业", "规模以上", "是否规上企业"),
    "is_peri_urban": ("是否城乡接合部", "城乡结合部"),
    "is_smelter": ("是否金属冶炼", "金属冶炼企业"),
    "is_state_owned": ("是否市属国有", "市属国有企业"),
    "credit_class": ("信用等级", "信用分类"),
    "tags": ("四涉一有限", "主要危险因素", "危险有害因素", "涉及危险因素"),
    "dust_workers": ("涉爆粉尘作业人数", "涉粉作业人数"),
    "standard_level": ("安全生产标准化等级", "标准化级别", "达标等级"),
    "standard_granted_on": ("发证日期", "标准化取证日期"),
    "standard_expires_on": ("标准化有效期", "标准化到期", "标准化到期日期", "证书有效期至"),
    "insured_from": ("安责险起保日期", "安责险生效日期"),
    "insured_to": ("安责险到期日期", "安责险有效期至"),
    "batch": ("批次", "五个一批"),
    "batch_done_on": ("整治完成日期", "整治完成时间"),
    "left_on": ("注销日期", "迁出日期"),
    "left_reason": ("注销原因", "迁出原因"),
}
PASSED_OVER: Final = frozenset({"序号", "编号", "原因", "备注", "行号", "原表行号"})
"""Columns that say nothing about an enterprise."""


class Heads(msgspec.Struct, frozen=True, kw_only=True):
    """The row of heads: which place holds which field, and the words of all of them."""

    row: int
    words: Sequence[str]
    places: Mapping[str, int]
    """Of each field that was found."""
    unknown: Sequence[str]


class HeadsMissing(FileRefused):
    """A table has no row of heads, or lacks columns without which nothing can be registered."""


def plainly(head: str) -> str:
    """A head without blanks, marks, units and what stands in brackets."""
    text = unicodedata.normalize("NFKC", head)
    return re.sub(r"\(.*?\)|[\s*·:、/★]|\[.*?\]", "", text)


def _spelled() -> dict[str, str]:
    found = {plainly(head): field.name for head, field in BY_HEAD.items()}
    return found | {word: name for name, words in SYNONYMS.items() for word in words if word not in found}


SPELLED: Final = _spelled()


def heads_among(rows: Sequence[tuple[int, Sequence[str]]]) -> Heads:
    """The heads among the first rows of a sheet; raises HeadsMissing."""
    read = [_heads(number, cells) for number, cells in rows[:WITHIN]]
    best = max(read, key=lambda heads: len(heads.places), default=None)
    if best is None or len(best.places) < ENOUGH:
        raise HeadsMissing("没有找到表头：前二十行里要有一行写着企业名称、统一社会信用代码等列名，请对照模板检查")
    if "name" not in best.places:
        raise HeadsMissing(f"表头（第 {best.row} 行）里没有“企业名称”这一列，请补上后重新上传")
    return best


def _heads(number: int, cells: Sequence[str]) -> Heads:
    places: dict[str, int] = {}
    unknown = []
    for place, cell in enumerate(cells):
        name = SPELLED.get(plainly(cell))
        if name is None or name in places:
            if plainly(cell) and plainly(cell) not in PASSED_OVER:
                unknown.append(cell)
            continue
        places[name] = place
    return Heads(row=number, words=cells, places=places, unknown=unknown)


def missing_for_new(heads: Heads) -> list[str]:
    """The columns without which a new enterprise cannot be registered; known ones can be changed all the same."""
    there = heads.places.keys()
    needed = [field.name for field in FIELDS if field.required and field.name not in there]
    if "headcount" in there:
        needed = [name for name in needed if name != "headcount_own"]
    if not {"credit_code", "no_code_reason"} & there:
        needed.append("credit_code")
    return [BY_NAME[name].head for name in needed]
