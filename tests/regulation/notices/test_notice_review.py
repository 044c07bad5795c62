"""Putting the tree right by hand: whatever is parted, joined or moved, the paper stays whole."""

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.regulation.notices import (
    CannotRearrange,
    Kind,
    Notice,
    as_json,
    coverage,
    edit,
    flaws,
    from_json,
    merge,
    parse,
    reassign,
    split,
)
from services.regulation.notices.tree import open_nodes

PAPER = parse((Path(__file__).parent / "samples" / "qingxi-2023-8.txt").read_text(encoding="utf-8"))


def place(notice: Notice, heading: str) -> int:
    return next(index for index, node in enumerate(notice.nodes) if node.heading == heading)


def test_a_task_is_parted_into_two_tasks() -> None:
    """The second half begins where the reader pointed, stands under the same section and is read anew."""
    index = place(PAPER, "配强监管力量")
    parted = split(PAPER, index, PAPER.text.index("不足部分购买服务"))
    first, second = parted.nodes[index : index + 2]
    assert (first.kind, second.kind) == (Kind.TASK, Kind.TASK)
    assert first.parent == second.parent == place(PAPER, "抓责任，补齐监管短板")
    assert first.heading == "配强监管力量"
    assert [str(number.value) for number in first.numbers] == ["2"]
    assert second.numbers == ()
    assert second.heading == "不足部分购买服务补充"
    assert flaws(parted) == []


def test_parting_and_joining_gives_the_paper_back() -> None:
    """Joining the halves of a parted leaf restores the tree."""
    index = place(PAPER, "配强监管力量")
    assert merge(split(PAPER, index, PAPER.text.index("不足部分购买服务")), index + 1) == PAPER


def test_the_rest_of_a_section_becomes_a_text_under_it() -> None:
    """A section that is parted keeps its items."""
    index = place(PAPER, "重点任务")
    parted = split(PAPER, index, PAPER.nodes[index].span[0] + 3)
    assert parted.nodes[index + 1].kind is Kind.TEXT
    assert parted.nodes[index + 1].parent == index
    assert flaws(parted) == []
    assert sum(node.kind is Kind.TASK for node in parted.nodes) == 16


def test_joining_the_heading_of_a_section_hands_its_tasks_to_the_section_above() -> None:
    """No task is lost or hidden under another task when a group is joined away."""
    index = place(PAPER, "抓基础，改善安全条件")
    joined = merge(PAPER, index)
    assert flaws(joined) == []
    assert len(joined.nodes) == len(PAPER.nodes) - 1
    assert joined.nodes[place(joined, "整治小微企业")].parent == place(joined, "抓责任，补齐监管短板")


def test_a_text_is_made_a_target_and_a_section_a_task() -> None:
    """What the parser could not know is told by hand; what a task cannot hold moves up."""
    index = place(PAPER, "总体思路")
    assert reassign(PAPER, index, kind=Kind.TARGET).nodes[index].kind is Kind.TARGET
    group = place(PAPER, "抓责任，补齐监管短板")
    changed = reassign(PAPER, group, kind=Kind.TASK)
    assert flaws(changed) == []
    assert changed.nodes[group + 1].parent == place(PAPER, "重点任务")


def test_a_part_of_the_frame_becomes_an_item_when_told() -> None:
    """The introduction may be taken for a text of the plan, and is then read as an item."""
    index = next(i for i, node in enumerate(PAPER.nodes) if node.text.startswith("为落实区政府"))
    changed = reassign(PAPER, index, kind=Kind.TASK)
    assert changed.nodes[index].owners != ()
    assert flaws(changed) == []


def test_a_task_moves_under_another_open_section() -> None:
    """The level changes to one that is open at this place, and to no other."""
    index = place(PAPER, "整治小微企业")
    moved = reassign(PAPER, index, kind=Kind.TASK, parent=place(PAPER, "重点任务"))
    assert moved.nodes[index].parent == place(PAPER, "重点任务")
    assert flaws(moved) == []
    with pytest.raises(CannotRearrange, match="上级"):
        reassign(PAPER, index, kind=Kind.TASK, parent=place(PAPER, "总体思路"))
    with pytest.raises(CannotRearrange, match="只能放正文"):
        reassign(PAPER, index + 1, kind=Kind.TASK, parent=index)


def test_heading_owners_and_deadline_are_written_by_hand() -> None:
    """Only the annotation changes, it survives a later parting, and None leaves a value as it is."""
    index = place(PAPER, "配强监管力量")
    edited = edit(PAPER, index, heading=" 增配  人员 ", owners=["镇党政办、镇应急办"], due="6月底前")
    node = edited.nodes[index]
    assert node.heading == "增配 人员"
    assert [owner.name for owner in node.owners] == ["镇党政办", "镇应急办"]
    assert node.due is not None
    assert str(node.due.on) == "2023-06-30"
    assert replace(node, heading="", owners=(), due=None, edited=frozenset()) == replace(
        PAPER.nodes[index], heading="", owners=(), due=None
    )
    parted = split(edited, index, PAPER.text.index("不足部分购买服务"))
    assert parted.nodes[index].heading == "增配 人员"
    assert parted.nodes[index].due == node.due
    assert edit(edited, index, owners=[], due="").nodes[index].due is None


@pytest.mark.parametrize(
    "act",
    [
        lambda: merge(PAPER, 0),
        lambda: merge(PAPER, 999),
        lambda: split(PAPER, 3, 0),
        lambda: edit(PAPER, -1, heading="无"),
    ],
)
def test_what_cannot_be_done_is_refused_in_words(act: object) -> None:
    """A stale page or a senseless place gets a sentence that says what to do."""
    with pytest.raises(CannotRearrange, match=r"请|没有可以合并"):
        act()  # type: ignore[operator]


def steps() -> Notice:
    return parse(
        "关于印发2026年工作要点的通知\n一、重点任务\n（一）抓检查。逐家检查，逐项核对。\n1. 编制清单。\n2. 告知企业。\n"
    )


def test_the_steps_of_a_parted_task_stay_with_it() -> None:
    """The rest of the task and its steps all stand under the task."""
    notice = steps()
    task = place(notice, "抓检查")
    parted = split(notice, task, notice.text.index("逐项核对"))
    assert [node.parent for node in parted.nodes[task + 1 :]] == [task, task, task]


def test_a_text_left_behind_by_a_moved_one_stands_beside_it() -> None:
    """Moving the first step to the top of the paper never hides the second step under the first."""
    notice = steps()
    moved = reassign(notice, place(notice, "编制清单"), kind=Kind.TEXT, parent=None)
    assert [node.parent for node in moved.nodes[-2:]] == [None, None]


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_no_sequence_of_acts_loses_a_character(data: st.DataObject) -> None:
    """After each of any acts the spans partition the paper, parents are open, and saving and loading gives the same tree."""
    notice = PAPER
    for _ in range(data.draw(st.integers(1, 6))):
        notice = some_act(notice, data)
        assert flaws(notice) == []
        assert notice.coverage == 1.0
        assert notice.text == PAPER.text
    assert from_json(as_json(notice), notice.text) == notice


def some_act(notice: Notice, data: st.DataObject) -> Notice:
    index = data.draw(st.integers(0, len(notice.nodes) - 1))
    act = data.draw(st.sampled_from(["split", "merge", "reassign", "edit"]))
    try:
        if act == "split":
            start, stop = notice.nodes[index].span
            return split(notice, index, data.draw(st.integers(start, stop)))
        if act == "merge":
            return merge(notice, index)
        if act == "edit":
            return edit(
                notice,
                index,
                heading=data.draw(st.text(max_size=5)),
                due=data.draw(st.sampled_from(["", "年底前", "每月"])),
            )
        kind = data.draw(st.sampled_from(Kind))
        above = data.draw(st.sampled_from([None, *open_nodes(notice.nodes, index)]))
        return (
            reassign(notice, index, kind=kind, parent=above)
            if data.draw(st.booleans())
            else reassign(notice, index, kind=kind)
        )
    except CannotRearrange:
        return notice


@pytest.mark.parametrize(
    ("spans", "share"),
    [([(0, 10)], 1.0), ([(0, 4), (5, 10)], 0.9), ([(0, 6), (5, 10)], 0.9), ([], 0.0), ([(0, 10), (0, 10)], 0.0)],
)
def test_coverage_is_counted_and_not_claimed(spans: list[tuple[int, int]], share: float) -> None:
    """A gap and an overlap both lower the share of characters that lie in exactly one node."""
    assert coverage(10, spans) == share


def test_a_broken_tree_is_noticed() -> None:
    """Gaps, closed parents and parents that cannot hold the child are named."""
    nodes = list(PAPER.nodes)
    gap = replace(PAPER, nodes=(*nodes[:3], *nodes[4:]))
    closed = replace(PAPER, nodes=(*nodes[:-1], replace(nodes[-1], parent=0)))
    held = replace(PAPER, nodes=tuple(replace(node, kind=Kind.TASK) for node in nodes))
    assert all(flaws(broken) for broken in (gap, closed, held))
