"""Whole papers: what a town's notice says is found, all of it, and nothing else."""

from datetime import date

import pytest

from services.regulation.notices import Kind, NotANotice, Notice, Role, as_json, demo_plan, flaws, from_json, parse
from services.regulation.notices.text import normalise


def kinds(notice: Notice, kind: Kind) -> list[str]:
    return [node.heading for node in notice.nodes if node.kind is kind]


def sections_with(notice: Notice, kind: Kind) -> set[int | None]:
    return {node.parent for node in notice.nodes if node.kind is kind}


def numbers(notice: Notice, heading: str) -> list[tuple[str, str, str]]:
    node = next(node for node in notice.nodes if node.heading == heading)
    return [(str(number.value), number.unit, number.comparison.value) for number in node.numbers]


def owners(notice: Notice, heading: str) -> list[str]:
    return [owner.name for node in notice.nodes if node.heading == heading for owner in node.owners]


def stands_whole(notice: Notice) -> None:
    assert flaws(notice) == []
    assert notice.coverage == 1.0
    assert "".join(notice.text[slice(*node.span)] for node in notice.nodes) == notice.text
    assert from_json(as_json(notice), notice.text) == notice


def test_the_notice_of_zhenxi_becomes_its_plan(real_notice: str) -> None:
    """珍溪府发〔2021〕29号 has 3 targets, 16 tasks in 6 sections, 3 requirements, and cites ten documents."""
    notice = parse(real_notice)
    stands_whole(notice)
    assert notice.issuer == "重庆市涪陵区珍溪镇人民政府"
    assert notice.number == "珍溪府发〔2021〕29号"
    assert notice.date == date(2021, 3, 15)
    assert notice.title == "重庆市涪陵区珍溪镇人民政府关于印发2021年全镇工贸行业安全生产工作要点的通知"
    assert notice.addressees == ("镇属（辖）有关部门", "各工贸企业")
    assert notice.copy_to == ("区安委会办公室",)
    assert kinds(notice, Kind.TARGET) == ["事故控制", "三年行动", "标准化创建"]
    assert kinds(notice, Kind.REQUIREMENT) == ["组织领导", "目标管理", "工作作风"]
    tasks = [node for node in notice.nodes if node.kind is Kind.TASK]
    assert [task.label for task in tasks] == [f"{number}." for number in range(1, 17)]
    assert len(sections_with(notice, Kind.TASK)) == 6
    assert kinds(notice, Kind.TASK)[9] == "严格监管执法与标准化评审“二合一”"


def test_the_notice_of_zhenxi_cites_ten_documents_besides_itself(real_notice: str) -> None:
    """Two parent notices, a law, five catalogues and two sets of rules are cited; its own title does not count."""
    documents = parse(real_notice).documents
    assert [document.number for document in documents if document.number] == [
        "涪陵府发〔2021〕7号",
        "涪安办发〔2021〕14号",
    ]
    words = [
        "安全生产法",
        "金属冶炼企业禁止",
        "安全技术装备目录",
        "安全技术工艺",
        "产业结构调整",
        "岗位达标管理办法",
        "金属冶炼目录",
        "举报奖励办法",
    ]
    assert all(word in document.title for word, document in zip(words, documents[2:], strict=True))
    assert [document.year for document in documents] == [2021, 2021, None, None, 2015, 2016, 2019, None, 2015, None]
    assert all(real_notice[slice(*document.span)].startswith("《") for document in documents)


def test_the_notice_of_zhenxi_sets_its_numbers(real_notice: str) -> None:
    """Rates, staffing, thresholds, items and counts within a year carry unit and comparison; slogans and hotlines are no numbers."""
    notice = parse(real_notice)
    assert numbers(notice, "标准化创建") == [("60", "%", "≥")]
    assert numbers(notice, "配齐配强基层监管力量") == [("2", "名", "=")]
    assert numbers(notice, "完善机构人员做实企业主体责任") == [
        ("100", "人", ">"),
        ("100", "人", "≤"),
        ("300", "人", ">"),
    ]
    assert [pair[:2] for pair in numbers(notice, "开展三类重点企业专项执法行动") if pair[1] == "项"] == [
        ("6", "项"),
        ("7", "项"),
        ("8", "项"),
        ("4", "项"),
    ]
    assert numbers(notice, "推进安全责任保险") == [("100", "%", "=")]
    twice = next(node for node in notice.nodes if node.heading.startswith("实施联合惩戒")).numbers
    assert [
        (str(n.value), n.unit, n.comparison.value, n.window and f"{n.window.value}{n.window.unit}") for n in twice
    ] == [
        ("2", "起", "≥", "1年"),
        ("2", "起", "=", "1年"),
    ]
    for heading in (
        "发挥群众举报监督作用",
        "总体思路",
        "三年行动",
        "遵循“三个坚持”落实企业主体责任",
        "开展执法攻坚行动",
    ):
        assert numbers(notice, heading) == [], heading
    assert "镇应急办" in owners(notice, "配齐配强基层监管力量")
    assert "经济和信息化部门" in owners(notice, "坚决淘汰落后产能工艺设备")
    assert {"应急部门", "各行业部门"} <= set(owners(notice, "强化监管部门责任链条"))
    assert "保险机构" in owners(notice, "推进安全责任保险")


def test_a_paper_of_the_same_form_becomes_its_plan(sample_notice: str) -> None:
    """清溪府发〔2023〕8号 is read as fully as the notice of 珍溪镇."""
    notice = parse(sample_notice)
    stands_whole(notice)
    assert (notice.issuer, notice.number) == ("重庆市涪陵区清溪镇人民政府", "清溪府发〔2023〕8号")
    assert (notice.date, notice.year) == (date(2023, 2, 20), 2023)
    assert notice.title == "重庆市涪陵区清溪镇人民政府关于印发2023年全镇工贸企业安全监管工作要点的通知"
    assert notice.addressees == ("各村（社区）", "镇属（辖）有关部门", "各工贸企业")
    assert notice.copy_to == ("区安委会办公室",)
    assert kinds(notice, Kind.TARGET) == ["事故控制", "集中整治", "标准化创建"]
    assert kinds(notice, Kind.REQUIREMENT) == ["组织领导", "目标管理", "工作作风"]
    assert len(kinds(notice, Kind.TASK)) == 16
    assert len(sections_with(notice, Kind.TASK)) == 6
    assert [document.title for document in notice.documents] == [
        "关于做好2023年全区安全生产工作的通知",
        "关于印发〈2023年工贸行业监管计划〉的通知",
        "安全生产法",
        "淘汰落后安全技术装备目录（2015年第一批）",
        "淘汰落后安全技术工艺、设备目录（2016年）",
        "产业结构调整指导目录（2019年版）",
        "企业安全生产标准化建设定级办法",
        "危险化学品目录",
        "金属冶炼目录",
        "安全生产领域举报奖励办法",
    ]
    assert numbers(notice, "配足安全人员") == [("100", "人", ">"), ("100", "人", "≤")]
    assert numbers(notice, "编制检查计划") == [("15", "日", "≤")]
    assert numbers(notice, "用好举报热线") == []
    assert numbers(notice, "总体思路") == []


@pytest.mark.parametrize("year", [2024, 2026, 2031])
def test_our_own_plan_of_the_year_reads_like_any_other(year: int) -> None:
    """The plan for demonstrations has owners and a deadline in its year for each of its 16 tasks."""
    notice = parse(demo_plan(year))
    stands_whole(notice)
    assert (notice.number, notice.year) == (f"珍溪府发〔{year}〕12号", year)
    assert [len(kinds(notice, kind)) for kind in (Kind.TARGET, Kind.TASK, Kind.REQUIREMENT)] == [3, 16, 3]
    assert len(sections_with(notice, Kind.TASK)) == 6
    for task in (node for node in notice.nodes if node.kind is Kind.TASK):
        assert task.owners, task.heading
        assert task.due, task.heading
        assert task.due.on is None or task.due.on.year == year
        assert task.measures, task.heading
    assert ("60", "%", "≥") in numbers(notice, "标准化建设")
    assert "各村（社区）" in owners(notice, "开展集镇周边小微企业集中整治")
    assert "{" not in notice.text


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "没有文字"),
        (" \n\x00\u3000\n", "没有文字"),
        ("今天天气很好，我们去爬山。", "没有找到标题"),
        ("重庆市涪陵区珍溪镇人民政府关于做好防汛工作的通知\n各村：\n请做好防汛工作。", "分条的内容"),
        ("一、买菜\n二、做饭", "没有找到标题"),
    ],
)
def test_what_is_no_notice_is_refused_with_a_sentence_that_helps(text: str, words: str) -> None:
    """Whoever uploads another paper is told what is missing and what to upload."""
    with pytest.raises(NotANotice, match=words) as refusal:
        parse(text)
    assert "请上传" in str(refusal.value)


def test_a_list_of_names_is_refused_for_its_length() -> None:
    """A ledger of many thousand lines is no plan of the year."""
    with pytest.raises(NotANotice, match="台账"):
        parse("关于印发2026年工作要点的通知\n" + "1. 某企业\n" * 30_001)


def test_line_ends_of_any_system_give_the_same_tree(sample_notice: str) -> None:
    """Spans count characters of the normalised text, so a paper from Windows gives the same ones."""
    assert (
        parse(sample_notice.replace("\n", "\r\n")) == parse(sample_notice) == parse(sample_notice.replace("\n", "\r"))
    )
    assert normalise("一\r\n二\r三\x0c四\u2028五") == "一\n二\n三\n四\n五"


def test_page_numbers_belong_to_a_node_but_not_to_its_words(sample_notice: str) -> None:
    """A page number in the middle of a sentence is accounted for and named, and the sentence reads on without it."""
    broken = sample_notice.replace("以联合执法、约谈", "以联合\n\n— 3 —\n\n执法、约谈").replace(
        "全部上墙", "全部\n第 4 页 共 8 页\n上墙"
    )
    notice = parse(broken)
    stands_whole(notice)
    assert [node.text for node in notice.nodes] == [node.text for node in parse(sample_notice).nodes]
    assert [broken[slice(*mark)] for mark in notice.page_marks] == ["— 3 —", "第 4 页 共 8 页"]


def test_attachments_and_tables_stay_visible_and_make_no_items(sample_notice: str) -> None:
    """A list of attachments, their tables and the signature below the items are texts of their own."""
    start = sample_notice.index("抄送：")
    tail = "附件：1.任务分解表\n      2.检查记录表\n\n重庆市涪陵区清溪镇人民政府\n2023年2月20日\n\n附件1\n任务分解表\n序号\t任务\t责任单位\n1.\t配强力量\t镇应急办\n\n"
    notice = parse(sample_notice[:start] + tail + sample_notice[start:])
    stands_whole(notice)
    assert len(kinds(notice, Kind.TASK)) == 16
    assert len(kinds(notice, Kind.REQUIREMENT)) == 3
    after = [node for node in notice.nodes if node.span[0] >= start]
    assert [node.role for node in after] == [
        Role.ATTACHMENT,
        Role.SIGNATURE,
        Role.DATE,
        Role.ATTACHMENT,
        Role.COPY_TO,
        Role.IMPRINT,
    ]
    assert all(node.kind is Kind.TEXT and node.parent is None for node in after)


@pytest.mark.parametrize("sign", ["1", "1.", "一、"])
def test_the_rows_of_a_table_of_tasks_are_tasks(sign: str) -> None:
    """Where the body lists its tasks in a table, each row below the first is one, with owners and deadline from its cells."""
    text = (
        "清溪府发〔2026〕8号\n关于印发2026年安全生产工作要点的通知\n各企业：\n一、重点任务\n按下表执行。\n"
        f"序号\t工作任务\t责任单位\t完成时限\n{sign}\t检查粉尘企业\t镇应急办、派出所\t6月底前\n2\t培训\t镇文化服务中心\t年底前\n"
        "二、工作要求\n（一）组织领导。抓好落实。\n"
    )
    notice = parse(text)
    stands_whole(notice)
    tasks = [node for node in notice.nodes if node.kind is Kind.TASK and node.role is Role.ROW]
    assert [(task.label, task.heading) for task in tasks] == [(sign, "检查粉尘企业"), ("2", "培训")]
    assert [[owner.name for owner in task.owners] for task in tasks] == [["镇应急办", "派出所"], ["镇文化服务中心"]]
    assert [task.due and task.due.on for task in tasks] == [date(2026, 6, 30), date(2026, 12, 31)]


def test_numbers_that_a_word_processor_parts_by_tabs_are_items_and_no_table() -> None:
    """An automatic number followed by a tab opens an item, line after line."""
    notice = parse("关于印发2026年工作要点的通知\n一、\t重点任务\n1.\t抓检查。逐家检查。\n2.\t抓培训。逐人培训。\n")
    assert kinds(notice, Kind.TASK) == ["抓检查", "抓培训"]


def test_the_shape_for_machines_is_the_promised_one(sample_notice: str) -> None:
    """Consumers find every promised key, in plain values."""
    data = as_json(parse(sample_notice))
    assert {"issuer", "number", "title", "addressees", "date", "copy_to", "coverage", "documents", "nodes"} <= set(data)
    assert data["date"] == "2023-02-20"
    assert set(data["documents"][0]) == {"title", "number", "year", "span"}
    node = next(node for node in data["nodes"] if node["heading"] == "配强监管力量")
    assert {"kind", "parent", "label", "heading", "text", "numbers", "owners", "due", "documents", "span"} <= set(node)
    assert node["numbers"][0] | {"span": None} == {
        "value": 2,
        "unit": "名",
        "comparison": "=",
        "window": None,
        "span": None,
    }
    assert node["kind"] == "task"
    assert data["nodes"][node["parent"]]["heading"] == "抓责任，补齐监管短板"
