"""What people write into forms and sheets is understood as they mean it, or sent back with a sentence that says what to write."""

from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.kernel.refusals import BadInput
from services.supervision.registry import BY_NAME, FIELDS, Kind, Villages, checked, merged, warnings
from services.supervision.registry.models import Enterprise

VILLAGES = Villages("500102119", {"500102119001": "兴盛社区", "500102119201": "东桥村", "500102119202": "西桥村"})
BRICKWORKS: dict[str, Any] = {
    "name": "示例砖瓦厂",
    "credit_code": "91500102MA5ABC016J",
    "industry_code": "3031",
    "headcount_own": 60,
    "ownership": "民营",
    "village_code": "东桥村",
    "address": "示例路1号",
    "production_state": "正常",
    "size": "小",
}


def refused(**facts: Any) -> dict[str, str]:
    """Beside which fields the facts are refused."""
    with pytest.raises(BadInput) as caught:
        checked({**BRICKWORKS, **facts}, VILLAGES)
    return caught.value.fields


@pytest.mark.parametrize(
    ("name", "cell", "value"),
    [
        ("credit_code", " 91500102ma5abc016j ", "91500102MA5ABC016J"),
        ("credit_code", "９１５００１０２ＭＡ５ＡＢＣ０１６Ｊ", "91500102MA5ABC016J"),
        ("credit_code", "无", None),
        ("headcount_own", "１０１人", 101),
        ("headcount_own", 100.0, 100),
        ("headcount_own", "1,234", 1234),
        ("headcount_own", "", None),
        ("yearly_revenue", "3,000.15", 3_000_150_000),
        ("yearly_revenue", 3000.15, 3_000_150_000),
        ("yearly_revenue", "20000000元", 2_000_000_000),
        ("yearly_revenue", "0.2亿元", 2_000_000_000),
        ("is_smelter", "√", True),
        ("is_smelter", "", False),
        ("is_smelter", "否", False),
        ("insured_to", "2026年3月1日", date(2026, 3, 1)),
        ("insured_to", "2026/3/1", date(2026, 3, 1)),
        ("insured_to", "2026.03.01", date(2026, 3, 1)),
        ("insured_to", "20260301", date(2026, 3, 1)),
        ("insured_to", "46082", date(2026, 3, 1)),
        ("insured_to", datetime(2026, 3, 1, tzinfo=UTC), date(2026, 3, 1)),
        ("insured_to", "—", None),
        ("tags", "粉尘涉爆、铝加工（深井铸造），有限空间", ["aluminium_casting", "confined_space", "dust"]),
        ("tags", ["dust", "dust"], ["dust"]),
        ("tags", "无", []),
        ("circumstances", "有爆破、吊装、动火、临时用电等危险作业；宿舍", ["dangerous_work", "dormitory"]),
        ("ownership", "市属国有", "市属国企"),
        ("size", "小型", "小"),
        ("standard_level", "三级达标", "三级"),
        ("standard_level", "未达标", None),
        ("industry_code", "C3031", "3031"),
        ("industry_code", 3031, "3031"),
        ("name", " 示例（重庆）  砖瓦厂\n", "示例（重庆） 砖瓦厂"),
    ],
)
def test_what_is_written_is_read_as_it_is_meant(name: str, cell: object, value: object) -> None:
    """Full-width digits, blanks, ticks, days in their usual spellings, 万元 as 分, and names with points between."""
    assert BY_NAME[name].read(cell) == value


@pytest.mark.parametrize(
    ("name", "cell", "says"),
    [
        ("credit_code", "91500102MA5ABC0160", "校验位不符"),
        ("credit_code", "91500102MA5ABC016", "18 位"),
        ("credit_code", "91500102MA5ABC0I6J", "“1”"),
        ("headcount_own", "约100", "只写数字"),
        ("headcount_own", "-1", "只写数字"),
        ("yearly_revenue", "0.00000001", "万元"),
        ("is_smelter", "也许", "“是”或“否”"),
        ("insured_to", "2026-02-30", "2026-03-01"),
        ("insured_to", "2026年3月", "2026-03-01"),
        ("tags", "粉尘、核辐射", "核辐射"),
        ("size", "巨型", "大型、中型、小型、微型"),
        ("industry_code", "303", "4 位数字"),
        ("name", "厂" * 101, "最多 100 个字"),
    ],
)
def test_what_cannot_be_read_is_sent_back_with_what_to_write(name: str, cell: str, says: str) -> None:
    """A180 among them: a letter that cannot stand in a code is named together with what was meant."""
    with pytest.raises(ValueError, match=says):
        BY_NAME[name].read(cell)


@given(st.sampled_from(FIELDS), st.text(max_size=30))
def test_nothing_typed_makes_a_field_stumble(field: Any, text: str) -> None:
    """A value or a ValueError, never anything else."""
    try:
        value = field.read(text)
    except ValueError:
        return
    assert field.from_json(field.to_json(value)) == value
    assert isinstance(field.say(value), str)


@given(st.sampled_from([f for f in FIELDS if f.kind in {Kind.TAGS, Kind.CHOICE}]), st.data())
def test_what_is_said_is_read_again(field: Any, data: st.DataObject) -> None:
    """A ledger that was exported can be imported."""
    value: Any = data.draw(st.sampled_from(list(field.labels)))
    if field.kind is Kind.TAGS:
        value = sorted(data.draw(st.sets(st.sampled_from(list(field.labels)))))
    assert field.read(field.say(value)) == value
    assert field.read(field.typed(value)) == value


@given(st.integers(0, 10**12))
def test_money_is_exact(fen: int) -> None:
    """What is kept in 分 comes back to the last 分 (A187)."""
    money = BY_NAME["yearly_revenue"]
    assert money.read(money.say(fen)) == money.read(money.typed(fen)) == fen


def test_every_field_is_a_column() -> None:
    """And every head is told apart."""
    assert {field.name for field in FIELDS} <= set(Enterprise.__table__.columns.keys())
    assert len({field.head for field in FIELDS}) == len(FIELDS)


def test_what_follows_from_other_facts_is_filled_in() -> None:
    """The sector of the code, the sum of the people, the village's code, the class that everybody begins with."""
    values = checked({**BRICKWORKS, "headcount_dispatched": 30, "headcount_temporary": 11}, VILLAGES)
    assert values["sector"] == "建材"
    assert (values["headcount"], values["village_code"]) == (101, "500102119201")
    assert (values["credit_class"], values["is_state_owned"], values["tags"]) == ("B", False, [])


@pytest.mark.parametrize(
    ("facts", "beside"),
    [
        ({"name": None}, "name"),
        ({"credit_code": None}, "credit_code"),
        ({"industry_code": "7211"}, "sector"),
        ({"sector": "轻工"}, "sector_reason"),
        ({"headcount": 61}, "headcount"),
        ({"headcount": 5, "headcount_own": None, "headcount_dispatched": 6}, "headcount"),
        ({"dust_workers": 61}, "dust_workers"),
        ({"is_state_owned": True}, "ownership"),
        ({"village_code": "南桥村"}, "village_code"),
        ({"village_code": "500102120201"}, "village_code"),
        ({"standard_level": "三级", "standard_granted_on": date(2026, 1, 1)}, "standard_expires_on"),
        ({"standard_expires_on": date(2026, 1, 1)}, "standard_level"),
        ({"insured_from": date(2026, 1, 2), "insured_to": date(2026, 1, 1)}, "insured_to"),
        ({"insured_to": date(2026, 1, 1)}, "insured_from"),
        ({"above_scale_since": date(2026, 1, 1)}, "above_scale_since"),
        ({"batch_done_on": date(2026, 1, 1)}, "batch"),
        ({"left_on": date(2026, 1, 1)}, "left_reason"),
    ],
)
def test_facts_that_cannot_be_true_together_are_refused_beside_their_field(facts: dict[str, Any], beside: str) -> None:
    """One sentence, where it is to be mended."""
    assert beside in refused(**facts)


def test_facts_at_the_boundary_are_taken() -> None:
    """A policy of one day, all people in the dust, another sector with its reason, a workshop without code."""
    day = date(2026, 1, 1)
    for facts in (
        {"insured_from": day, "insured_to": day},
        {"dust_workers": 60},
        {"sector": "轻工", "sector_reason": "主要产品为工艺陶瓷"},
        {"sector": "建材", "sector_reason": "多写的"},
        {"credit_code": None, "no_code_reason": "营业执照正在办理"},
        {"industry_code": "7211", "sector": "机械", "sector_reason": "区里指定"},
        {"ownership": "市属国企", "is_state_owned": True},
        {"ownership": None, "is_state_owned": True},
        {"village_code": "500102119201"},
        {"headcount": 60, "headcount_own": None},
    ):
        values = checked({**BRICKWORKS, **facts}, VILLAGES)
        assert values["headcount"] == 60
        assert (values["credit_code"] is None) == (values["no_code_reason"] is not None)


@pytest.mark.parametrize(
    ("revenue", "flag", "warned"), [(1999, False, False), (2000, False, True), (2000, True, False)]
)
def test_revenue_above_scale_without_the_flag_is_a_warning_only(revenue: int, flag: bool, warned: bool) -> None:
    """From 2000 万元 on somebody should look; the statistics office decides."""
    facts = {"yearly_revenue": revenue * 1_000_000, "is_above_scale": flag}
    found = warnings(checked({**BRICKWORKS, **facts}, VILLAGES))
    assert any("2000 万元" in sentence for sentence in found) is warned


@pytest.mark.parametrize(("code", "unverified"), [("3031", False), ("3074", True)])
def test_a_sector_that_is_not_sure_keeps_its_badge(code: str, unverified: bool) -> None:
    """待核实 as long as nobody has compared it."""
    found = warnings(checked({**BRICKWORKS, "industry_code": code}, VILLAGES))
    assert any("待核实" in sentence for sentence in found) is unverified


def test_another_code_brings_its_own_sector() -> None:
    """Unless the sector was given with it."""
    known = checked({**BRICKWORKS, "sector": "轻工", "sector_reason": "区里指定"}, VILLAGES)
    assert checked(merged(known, {"industry_code": "3110"}), VILLAGES)["sector"] == "冶金"
    assert checked(merged(known, {"address": "示例路2号"}), VILLAGES)["sector"] == "轻工"
