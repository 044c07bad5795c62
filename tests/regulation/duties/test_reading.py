"""Facts as people write them, and the command that explains them."""

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from hypothesis import given
from hypothesis import strategies as st

from services.commands.duties import duties
from services.regulation.duties import (
    BadFacts,
    Certificate,
    Circumstance,
    Facts,
    ProductionState,
    as_json,
    evaluate,
    facts_from,
)
from services.regulation.duties.facts import FIELDS, LABELS
from services.regulation.duties.reading import READERS
from services.regulation.industries import Sector
from services.regulation.tags import Tag
from tests.regulation.duties.enterprises import FACTS, TODAY

EXAMPLES = Path(__file__).parents[3] / "infra" / "examples"
SMALL: dict[str, Any] = {"sector": "机械", "headcount": 10}
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from([*FIELDS, "x"]), inner, max_size=4),
    max_leaves=8,
)


def written(facts: Facts) -> dict[str, Any]:
    """Facts as JSON: days and names as text."""
    given = {name: getattr(facts, name) for name in FIELDS if name not in {"own", "dispatched", "temporary"}}
    given["certificates"] = [held._asdict() for held in facts.certificates]
    return json.loads(
        json.dumps(given, default=lambda value: sorted(value) if isinstance(value, frozenset) else str(value))
    )


@given(FACTS)
def test_facts_survive_being_written_down(facts: Facts) -> None:
    """What was written is read as it was meant."""
    assert facts_from(written(facts)) == facts


@given(JSON)
def test_whatever_is_written_is_read_or_refused_by_field(data: Any) -> None:
    """Never a traceback."""
    facts, wrong = None, {}
    try:
        facts = facts_from(data)
    except BadFacts as refused:
        wrong = refused.fields
    assert (facts is None) == bool(wrong)
    assert all(wrong.values())


def test_every_field_can_be_read_and_has_a_name_for_people() -> None:
    """None was forgotten."""
    assert set(FIELDS) == set(READERS) == set(LABELS)


def test_dangers_may_be_written_in_either_tongue() -> None:
    """Dust and 粉尘涉爆 are the same."""
    facts = facts_from(
        SMALL | {"tags": ["dust", "有限空间作业"], "circumstances": ["有员工宿舍"], "production_state": "停产"}
    )
    assert facts == Facts(
        sector=Sector.MACHINERY,
        headcount=10,
        tags=frozenset({Tag.DUST, Tag.CONFINED_SPACE}),
        circumstances=frozenset({Circumstance.DORMITORY}),
        production_state=ProductionState.STOPPED,
    )


@pytest.mark.parametrize(
    ("given", "field", "words"),
    [
        ({"headcunt": 3}, "headcunt", "是否应为 headcount"),
        ({"zzz": 3}, "zzz", "没有这个字段"),
        ({"headcount": "10"}, "headcount", "整数"),
        ({"headcount": -1}, "headcount", "不小于 0"),
        ({"headcount": True}, "headcount", "整数"),
        ({"headcount": 10.0}, "headcount", "整数"),
        ({"headcount": 10_000_001}, "headcount", "整数"),
        ({"own": 9, "dispatched": 2}, "headcount", "合计 11 人"),
        ({"sector": "砖瓦"}, "sector", "建材"),
        ({"sector": ["机械"]}, "sector", "机械"),
        ({"is_smelter": "是"}, "is_smelter", "true 或 false"),
        ({"production_state": "生产"}, "production_state", "半停产"),
        ({"industry_code": 3031}, "industry_code", "2—4 位数字"),
        ({"tags": "dust"}, "tags", "列表"),
        ({"tags": ["dus"]}, "tags", "dust"),
        ({"circumstances": [3]}, "circumstances", "gas_user"),
        ({"insured_to": "2026/1/1"}, "insured_to", "2026-11-23"),
        ({"insured_to": "20260101"}, "insured_to", "2026-11-23"),
        ({"insured_to": "2026-02-30"}, "insured_to", "2026-11-23"),
        ({"standard_level": "四级"}, "standard_level", "三级"),
        ({"certificates": {}}, "certificates", "列表"),
        ({"certificates": [{}]}, "certificates", "expires_on"),
        ({"certificates": [{"expires": "2027-01-01"}]}, "certificates", "review_due"),
    ],
)
def test_each_slip_is_named_by_its_field_with_what_to_write(given: dict[str, Any], field: str, words: str) -> None:
    """A sentence for the field alone, and no other field is blamed."""
    with pytest.raises(BadFacts) as refused:
        facts_from(SMALL | given)
    assert refused.value.fields.keys() == {field}
    assert words in refused.value.fields[field]


def test_sector_and_people_are_the_least_that_must_be_known() -> None:
    """All that is missing is said at once."""
    with pytest.raises(BadFacts) as refused:
        facts_from({})
    assert refused.value.fields.keys() == {"sector", "headcount"}
    with pytest.raises(BadFacts, match="JSON 对象"):
        facts_from([SMALL])
    assert facts_from({"sector": "机械", "temporary": 3}).headcount == 3
    assert facts_from(SMALL | {"certificates": [{"expires_on": "2027-01-01"}]}).certificates == (
        Certificate(None, date(2027, 1, 1)),
    )


def ask(*words: str | Path) -> Result:
    """What the command answers."""
    return CliRunner().invoke(duties, [str(word) for word in words])


def test_the_command_explains_the_brickworks() -> None:
    """Counts, duties by topic, reason, article, term and steps."""
    told = ask(EXAMPLES / "brickworks.json", "--on", "2026-11-23")
    assert told.exit_code == 0
    assert told.output.startswith("2026年11月23日：共 36 项义务（")
    assert "√ I04-3 配专职或兼职安全管理人员（已满足）" in told.output
    assert "    理由：因为从业人员 100 人，没有超过 100 人" in told.output
    assert "〔待核实〕" in told.output
    assert "期限：每日，2026-11-23，2026年11月23日前（今天到期）" in told.output


def test_the_command_tells_what_one_more_worker_means() -> None:
    """The sentence of the page, and the same for programs."""
    words = (EXAMPLES / "brickworks.json", "--on", "2026-11-23", "--against", EXAMPLES / "brickworks-grown.json")
    assert ask(*words).output.startswith(
        "再招 1 人，将新增义务：设安全管理机构或配专职安全管理人员，依据：《安全生产法》"
    )
    told = json.loads(ask(*words, "--json").output)
    assert told["on"] == "2026-11-23"
    assert [duty["code"] for duty in told["difference"]["added"]] == ["I04-2"]
    assert told["difference"]["sentence"] == ask(*words).output.strip()


def test_the_json_has_one_stable_shape() -> None:
    """The same keys for every duty."""
    told = json.loads(ask(EXAMPLES / "brickworks.json", "--on", "2026-11-23", "--json").output)
    facts = facts_from(json.loads((EXAMPLES / "brickworks.json").read_text(encoding="utf-8")))
    assert told == {"on": "2026-11-23", "duties": [as_json(duty) for duty in evaluate(facts, TODAY)]}
    assert {frozenset(duty) for duty in told["duties"]} == {
        frozenset(
            [
                "code",
                "title",
                "topic",
                "plain",
                "state",
                "state_words",
                "severity",
                "category",
                "zero_tolerance",
                "because",
                "citation",
                "document",
                "article",
                "version",
                "unverified",
                "period",
                "period_key",
                "starts_on",
                "due_on",
                "reminds_on",
                "how",
                "evidence",
                "good_evidence",
                "consequence",
            ]
        )
    }


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b'{"sector": "\xe6\x9c\xba\xe6\xa2\xb0", "headcount": "x"}', "headcount（从业人员）：应为不小于 0 的整数"),
        (b'{"sector": 1,}', "第 1 行不是正确的 JSON"),
        (b"\xff\xfe\x00", "不是 UTF-8"),
        (b"[" * 100_000, "嵌套过深"),
        (b"[]", "JSON 对象"),
    ],
)
def test_a_file_that_cannot_be_read_ends_with_two_and_a_sentence(content: bytes, said: str, tmp_path: Path) -> None:
    """No traceback, and what to mend."""
    file = tmp_path / "facts.json"
    file.write_bytes(content)
    told = ask(file, "--on", "2026-11-23")
    assert told.exit_code == 2
    assert said in told.output
    against = ask(EXAMPLES / "brickworks.json", "--on", "2026-11-23", "--against", file)
    assert against.exit_code == 2


@pytest.mark.parametrize("day", ["2026-13-01", "2026-02-29", "今天", "20261123"])
def test_a_day_that_is_none_ends_with_two_and_a_sentence(day: str) -> None:
    """How to write it is said."""
    told = ask(EXAMPLES / "brickworks.json", "--on", day)
    assert told.exit_code == 2
    assert "日期应写成 2026-11-23" in told.output
    assert ask("/nowhere.json").exit_code == 2
