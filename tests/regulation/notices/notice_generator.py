"""Notices whose tree is known: five layouts, the numberings that papers use, and the damage that they suffer."""

from dataclasses import dataclass, field, replace
from random import Random

from hypothesis import strategies as st

# What each sentence says is known: its words, its numbers, and whether a line may break in it.
SENTENCES: dict[str, list[tuple[str, str, str]]] = {
    "镇应急办会同有关部门建立问题清单和措施清单，逐项明确责任人并定期调度进展情况。": [],
    "全年组织集中培训不少于2次，参训率达到95%以上，考核不合格的重新培训。": [("2", "次", "≥"), ("95", "%", "≥")],
    "从业人员超过100人的企业设置安全管理机构，其余企业配备专职或者兼职安全管理人员。": [("100", "人", ">")],
    "按照“三个必须”的要求，把“双随机、一公开”和“12350”举报热线宣传到每一户企业。": [],
    "检查结果应当在15日内告知企业；重大事故隐患实行挂牌督办，整改完成后逐项销号。": [("15", "日", "≤")],
    "落实《安全生产法》和《产业结构调整指导目录（2019年版）》的规定，淘汰落后设备。": [],
    "对1年内累计发生2起及以上一般事故的企业，纳入重点监管并开展警示约谈。": [("2", "起", "≥")],
    "配备两名专职人员，对三类企业进行全面摸排，建立台账并动态更新。": [("2", "名", "="), ("3", "类", "=")],
}
HEADINGS = (
    "强化责任链条", "配齐监管力量", "深化专项行动", "淘汰落后设备", "压实一线责任", "完善机构人员", "提升信息化水平", "开展执法攻坚",
    "推进评审同步", "整治粉尘企业", "摸排危险化学品", "提高培训质量", "推进责任保险", "实施联合惩戒", "畅通举报渠道", "抓好应急演练",
)  # fmt: skip
GROUPS = (
    "抓责任，补齐监管短板",
    "抓基础，改善安全条件",
    "抓主体，健全管理机制",
    "抓执法，保持严管态势",
    "抓整治，消除重大隐患",
    "抓共治，动员各方参与",
)
TARGETS = ("事故控制", "三年行动", "标准化创建", "隐患治理")
DEMANDS = ("组织领导", "目标管理", "工作作风", "信息报送")
OWNERS = (
    ("", (), None),
    ("（责任单位：镇应急办、派出所；完成时限：6月底前）", ("镇应急办", "派出所"), "2026-06-30"),
    (
        "（牵头单位：镇经发办；配合单位：市场监管所；完成时限：2026年第三季度）",
        ("镇经发办", "市场监管所"),
        "2026-09-30",
    ),
    ("（责任单位：各工贸企业；完成时限：每季度）", ("各工贸企业",), "每季度"),
)
CHINESE = ("一", "二", "三", "四", "五", "六", "七", "八", "九", "十")
SIGNS = {
    "top": ("{cn}、", "{cn}. ", "{cn}．", "{cn}、 "),
    "group": ("（{cn}）", "({cn})", "（{cn}） ", "（ {cn} ）"),
    "arabic": ("{n}. ", "{n}．", "{n}、", "{n}.", "{n} . ", "{n}.\t"),
    "bracketed": ("（{n}）", "({n})", "{n}）", "({n}) "),
    "circled": ("{circle}", "{circle} "),
    "article": ("第{cn}条 ", "第{cn}条\u3000", "第{n}条 "),
    "chapter": ("第{cn}章 ", "第{cn}章\u3000"),
    "dash": ("——", "—— ", "——\u3000", "● "),
}


@dataclass(frozen=True)
class Known:
    """An item of the tree as it must be found."""

    kind: str
    above: int | None
    heading: str
    text: str
    numbers: tuple[tuple[str, str, str], ...] = ()
    owners: tuple[str, ...] | None = None
    due: str | None = None


@dataclass
class Paper:
    """A generated paper: its lines, and the items that it has."""

    lines: list[str] = field(default_factory=list)
    items: list[Known] = field(default_factory=list)

    def put(self, sign: str, known: Known, *, own_line: bool) -> int:
        """Write an item, its heading on a line of its own or before its text, and give its place."""
        between = "" if own_line else "。"
        self.lines.append(
            f"{sign}{known.heading}{between}" if own_line else f"{sign}{known.heading}{between}{known.text}"
        )
        if own_line and known.text:
            self.lines.append(known.text)
        self.items.append(known)
        return len(self.items) - 1


class Draws:
    """What a paper is drawn from."""

    def __init__(self, draw: st.DrawFn) -> None:
        self.draw = draw
        self.signs = {name: draw(st.sampled_from(signs)) for name, signs in SIGNS.items()}
        self.headings = iter(draw(st.permutations(HEADINGS)))

    def sign(self, name: str, ordinal: int) -> str:
        """The sign of an item in the numbering of this paper."""
        return self.signs[name].format(n=ordinal, cn=chinese(ordinal), circle=chr(ord("①") + ordinal - 1))

    def count(self, low: int, high: int) -> int:
        """How many there are of something."""
        return self.draw(st.integers(low, high))

    def known(self, kind: str, above: int | None, heading: str, *, owned: bool = False) -> Known:
        """An item with sentences, and at times with owners and a deadline."""
        sentences = self.draw(st.lists(st.sampled_from(sorted(SENTENCES)), min_size=1, max_size=3, unique=True))
        words, owners, due = self.draw(st.sampled_from(OWNERS)) if owned else OWNERS[0]
        numbers = tuple(number for sentence in sentences for number in SENTENCES[sentence])
        return Known(kind, above, heading, "".join(sentences) + words, numbers, owners or None, due)


def chinese(number: int) -> str:
    if number <= 10:
        return CHINESE[number - 1]
    return (
        (CHINESE[number // 10 - 1] if number >= 20 else "") + "十" + (CHINESE[number % 10 - 1] if number % 10 else "")
    )


def section(heading: str, above: int | None = None, text: str = "") -> Known:
    return Known("section", above, heading, text, tuple(SENTENCES.get(text, ())))


def goals(draws: Draws, paper: Paper, above: int) -> None:
    for heading in TARGETS[: draws.count(1, 4)]:
        paper.put(draws.sign("dash", 1), draws.known("target", above, heading), own_line=False)


def demands(draws: Draws, paper: Paper, above: int, sign: str) -> None:
    for ordinal, heading in enumerate(DEMANDS[: draws.count(1, 4)], 1):
        paper.put(draws.sign(sign, ordinal), draws.known("requirement", above, heading), own_line=False)


def classic(draws: Draws, paper: Paper) -> None:
    """一、 （一） 1. with the tasks counted through."""
    paper.put(draws.sign("top", 1), section("总体思路", text=min(SENTENCES)), own_line=True)
    goals(draws, paper, paper.put(draws.sign("top", 2), section("工作目标"), own_line=True))
    above, ordinal = paper.put(draws.sign("top", 3), section("重点任务"), own_line=True), 0
    for group in range(draws.count(1, 6)):
        part = paper.put(draws.sign("group", group + 1), section(GROUPS[group], above), own_line=True)
        for _ in range(draws.count(1, 2)):
            ordinal += 1
            paper.put(
                draws.sign("arabic", ordinal),
                draws.known("task", part, next(draws.headings), owned=True),
                own_line=False,
            )
    demands(draws, paper, paper.put(draws.sign("top", 4), section("工作要求"), own_line=True), "group")


def tasks_with_measures(draws: Draws, paper: Paper) -> None:
    """一、 and tasks at （一） with measures 1. below them."""
    goals(draws, paper, paper.put(draws.sign("top", 1), section("主要目标"), own_line=True))
    above = paper.put(draws.sign("top", 2), section("主要任务"), own_line=True)
    for ordinal in range(1, draws.count(2, 6) + 1):
        part = paper.put(draws.sign("group", ordinal), draws.known("task", above, next(draws.headings)), own_line=False)
        for inner in range(1, draws.count(0, 3) + 1):
            paper.put(
                draws.sign("arabic", inner), draws.known("text", part, f"做好第{chinese(inner)}步"), own_line=False
            )
    demands(draws, paper, paper.put(draws.sign("top", 3), section("保障措施"), own_line=True), "group")


def articles(draws: Draws, paper: Paper) -> None:
    """第一章 and 第一条, the articles counted through."""
    goals(draws, paper, paper.put(draws.sign("chapter", 1), section("工作目标"), own_line=True))
    above, ordinal = paper.put(draws.sign("chapter", 2), section("工作措施"), own_line=True), 0
    for _ in range(draws.count(1, 8)):
        ordinal += 1
        paper.put(
            draws.sign("article", ordinal), draws.known("task", above, next(draws.headings), owned=True), own_line=False
        )
    above = paper.put(draws.sign("chapter", 3), section("组织保障"), own_line=True)
    for heading in DEMANDS[: draws.count(1, 4)]:
        ordinal += 1
        paper.put(draws.sign("article", ordinal), draws.known("requirement", above, heading), own_line=False)


def themes(draws: Draws, paper: Paper) -> None:
    """总体要求 with 指导思想 and 工作目标 inside, then a chapter for each theme of tasks."""
    top = paper.put(draws.sign("top", 1), section("总体要求"), own_line=True)
    paper.put(draws.sign("group", 1), section("指导思想", top, min(SENTENCES)), own_line=True)
    goals(draws, paper, paper.put(draws.sign("group", 2), section("工作目标", top), own_line=True))
    count = draws.count(1, 5)
    for theme in range(count):
        above = paper.put(draws.sign("top", theme + 2), section(GROUPS[theme]), own_line=True)
        for ordinal in range(1, draws.count(1, 3) + 1):
            paper.put(
                draws.sign("group", ordinal),
                draws.known("task", above, next(draws.headings), owned=True),
                own_line=False,
            )
    demands(draws, paper, paper.put(draws.sign("top", count + 2), section("工作要求"), own_line=True), "group")


def arabic(draws: Draws, paper: Paper) -> None:
    """1. (1) ① alone."""
    goals(draws, paper, paper.put(draws.sign("arabic", 1), section("总体目标"), own_line=True))
    above = paper.put(draws.sign("arabic", 2), section("重点工作"), own_line=True)
    for ordinal in range(1, draws.count(2, 6) + 1):
        part = paper.put(
            draws.sign("bracketed", ordinal), draws.known("task", above, next(draws.headings)), own_line=False
        )
        for inner in range(1, draws.count(0, 3) + 1):
            paper.put(
                draws.sign("circled", inner), draws.known("text", part, f"做好第{chinese(inner)}步"), own_line=False
            )
    demands(draws, paper, paper.put(draws.sign("arabic", 3), section("工作要求"), own_line=True), "bracketed")


LAYOUTS = (classic, tasks_with_measures, articles, themes, arabic)
HEAD = (
    "重庆市涪陵区珍溪镇人民政府文件",
    "珍溪府发〔2026〕12号",
    "重庆市涪陵区珍溪镇人民政府\n关于印发2026年安全生产工作要点的通知",
    "各村（社区），各工贸企业：\n现将《2026年安全生产工作要点》印发给你们，请遵照执行。",
    "重庆市涪陵区珍溪镇人民政府\n2026年2月26日",
    "2026年安全生产工作要点",
    "依据《安全生产法》，结合实际，制定本要点。",
)
TAIL = ("抄送：区安委会办公室。", "重庆市涪陵区珍溪镇人民政府办公室  2026年2月26日印发")
BRACKETS = ("〔〕", "[]", "［］", "【】", "（）", "()")
WIDE = {ord(sign): ord(sign) + 0xFEE0 for sign in "0123456789%"}


@st.composite
def notices(draw: st.DrawFn) -> tuple[str, list[Known]]:
    """A paper and its items."""
    draws, paper = Draws(draw), Paper()
    draw(st.sampled_from(LAYOUTS))(draws, paper)
    number = HEAD[1].translate(str.maketrans("〔〕", draw(st.sampled_from(BRACKETS))))
    lines = [HEAD[0], number, *HEAD[2:], *paper.lines, *TAIL]
    return draw(damage(lines)), paper.items


@st.composite
def damage(draw: st.DrawFn, lines: list[str]) -> str:
    """The lines with what copying and scanning do to them."""
    flags = {name: draw(st.booleans()) for name in ("wide", "indent", "breaks", "pages", "blanks", "carriage")}
    random = draw(st.randoms(use_true_random=False))
    parts: list[str] = []
    for number, line in enumerate(lines):
        words = broken(line, random) if flags["breaks"] and "。" in line and "\n" not in line else line
        parts.append((random.choice(("", "  ", "\u3000\u3000", "\t")) if flags["indent"] else "") + words)
        if flags["pages"] and random.random() < 0.2:
            parts.append(
                random.choice((f"\n— {number} —\n", f"- {number} -", f"第 {number} 页 共 99 页", f"\n{number}\n"))
            )
        if flags["blanks"] and random.random() < 0.3:
            parts.append("\n" * random.randint(1, 5))
    text = "\n".join(parts)
    text = text.translate(WIDE) if flags["wide"] else text
    return text.replace("\n", "\r\n") if flags["carriage"] else text


def broken(line: str, random: Random) -> str:
    """A line of text broken in the middle of its sentences, at times with a page number between."""
    start = line.find("。") + 2
    places = [
        i
        for i in range(max(start, 12), len(line) - 2)
        if line[i - 1] not in "。；！？：”）》" and may_stand_first(line[i:])
    ]
    chosen = sorted(random.sample(places, min(len(places), random.randint(0, 3))), reverse=True)
    for place in chosen:
        middle = random.choice(("\n", "\n", "\n  ", "\n\n— 7 —\n\n"))
        line = line[:place] + middle + line[place:]
    return line


def may_stand_first(rest: str) -> bool:
    """A break before a digit or a bracket would make even a person ask what it opens."""
    return not (rest[0].isdigit() or rest[0] in "（(—一二三四五六七八九十第")


def expected(known: list[Known]) -> list[Known]:
    """The items with blanks left out of their words, for comparison."""
    return [replace(item, heading=tight(item.heading), text=tight(item.text)) for item in known]


def tight(words: str) -> str:
    return "".join(words.split())
