"""Generated papers and arbitrary text: the known tree comes back, and nothing is ever lost."""

import time

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from services.regulation.notices import NotANotice, Notice, Role, as_json, flaws, parse
from services.regulation.notices.text import fold, normalise
from tests.regulation.notices.notice_generator import Known, expected, notices, tight

THOROUGH = settings(
    max_examples=250, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)
FRAME = "".join(
    f"{line}\n" for line in ("珍溪府发〔2026〕1号", "关于印发2026年工作要点的通知", "各企业：", "一、重点任务")
)


def found(notice: Notice) -> list[Known]:
    """The items of a tree in the terms of the generator."""
    places = [index for index, node in enumerate(notice.nodes) if node.role in (Role.ITEM, Role.PARAGRAPH, Role.ROW)]
    items, shapes = [], as_json(notice)["nodes"]
    for index in places:
        node, data = notice.nodes[index], shapes[index]
        bound = tuple(data["owners"]) if "单位" in node.text else None
        numbers = tuple((str(n.value), n.unit, n.comparison.value) for n in node.numbers)
        above = None if node.parent is None else places.index(node.parent)
        items.append(
            Known(
                node.kind.value, above, tight(fold(node.heading)), tight(fold(node.text)), numbers, bound, data["due"]
            )
        )
    return items


def known(items: list[Known]) -> list[Known]:
    return [
        Known(item.kind, item.above, fold(item.heading), fold(item.text), item.numbers, item.owners, item.due)
        for item in expected(items)
    ]


@THOROUGH
@given(notices())
def test_every_generated_paper_gives_its_tree_back(generated: tuple[str, list[Known]]) -> None:
    """Whatever layout, numbering and damage: kinds, parents, headings, texts, numbers, owners and deadlines are those of the paper."""
    text, items = generated
    notice = parse(text)
    for one, other in zip(found(notice), known(items), strict=False):
        assert one == other
    assert len(found(notice)) == len(items)
    assert flaws(notice) == []
    assert notice.coverage == 1.0
    assert (notice.number, notice.issuer) == ("珍溪府发〔2026〕12号", "重庆市涪陵区珍溪镇人民政府")
    assert str(notice.date) == "2026-02-26"
    assert fold(notice.title or "") == "重庆市涪陵区珍溪镇人民政府关于印发2026年安全生产工作要点的通知"
    assert notice.addressees == ("各村（社区）", "各工贸企业")
    assert notice.copy_to == ("区安委会办公室",)
    cited = {fold(document.title) for document in notice.documents}
    assert cited <= {"安全生产法", fold("产业结构调整指导目录（2019年版）")}
    assert "安全生产法" in cited


def keeps_its_promises(text: str) -> None:
    try:
        notice = parse(text)
    except NotANotice as refusal:
        said = str(refusal)
    else:
        said = ""
        stands_whole(notice, text)
    assert not said or "请" in said


def stands_whole(notice: Notice, text: str) -> None:
    assert flaws(notice) == []
    assert notice.coverage == 1.0
    assert notice.text == normalise(text)
    as_json(notice)


@THOROUGH
@given(st.text(st.characters(), max_size=200))
def test_arbitrary_text_is_read_or_refused(text: str) -> None:
    """NUL, lone surrogates or anything else: the paper is read to its last character or refused in words."""
    keeps_its_promises(text)


PIECES = st.sampled_from(
    [
        "一、",
        "（一）",
        "1.",
        "——",
        "①",
        "第一条",
        "工作目标",
        "重点任务",
        "。",
        "：",
        "\n",
        "\n\n",
        "\t",
        " ",
        "附件1",
        "附件：",
        "抄送：",
        "《",
        "》",
        "〔2021〕",
        "3号",
        "2026年3月1日",
        "珍溪镇人民政府",
        "责任单位：镇应急办",
        "完成时限：13月底",
        "（",
        "）",
        "“",
        "”",
        "60%以上",
        "— 3 —",
        "百",
        "\x00",
        "�",
        "\ufeff",
        "1年内",
        "2起",
        "0",
    ]
)


@THOROUGH
@given(st.lists(PIECES, max_size=60), st.booleans())
def test_the_pieces_of_notices_in_any_order_are_read_or_refused(pieces: list[str], framed: bool) -> None:
    """Even a shuffled paper loses no character and breaks no promise."""
    keeps_its_promises((FRAME if framed else "") + "".join(pieces))


@pytest.mark.parametrize(
    "piece",
    [
        "《",
        "“",
        "1",
        "(",
        "责任单位：",
        "一二三",
        "镇区",
        "府〔2021〕",
        "。——",
        "附件1\n",
        "1.\n",
        "\t甲",
        "不少于",
        "百分之",
        "2026年",
    ],
)
def test_reading_time_grows_with_the_paper_and_not_faster(piece: str) -> None:
    """A paper of a hundred thousand characters built to be slow is read in a moment."""
    began = time.process_time()
    keeps_its_promises(FRAME + piece * (100_000 // len(piece)))
    assert time.process_time() - began < 15
