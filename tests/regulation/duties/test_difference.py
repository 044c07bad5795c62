"""What changes in an enterprise's duties when it does."""

from dataclasses import replace
from datetime import date

from hypothesis import given

from services.regulation.duties import (
    Certificate,
    Circumstance,
    Difference,
    Duty,
    Facts,
    changes_between,
    difference,
    evaluate,
)
from services.regulation.tags import Tag
from tests.regulation.duties.enterprises import DAYS, FACTS, TODAY, a_factory, a_smelter


def put_upon(before: tuple[Duty, ...], changed: Difference) -> tuple[Duty, ...]:
    """The duties after a difference."""
    kept = {duty.code: duty for duty in before}
    for duty in changed.removed:
        del kept[duty.code]
    kept |= {change.after.code: change.after for change in changed.changed}
    kept |= {duty.code: duty for duty in changed.added}
    return tuple(kept[code] for code in sorted(kept))


@given(FACTS, FACTS, DAYS)
def test_a_difference_put_upon_the_old_duties_gives_the_new_ones(before: Facts, after: Facts, on: date) -> None:
    """Nothing is lost between, and what did not change is not told."""
    changed = difference(before, after, on)
    assert put_upon(evaluate(before, on), changed) == evaluate(after, on)
    assert all(change.before != change.after for change in changed.changed)
    assert [change.before.code for change in changed.changed] == [change.after.code for change in changed.changed]


@given(FACTS, DAYS)
def test_an_enterprise_does_not_differ_from_itself(facts: Facts, on: date) -> None:
    """The sentence says that nothing changes."""
    same = difference(facts, replace(facts), on)
    assert not same
    assert same.sentence == "义务没有变化。"


def test_one_more_person_is_told_in_one_sentence() -> None:
    """What comes with its article, and what goes."""
    changed = difference(a_factory(headcount=100), a_factory(headcount=101), TODAY)
    assert [duty.code for duty in changed.added] == ["I04-2"]
    assert [duty.code for duty in changed.removed] == ["I04-3"]
    law = "《安全生产法》（2021年修正）第二十四条第二款"
    assert changed.sentence == (
        f"再招 1 人，将新增义务：设安全管理机构或配专职安全管理人员，依据：{law}；"
        f"不再适用：配专职或兼职安全管理人员，依据：{law}。"
    )
    assert changed


def test_the_three_hundred_and_first_person_brings_a_chief_engineer() -> None:
    """By the town's notice; one person fewer takes it away again."""
    up = difference(a_factory(headcount=300), a_factory(headcount=301), TODAY)
    down = difference(a_factory(headcount=301), a_factory(headcount=300), TODAY)
    assert [duty.code for duty in up.added] == [duty.code for duty in down.removed] == ["T07"]
    assert "珍溪府发〔2021〕29号" in up.sentence
    assert down.sentence.startswith("减少 1 人，不再适用：设置安全总工程师")


def test_figures_alone_are_no_news() -> None:
    """From 101 to 102 people only the reason reads otherwise."""
    changed = difference(a_factory(headcount=101), a_factory(headcount=102), TODAY)
    assert [change.after.code for change in changed.changed] == ["I04-2"]
    assert changed.changed[0].words == ""
    assert not changed
    assert changed.sentence == "再招 1 人，义务没有变化。"


def test_a_new_officer_changes_a_state() -> None:
    """The duty stays, its state does not."""
    changed = difference(a_factory(headcount=101), a_factory(headcount=101, full_time_officers=1), TODAY)
    assert (changed.added, changed.removed) == ((), ())
    assert changed.sentence == (
        "专职安全管理人员由“0”变为“1”，有变化：设安全管理机构或配专职安全管理人员（状态由“未满足”变为“已满足”）。"
    )


def test_a_renewed_policy_moves_the_day() -> None:
    """A year later, and without news where it is valid on both."""
    insured = {"insured_from": date(2026, 1, 1)}
    first = a_smelter(**insured, insured_to=date(2026, 12, 31))
    words = difference(first, a_smelter(**insured, insured_to=date(2027, 12, 31)), TODAY).sentence
    assert "期限由“2026年12月31日”变为“2027年12月31日”" in words
    assert "状态由“待提供证明”变为“已满足”" in words


def test_causes_are_said_as_people_say_them() -> None:
    """Dangers and circumstances come and go, other facts change from one to another."""
    before = a_factory(tags=frozenset({Tag.DUST}), circumstances=frozenset({Circumstance.DORMITORY}))
    after = a_factory(
        tags=frozenset({Tag.AMMONIA}),
        is_smelter=True,
        insured_to=date(2027, 1, 2),
        certificates=(Certificate(None, date(2027, 1, 1)),),
    )
    assert changes_between(before, after) == (
        "金属冶炼企业由“否”变为“是”",
        "新增“涉氨制冷”",
        "不再“粉尘涉爆”",
        "不再“有员工宿舍”",
        "特种作业操作证由“0 本”变为“1 本”",
        "安责险到期日由“无”变为“2027年1月2日”",
    )


def test_what_stands_on_a_recalled_paper_says_so_in_the_sentence() -> None:
    """待核实 follows the citation wherever it is shown."""
    changed = difference(a_factory(), a_factory(certificates=(Certificate(None, date(2027, 1, 1)),)), TODAY)
    assert "〔待核实〕" in changed.sentence
