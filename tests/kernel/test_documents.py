"""A notice is read as its reader saw it, from Word or from plain text."""

import codecs
import os
from io import BytesIO
from pathlib import Path

import docx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.kernel.documents import read_notice
from services.kernel.documents.numerals import spell
from tests.kernel.paper import a_word_file, level, lists, p, r, table

OWN_NOTICE = """某某镇人民政府文件

某镇府发〔2026〕1号

一、总体思路
坚持人民至上、生命至上，抓好工贸行业安全生产。
二、重点任务
（一）夯实基础
1. 压实责任。各部门分工负责，2026年6月30日前完成。
2. 配齐力量。落实2名专职人员，达标率60%以上。
"""
BESIDE = Path(__file__).parents[3] / "shared" / "notices"
NOTICES = Path(os.environ.get("ANZHEN_NOTICES", BESIDE))
TEXTS = [OWN_NOTICE, *(path.read_text(encoding="utf-8") for path in sorted(NOTICES.glob("*.txt")))]
WORDS = st.text(st.sampled_from("安全生产工贸企业0123，。（）abc"), min_size=1, max_size=30)
TOWN_LIST = lists(
    level(0, "chineseCountingThousand", "%1、"),
    level(1, "chineseCounting", "（%2）"),
    level(2, "decimal", "%3."),
    level(3, "decimalEnclosedCircleChinese", "%4"),
)


def lines_of(*blocks: str, numbering: str = "", styles: str = "") -> list[str]:
    return read_notice(a_word_file(*blocks, numbering=numbering, styles=styles), "通知.docx").text.split("\n")


@pytest.mark.parametrize("text", TEXTS)
@pytest.mark.parametrize(
    ("encode", "encoding"),
    [
        (lambda text: text.encode(), "utf-8"),
        (lambda text: codecs.BOM_UTF8 + text.encode(), "utf-8-sig"),
        (lambda text: text.encode("utf-16"), "utf-16"),
        (lambda text: codecs.BOM_UTF16_BE + text.encode("utf-16-be"), "utf-16"),
        (lambda text: text.encode("gb18030"), "gb18030"),
        (lambda text: text.replace("\n", "\r\n").encode("gb18030"), "gb18030"),
    ],
)
def test_a_plain_notice_reads_alike_in_every_encoding(text: str, encode: object, encoding: str) -> None:
    """Whatever the office's editor saved: not a character is lost, blanks included, because spans count them."""
    assert callable(encode)
    notice = read_notice(encode(text), "通知.txt")
    assert (notice.format, notice.encoding) == ("txt", encoding)
    assert notice.text == text


@pytest.mark.parametrize("text", TEXTS)
def test_a_notice_typed_into_word_reads_like_its_plain_text(text: str) -> None:
    """The same lines as paragraphs of a document that Word's own template began."""
    document, buffer = docx.Document(), BytesIO()
    for line in text.split("\n"):
        document.add_paragraph(line)
    document.save(buffer)
    notice = read_notice(buffer.getvalue(), "通知.DOCX")
    assert [line.rstrip() for line in text.split("\n") if line.strip()] == [x for x in notice.text.split("\n") if x]
    assert notice.format == "docx"


@given(st.lists(WORDS, min_size=1, max_size=6))
def test_every_paragraph_of_a_document_is_read(paragraphs: list[str]) -> None:
    """One line for each, in order, whether its words stand in one run or in many."""
    whole = lines_of(*(p(words) for words in paragraphs))
    split = lines_of(*(p(*(r(letter) for letter in words)) for words in paragraphs))
    assert whole == split == paragraphs


def test_the_labels_of_automatic_lists_are_in_the_text() -> None:
    """一、（一）1. ① as the paper shows them; a higher level begins the lower ones anew."""
    steps = [
        ("总体", 0),
        ("任务", 0),
        ("基础", 1),
        ("责任", 2),
        ("厂长", 3),
        ("班组", 3),
        ("力量", 2),
        ("水平", 1),
        ("工艺", 2),
    ]
    assert lines_of(*(p(words, level=depth) for words, depth in steps), numbering=TOWN_LIST) == [
        *("一、总体", "二、任务", "（一）基础", "1. 责任", "①厂长", "②班组", "2. 力量", "（二）水平", "1. 工艺"),
    ]


def test_a_level_that_is_told_not_to_restart_goes_on_counting() -> None:
    """The tasks of the real notice run through all chapters."""
    on = lists(level(0, "chineseCounting", "（%1）"), level(1, "decimal", "%2.", '<w:lvlRestart w:val="0"/>'))
    steps = [("甲", 0), ("a", 1), ("b", 1), ("乙", 0), ("c", 1)]
    assert lines_of(*(p(words, level=depth) for words, depth in steps), numbering=on)[-1] == "3. c"


def test_a_level_restarts_after_the_level_it_names() -> None:
    """With lvlRestart 1 only the first level begins it anew, the second does not."""
    third = level(2, "decimal", "%3.", '<w:lvlRestart w:val="1"/>')
    named = lists(level(0, "chineseCounting", "%1、"), level(1, "decimal", "（%2）"), third)
    steps = [("甲", 0), ("a", 1), ("x", 2), ("b", 1), ("y", 2), ("乙", 0), ("z", 2)]
    assert [line for line in lines_of(*(p(w, level=d) for w, d in steps), numbering=named) if line[-1] in "xyz"] == [
        *("1. x", "2. y", "1. z"),
    ]


def test_a_list_begun_anew_counts_from_its_own_start() -> None:
    """Two uses of one list share the count unless the second one begins anew, and then goes on."""
    uses = (
        '<w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num><w:num w:numId="2"><w:abstractNumId w:val="0"/></w:num>'
        '<w:num w:numId="3"><w:abstractNumId w:val="0"/>'
        '<w:lvlOverride w:ilvl="0"><w:startOverride w:val="5"/></w:lvlOverride></w:num>'
    )
    blocks = [p("a", level=0, num=1), p("b", level=0, num=2), p("c", level=0, num=3), p("d", level=0, num=3)]
    assert lines_of(*blocks, numbering=lists(level(0, "decimal", "%1."), uses=uses)) == ["1. a", "2. b", "5. c", "6. d"]


def test_headings_are_numbered_by_their_styles() -> None:
    """A style carries its list, its level is the one that names it, and styles inherit."""
    styles = (
        '<w:style w:type="paragraph" w:styleId="h1"><w:pPr><w:numPr><w:numId w:val="1"/></w:numPr></w:pPr></w:style>'
        '<w:style w:type="paragraph" w:styleId="h2"><w:basedOn w:val="h1"/></w:style>'
        '<w:style w:type="paragraph" w:styleId="h3"><w:basedOn w:val="h3"/></w:style>'
    )
    chapters = lists(
        level(0, "chineseCounting", "%1、", '<w:pStyle w:val="h1"/>'),
        level(1, "decimal", "%1.%2", '<w:pStyle w:val="h2"/><w:isLgl/>'),
    )
    blocks = [p("甲", style="h1"), p("a", style="h2"), p("b", style="h2"), p("c", style="h3"), p("d", style="gone")]
    assert lines_of(*blocks, numbering=chapters, styles=styles) == ["一、甲", "1.1 a", "1.2 b", "c", "d"]


def test_a_paragraph_taken_out_of_its_list_has_no_label() -> None:
    """List number 0 switches a style's numbering off; an unknown list has none either."""
    assert lines_of(p("a", level=0, num=0), p("b", level=0, num=9), p("c", level=7), numbering=TOWN_LIST) == [
        "a",
        "b",
        "c",
    ]


def test_the_lists_of_words_own_template_are_numbered() -> None:
    """The template that ships with Word counts in its style List Number and dots in List Bullet."""
    document, buffer = docx.Document(), BytesIO()
    for words, style in (("甲", "List Number"), ("乙", "List Number"), ("丙", "List Bullet"), ("丁", "Normal")):
        document.add_paragraph(words, style=style)
    document.save(buffer)
    assert read_notice(buffer.getvalue(), "a.docx").text.split("\n") == ["1. 甲", "2. 乙", "•丙", "丁"]


@pytest.mark.parametrize(
    ("style", "number", "label"),
    [
        ("chineseCountingThousand", 10, "十"),
        ("chineseCountingThousand", 16, "十六"),
        ("chineseCountingThousand", 20, "二十"),
        ("chineseCountingThousand", 101, "一百零一"),
        ("chineseCountingThousand", 110, "一百一十"),
        ("chineseCountingThousand", 1010, "一千零一十"),
        ("chineseCountingThousand", 9001, "九千零一"),
        ("chineseCounting", 99, "九十九"),
        ("chineseCounting", 100, "一〇〇"),
        ("chineseLegalSimplified", 12, "壹拾贰"),
        ("ideographTraditional", 11, "甲"),
        ("ideographZodiac", 12, "亥"),
        ("decimalEnclosedCircle", 1, "①"),
        ("decimalEnclosedCircle", 20, "⑳"),
        ("decimalEnclosedCircle", 21, "㉑"),
        ("decimalEnclosedCircle", 50, "㊿"),
        ("decimalEnclosedCircle", 51, "51"),
        ("decimalEnclosedParen", 3, "⑶"),
        ("decimalEnclosedFullstop", 1, "⒈"),
        ("ideographEnclosedCircle", 10, "㊉"),
        ("decimalZero", 7, "07"),
        ("numberInDash", 7, "- 7 -"),
        ("upperRoman", 1994, "MCMXCIV"),
        ("lowerLetter", 28, "bb"),
        ("none", 7, ""),
        ("hebrew1", 7, "7"),
        ("chineseCountingThousand", 10_000, "10000"),
        ("upperRoman", 0, "0"),
        ("lowerLetter", 999_999_999, "999999999"),
    ],
)
def test_a_number_is_spelled_as_its_list_shows_it(style: str, number: int, label: str) -> None:
    """The spellings that Word offers to Chinese offices."""
    assert spell(number, style) == label


def test_words_that_were_deleted_are_gone_and_inserted_ones_are_there() -> None:
    """Tracked changes read as if they had been accepted."""
    deleted = '<w:del w:id="1"><w:r><w:delText>不</w:delText><w:t>不</w:t></w:r></w:del>'
    moved = f'<w:moveFrom w:id="2">{r("旧处")}</w:moveFrom><w:moveTo w:id="3">{r("新处")}</w:moveTo>'
    assert lines_of(p("应", deleted, f'<w:ins w:id="4">{r("当")}</w:ins>', "整改", moved)) == ["应当整改新处"]


def test_a_deleted_end_of_paragraph_joins_two_paragraphs_under_one_label() -> None:
    """What is left of the first runs on in the second, and a paragraph that was deleted whole counts nothing."""
    mark = "<w:pPr><w:rPr><w:del/></w:rPr></w:pPr>"
    gone = "<w:p><w:pPr><w:numPr><w:ilvl w:val='0'/><w:numId w:val='1'/></w:numPr><w:rPr><w:del/></w:rPr></w:pPr></w:p>"
    blocks = [p("甲", level=0), gone, f"<w:p>{mark}{r('前')}</w:p>", p("后", level=0)]
    assert lines_of(*blocks, f"<w:p>{mark}{r('末')}</w:p>", numbering=TOWN_LIST) == ["一、甲", "二、前后", "末"]


def test_a_table_is_read_row_by_row() -> None:
    """Cells stand side by side with tabs, their paragraphs on one line; a numbered column is numbered."""
    rows = [[p("序号"), p("任务")], [p(level=2), p("压实", r("责任")) + p("按月")], [p(level=2), p("")]]
    assert lines_of(p("前"), table(*rows), p("后"), numbering=TOWN_LIST) == [
        *("前", "序号\t任务", "1.\t压实责任 按月", "2.", "后"),
    ]


def test_a_frame_of_one_cell_is_read_as_its_paragraphs() -> None:
    """Offices draw a box around a text with a table of one cell."""
    assert lines_of(table([p("甲") + p("乙")]), table([table([p("内"), p("外")])])) == ["甲", "乙", "内\t外"]


def test_a_deleted_row_of_a_table_is_gone() -> None:
    """Also where the change is only tracked."""
    kept, gone = table([p("留"), p("下")]), "<w:tr><w:trPr><w:del/></w:trPr><w:tc>" + p("删") + "</w:tc></w:tr>"
    assert lines_of(kept.replace("</w:tbl>", f"{gone}</w:tbl>")) == ["留\t下"]


def test_a_text_box_is_read_once() -> None:
    """Word keeps a second copy of each box for older programs."""
    box = f"<w:txbxContent>{p('珍溪镇人民政府文件')}</w:txbxContent>"
    drawn = (
        f'<w:r><mc:AlternateContent><mc:Choice Requires="wps"><w:drawing><wps:txbx>{box}</wps:txbx></w:drawing></mc:Choice>'
        f"<mc:Fallback><w:pict><v:textbox>{box}</v:textbox></w:pict></mc:Fallback></mc:AlternateContent></w:r>"
    )
    old = f"<w:r><w:pict><v:textbox>{box}</v:textbox></w:pict></w:r>"
    assert lines_of(p(drawn, "正文")) == lines_of(p(old, "正文")) == ["珍溪镇人民政府文件", "正文"]


def test_a_box_within_a_box_is_read_once() -> None:
    """The outer box holds the inner one."""
    inner = f"<w:r><w:pict><w:txbxContent>{p('内')}</w:txbxContent></w:pict></w:r>"
    assert lines_of(p(f"<w:r><w:pict><w:txbxContent>{p(inner, '外')}</w:txbxContent></w:pict></w:r>")) == ["内", "外"]


def test_breaks_tabs_ticks_and_fields_are_read_as_they_look() -> None:
    """A soft break begins a line, a field shows its result, a tick of a symbol font is a tick."""
    field = "<w:r><w:instrText>PAGE</w:instrText></w:r>" + r("7")
    tick = '<w:r><w:sym w:font="Wingdings" w:char="F0FE"/></w:r><w:r><w:sym w:font="Arial" w:char="00A5"/></w:r>'
    strange = '<w:r><w:sym w:char="ZZ"/><w:sym w:char="FFFFFFFFFF"/><w:sym w:char="D800"/></w:r>'
    ruby = f"<w:ruby><w:rt>{r('fú')}</w:rt><w:rubyBase>{r('涪')}</w:rubyBase></w:ruby>"
    first = p("第", field, "条", "<w:r><w:br/><w:t>次行</w:t><w:tab/><w:t>完</w:t></w:r>")
    assert lines_of(first, p(tick, strange, f"<w:r>{ruby}</w:r>", "陵")) == ["第7条", "次行\t完", "☑¥涪陵"]


def test_links_content_controls_and_formulas_are_read() -> None:
    """Words stand in many wrappings."""
    link = f'<w:hyperlink r:id="rId9">{r("安全生产法")}</w:hyperlink>'
    control = f"<w:sdt><w:sdtPr/><w:sdtContent>{r('控件')}</w:sdtContent></w:sdt>"
    block = f"<w:sdt><w:sdtContent>{p('块')}</w:sdtContent></w:sdt>"
    assert lines_of(p(link, control, "<m:oMath><m:r><m:t>x</m:t></m:r></m:oMath>"), block) == ["安全生产法控件x", "块"]


def test_hidden_words_are_not_read() -> None:
    """What nobody saw on paper is not part of the notice."""
    assert lines_of(p("甲", r("密", "<w:vanish/>"), r("乙", '<w:vanish w:val="0"/>'))) == ["甲乙"]


def test_a_table_of_contents_is_left_out() -> None:
    """It repeats the headings, by its own block or by its style."""
    gallery = '<w:sdtPr><w:docPartObj><w:docPartGallery w:val="Table of Contents"/></w:docPartObj></w:sdtPr>'
    styles = '<w:style w:styleId="t1"><w:name w:val="TOC 1"/></w:style>'
    block = f"<w:sdt>{gallery}<w:sdtContent>{p('目录')}</w:sdtContent></w:sdt>"
    assert lines_of(block, p("一、总体思路\t1", style="t1"), p("一、总体思路"), styles=styles) == ["一、总体思路"]


def test_page_numbers_headers_and_unseen_marks_are_left_out() -> None:
    """— 2 — on a line of its own is noise in a Word document; a dash in a sentence is not."""
    lines = ("第一页", "— 2 —", "　－\uff13－", "- 12 -", "", "", "", "2020-2025", "\u202e末\u200b")
    notice = read_notice(a_word_file(*map(p, lines)), "a.docx")
    assert notice.text == "第一页\n\n2020-2025\n末"
    header = {"word/header1.xml": "<w:hdr xmlns:w='x'><w:p><w:r><w:t>页眉</w:t></w:r></w:p></w:hdr>"}
    assert read_notice(a_word_file(p("正文"), extra=dict(header)), "a.docx").text == "正文"


def test_a_strict_file_is_read_like_a_common_one() -> None:
    """Office can save with the namespaces of the ISO standard instead of its own."""
    from tests.kernel import paper

    common = a_word_file(p("甲", level=0), numbering=TOWN_LIST)
    strict = {"word/document.xml": f"<w:document {paper.NAMESPACES}><w:body>{p('甲', level=0)}</w:body></w:document>"}
    strict["word/numbering.xml"] = f"<w:numbering {paper.NAMESPACES}>{TOWN_LIST}</w:numbering>"
    turned = {
        name: part.replace(paper.WORD, "http://purl.oclc.org/ooxml/wordprocessingml/main")
        for name, part in strict.items()
    }
    assert read_notice(a_word_file(extra=dict(turned)), "a.docx") == read_notice(common, "a.docx")
