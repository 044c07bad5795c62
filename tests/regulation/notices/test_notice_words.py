"""Single words of a paper: signs, numbers, deadlines, owners and cited documents."""

from datetime import date

import pytest

from services.regulation.notices import Kind, Node, Role, parse
from services.regulation.notices.labels import Rank, label_of
from services.regulation.notices.numerals import whole_number
from services.regulation.notices.text import fold

HEAD = "珍溪府发〔2026〕1号\n关于印发2026年工作要点的通知\n各企业：\n三、重点任务\n"


def task(words: str) -> Node:
    """A task of 2026 with these words."""
    return next(node for node in parse(f"{HEAD}1. 抓落实。{words}\n").nodes if node.kind is Kind.TASK)


@pytest.mark.parametrize(
    ("words", "rank", "ordinal"),
    [
        ("一、总体思路", Rank.CHINESE, 1),
        ("十二、附则", Rank.CHINESE, 12),
        ("一．总体思路", Rank.CHINESE, 1),
        ("（三）抓责任", Rank.CHINESE_IN_BRACKETS, 3),
        ("(三)抓责任", Rank.CHINESE_IN_BRACKETS, 3),
        ("㈢抓责任", Rank.CHINESE_IN_BRACKETS, 3),
        ("8.提高水平", Rank.ARABIC, 8),
        ("\uff11\uff16．发挥作用", Rank.ARABIC, 16),
        ("1、强化", Rank.ARABIC, 1),
        ("⒋淘汰", Rank.ARABIC, 4),
        ("3.2021年全镇达标", Rank.ARABIC, 3),
        ("（2）核查", Rank.ARABIC_IN_BRACKETS, 2),
        ("2）核查", Rank.ARABIC_IN_BRACKETS, 2),
        ("⑵核查", Rank.ARABIC_IN_BRACKETS, 2),
        ("②登记", Rank.CIRCLED, 2),
        ("第十一条 检查", Rank.ARTICLE, 11),
        ("第三章　保障", Rank.CHAPTER, 3),
        ("第二部分 任务", Rank.CHAPTER, 2),
        ("第一节 责任", Rank.SECTION, 1),
        ("——事故控制", Rank.DASH, None),
        ("－－事故控制", Rank.DASH, None),
    ],
)
def test_every_sign_that_papers_use_opens_an_item(words: str, rank: Rank, ordinal: int | None) -> None:
    """A sign is known by its form, full-width or not, with or without a blank."""
    label = label_of(fold(words))
    assert label is not None
    assert (label.rank, label.ordinal) == (rank, ordinal)


@pytest.mark.parametrize(
    "words",
    [
        "1年内累计2起",
        "2021年，正常生产",
        "3.5米以上",
        "12350热线",
        "100人以下的",
        "第一条件是",
        "十四五规划",
        "一是落实",
        "依据规定",
        "2021.3.15",
    ],
)
def test_what_only_looks_like_a_sign_opens_nothing(words: str) -> None:
    """Years, decimals, quantities and words that begin alike belong to the sentence."""
    assert label_of(fold(words)) is None


@pytest.mark.parametrize(
    ("words", "value"),
    [
        ("十", 10),
        ("十六", 16),
        ("二十", 20),
        ("一百零五", 105),
        ("两", 2),
        ("二〇二六", 2026),
        ("12", 12),
        ("甲", None),
        ("", None),
    ],
)
def test_chinese_numerals_have_their_value(words: str, value: int | None) -> None:
    """Counting words and year digits are both read."""
    assert whole_number(words) == value


@pytest.mark.parametrize(
    ("words", "numbers"),
    [
        ("达标率60%以上。", [("60", "%", "≥")]),
        ("达标率达到６０％以上。", [("60", "%", "≥")]),
        ("达标率不低于百分之六十。", [("60", "%", "≥")]),
        ("投保率达100%。", [("100", "%", "=")]),
        ("超过100人的企业。", [("100", "人", ">")]),
        ("100人以下的企业。", [("100", "人", "≤")]),
        ("不少于2名。", [("2", "名", "≥")]),
        ("不超过3起。", [("3", "起", "≤")]),
        ("不足5家的。", [("5", "家", "<")]),
        ("检查30余家。", [("30", "家", ">")]),
        ("十五日内办结。", [("15", "日", "≤")]),
        ("5个工作日内公示。", [("5", "个工作日", "≤")]),
        ("配备两名人员，核查三类企业。", [("2", "名", "="), ("3", "类", "=")]),
        ("每季度1次。", [("1", "次", "=")]),
        ("抽查3至5家。", [("3", "家", "≥"), ("5", "家", "≤")]),
        ("罚款10万元以下。", [("10", "万元", "≤")]),
        ("从业人员 100\n人以下的。", [("100", "人", "≤")]),
        ("落实三个必须，推进三年行动和五个一批。", []),
        ("拨打“12350”，落实“双随机、一公开”。", []),
        ("“十四五”开局，迎接建党100周年。", []),
        ("依据涪府发〔2021〕7号文件。", []),
        ("2026年6月30日前完成，3月启动。", []),
        ("进一步压实一线责任，一般事故。", []),
        ("第3批、第二季度。", []),
        ("每月25日前报送。", []),
    ],
)
def test_numbers_carry_unit_and_comparison(words: str, numbers: list[tuple[str, str, str]]) -> None:
    """What the paper sets is found; dates, slogans, hotlines and document numbers are not."""
    assert [(str(n.value), n.unit, n.comparison.value) for n in task(words).numbers] == numbers


def test_a_count_within_a_period_is_one_number_with_a_window() -> None:
    """2起 within 1年 is not two numbers."""
    (number,) = task("1年内累计发生2起及以上事故的。").numbers
    assert number.window is not None
    assert (str(number.value), str(number.window.value), number.window.unit) == ("2", "1", "年")


@pytest.mark.parametrize(
    ("words", "day"),
    [
        ("2026年6月底前", date(2026, 6, 30)),
        ("6月底前", date(2026, 6, 30)),
        ("2月底前", date(2026, 2, 28)),
        ("2028年2月底", date(2028, 2, 29)),
        ("11月15日前", date(2026, 11, 15)),
        ("十一月十五日前", date(2026, 11, 15)),
        ("6月中旬", date(2026, 6, 20)),
        ("上半年", date(2026, 6, 30)),
        ("第三季度", date(2026, 9, 30)),
        ("一季度", date(2026, 3, 31)),
        ("年底前", date(2026, 12, 31)),
        ("全年", date(2026, 12, 31)),
        ("2027年", date(2027, 12, 31)),
        ("明年3月底前", date(2027, 3, 31)),
        ("2026-09-01", date(2026, 9, 1)),
        ("3月底、9月底前", date(2026, 9, 30)),
        ("每季度", None),
        ("每月25日前", None),
        ("每年6月底前", None),
        ("长期坚持", None),
        ("13月底前", None),
        ("2月30日前", None),
    ],
)
def test_deadlines_are_counted_in_the_year_of_the_paper(words: str, day: date | None) -> None:
    """A deadline has its last day; what recurs, or names no day that exists, keeps its words."""
    due = task(f"开展检查。（责任单位：镇应急办；完成时限：{words}）").due
    assert due is not None
    assert (due.words, due.on) == (words, day)


def test_a_deadline_in_running_text_counts_where_none_is_set_off() -> None:
    """于6月底前完成 is a deadline, 今年以来 is none."""
    due = task("于6月底前完成排查，12月15日前完成整改。").due
    assert due is not None
    assert due.on == date(2026, 12, 15)
    assert task("2026年继续开展检查。").due is None


@pytest.mark.parametrize(
    ("words", "owners"),
    [
        ("（责任单位：镇应急办、派出所；完成时限：6月底前）", ["镇应急办", "派出所"]),
        ("(责任单位:镇应急办,派出所)", ["镇应急办", "派出所"]),
        ("（牵头单位：镇经发办；配合单位：市场监管所、各村（社区））", ["镇经发办", "市场监管所", "各村（社区）"]),
        ("（责任单位：镇应急办（牵头）、派出所按职责分工负责）", ["镇应急办", "派出所"]),
        ("\n责任单位：镇应急办\n完成时限：6月底前", ["镇应急办"]),
        ("由镇应急办配合经济和信息化部门检查。", ["镇应急办", "经济和信息化部门"]),
        ("各行业部门、保险机构和企业主要负责人参加。", ["各行业部门", "保险机构", "企业主要负责人"]),
        ("细化考核办法。", []),
    ],
)
def test_owners_are_those_set_off_else_those_named(words: str, owners: list[str]) -> None:
    """Brackets at the end of an item bind; without them the actors of the text are proposed."""
    assert [owner.name for owner in task(words).owners] == owners


@pytest.mark.parametrize(
    ("words", "documents"),
    [
        ("依据《安全生产法》。", [("安全生产法", None, None)]),
        ("依据《中华人民共和国安全生产法》《安全生产法》。", [("中华人民共和国安全生产法", None, None)]),
        (
            "按《关于印发〈年度计划〉的通知》（涪府发[2025]7号）。",
            [("关于印发〈年度计划〉的通知", "涪府发〔2025〕7号", 2025)],
        ),
        (
            "按《关于印发《年度计划》的通知》【涪府发〔2025〕7号】。",
            [("关于印发《年度计划》的通知", "涪府发〔2025〕7号", 2025)],
        ),
        ("按《目录》（2015年版）。", [("目录", None, 2015)]),
        ("按照涪安办发（2025）14号文件。", [("", "涪安办发〔2025〕14号", 2025)]),
        ("按《标准》（应急管理部令第10号）。", [("标准", "应急管理部令第10号", None)]),
        ("落实《2026年工作要点》和珍溪府发〔2026〕1号。", []),
        ("未完的《标题", []),
    ],
)
def test_documents_are_cited_once_with_number_and_year(
    words: str, documents: list[tuple[str, str | None, int | None]]
) -> None:
    """Brackets of any kind and nested titles are understood; the paper does not cite itself."""
    notice = parse(f"{HEAD}1. 抓落实。{words}\n")
    assert [(document.title, document.number, document.year) for document in notice.documents] == documents


def test_a_heading_broken_by_a_line_end_is_joined_where_its_kin_show_how() -> None:
    """Items that write 标题。正文 on one line tell where a torn heading ends."""
    notice = parse(HEAD + "1. 抓责任。逐级压实。\n2. 抓检\n查整改。逐家检查。\n3. 抓培训。逐人培训。\n")
    assert [node.heading for node in notice.nodes if node.kind is Kind.TASK] == ["抓责任", "抓检查整改", "抓培训"]


def test_headings_on_lines_of_their_own_stay_apart_from_the_text() -> None:
    """Items that write the heading on its own line keep the short first sentence as text."""
    notice = parse(HEAD + "1. 抓责任\n逐级压实。\n2. 抓检查\n逐家检查。\n")
    assert [(node.heading, node.text) for node in notice.nodes if node.kind is Kind.TASK] == [
        ("抓责任", "逐级压实。"),
        ("抓检查", "逐家检查。"),
    ]


def test_targets_without_signs_are_the_paragraphs_of_their_section() -> None:
    """Where 工作目标 numbers nothing, each paragraph is a target."""
    notice = parse(
        "关于印发2026年工作要点的通知\n一、工作目标\n事故控制。全年零死亡。\n标准化。达标率60%以上。\n二、重点任务\n（一）抓检查。逐家检查。\n"
    )
    targets = [node for node in notice.nodes if node.kind is Kind.TARGET]
    assert [(node.heading, node.role) for node in targets] == [("事故控制", Role.PARAGRAPH), ("标准化", Role.PARAGRAPH)]


def test_measures_are_the_sentences_of_an_item() -> None:
    """Each sentence or clause is a measure that knows where it stands; the bracket with the owners is none."""
    node = task("建立清单；逐项销号。一是检查，二是复查。（责任单位：镇应急办）")
    assert [measure.text for measure in node.measures] == ["建立清单；", "逐项销号。", "一是检查，", "二是复查。"]


def test_a_sign_in_the_middle_of_a_broken_sentence_opens_nothing() -> None:
    """（二）项 after a line end in the middle of a sentence belongs to the sentence."""
    notice = parse(
        HEAD
        + "1. 抓检查。对违反有关办法、规程、标准和制度规定，特别是其中第八条\n（二）项规定的企业从严处理。\n2. 抓培训。逐人培训。\n"
    )
    assert [node.heading for node in notice.nodes if node.kind is not Kind.TEXT] == ["重点任务", "抓检查", "抓培训"]


def test_a_task_keeps_its_steps_below_it_though_its_heading_has_a_line_of_its_own() -> None:
    """Below chapter and group stand tasks, and below a task stand texts."""
    notice = parse(HEAD + "（一）抓责任\n1. 理清链条\n（1）编制清单。\n（2）告知企业。\n")
    assert [(node.heading, node.kind.value) for node in notice.nodes[-5:]] == [
        ("重点任务", "section"),
        ("抓责任", "section"),
        ("理清链条", "task"),
        ("编制清单", "text"),
        ("告知企业", "text"),
    ]


def test_an_attachment_goes_on_after_a_note_inside_it() -> None:
    """What an attachment numbers is never taken for an item of the body."""
    notice = parse(HEAD + "1. 抓检查。逐家检查。\n附件1\n检查表\n（此件公开发布）\n2. 查记录\n抄送：区安委办。\n")
    assert [node.heading for node in notice.nodes if node.role is Role.ITEM] == ["重点任务", "抓检查"]
