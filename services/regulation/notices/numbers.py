"""The numbers that a paper sets, with unit, comparison and window; years, labels, slogans and document numbers are none."""

import re
from decimal import Decimal

from services.regulation.notices.numerals import CHINESE, whole_number
from services.regulation.notices.text import Flow
from services.regulation.notices.tree import Comparison, Number, Window

_DIGITS = r"\d{1,12}(?:\.\d{1,4})?"
_FEW = rf"[{CHINESE}]{{1,7}}"
_TIME = r"个?工作日|个月|小时|分钟|学时|课时|天|日|周(?!年|边|密)|年(?!度|版|来|底|初|末|中|级|终)|个?季度"
_UNIT = (
    rf"%|‰|个百分点|万元|亿元|元|{_TIME}|人次|人(?![员民类才均大社士])|名(?![单称])|个(?![人体别])|项(?!目)|起(?![来草])|场次|次(?![生要])|家(?![庭园])|户"
    r"|类(?!似)|处(?![罚理置以于])|台(?!账)|套|场(?!所)|份|篇|条(?![件例款])|件|宗|批(?![准评复])|轮|例(?!会)|倍|分(?![级类别工析解布管为])|吨|平方米|立方米|公里|米"
)
# What looks like a number and sets none; the first that fits is passed over.
_NO_NUMBER = (
    r"《(?:[^《》]|《[^《》]{0,80}》){0,200}》(?:[(〔]\d{4}年?[^()〔〕]{0,6}[)〕])?"
    r"|[“‘][^“”‘’]{0,40}[”’]|\"[^\"。]{1,20}\"|〔\d{4}〕第?\d{1,5}号|第[\d零一二三四五六七八九十百]{1,5}[一-鿿]"
    r"|(?:19|20)\d\d年(?:\d{1,2}月(?:\d{1,2}[日号])?)?|\d{1,2}月(?!内)(?:\d{1,2}[日号])?|\d{1,2}[日号]前|\d{1,4}周年|\d{1,3}(?:\.\d{1,3}){2,}"
    rf"|[{CHINESE}\d]{{1,3}}年(?:行动|攻坚|规划|计划|整治|专项)|十[三四五六七]五|[三四五六七八九]个(?:必须|坚持|一批|到位|落实|一律)"
    r"|[一两二三四五六七八九](?:单|卡|岗双责|项制度|同时|不两直|位一体|方责任)|进一步|统一|一(?:把手|线|般|律|定|旦|体|批|切|直|致|系列|并|些|方面|是|起)"
    r"|[百千]日|[千百]家万户"
)
_BEFORE = (
    (Comparison.AT_LEAST, r"不(?:得)?(?:少于|低于|小于)|至少|最少|≥|>="),
    (Comparison.AT_MOST, r"不(?:得|能)?(?:超过|高于|大于|多于)|至多|最多|≤|<="),
    (Comparison.ABOVE, r"超过|大于|高于|多于|>"),
    (Comparison.BELOW, r"低于|少于|小于|不足|不满|未满|<"),
)
_AFTER = (
    (Comparison.AT_LEAST, r"(?:及|或|\(含\)|含)?以上"),
    (Comparison.AT_MOST, r"(?:及|或|\(含\)|含)?(?:以下|以内|之内)|内(?![容部外设涵])"),
    (Comparison.ABOVE, r"以外"),
)
_LINK = r"(?:达到|达|为|是)?"
_NUMBER = re.compile(
    rf"(?P<no>{_NO_NUMBER})"
    rf"|(?P<window>(?P<span>{_DIGITS}|{_FEW})(?P<period>个月|年|个?季度|日|天|周)(?:之|以)?内(?:累计|连续)?(?:发生|发现|出现|受到)?)?"
    rf"(?P<before>{'|'.join(words for _, words in _BEFORE)})?{_LINK}"
    rf"(?:(?P<percent>百分之)(?P<hundredths>{_DIGITS}|{_FEW})|(?P<low>{_DIGITS})(?:[-—–~～至到]{{1,2}})(?P<high>{_DIGITS})(?P<unit_of_both>{_UNIT})"
    rf"|(?<![\d.])(?P<value>{_DIGITS}|{_FEW})(?P<more>[余多])?(?P<unit>{_UNIT}))"
    rf"(?P<after>{'|'.join(words for _, words in _AFTER)})?"
)
_BARE = frozenset("百千")
_ONE = re.compile(r"一(?:名|次(?!性)|项|家|个月|个工作日|小时|场|天)")


def numbers_in(flow: Flow) -> list[Number]:
    """The numbers of a stretch in order; 1年内累计发生2起及以上 is one number with a window."""
    found: list[Number] = []
    position = 0
    while match := _NUMBER.search(flow.words, position):
        position = match.end()
        if not match["no"]:
            found += _read(flow, match)
    return found


def _read(flow: Flow, match: re.Match[str]) -> list[Number]:
    span = flow.span(match.start(), match.end())
    if match["low"]:
        unit = match["unit_of_both"]
        pair = ((match["low"], Comparison.AT_LEAST), (match["high"], Comparison.AT_MOST))
        return [Number(Decimal(words), unit, comparison, None, span) for words, comparison in pair]
    words, unit = (match["hundredths"], "%") if match["percent"] else (match["value"], match["unit"])
    value = _value(words)
    if value is None or (not match["percent"] and _means_nothing(flow.words, match)):
        return []
    return [Number(value, unit, _comparison(match), _window(match), span)]


def _means_nothing(words: str, match: re.Match[str]) -> bool:
    """一 counts only where it surely is a number (一次, 一名), and 百, 千 never do alone."""
    if match["value"] == "一":
        return _ONE.match(words, match.start("value")) is None or words[
            match.start("value") - 1 : match.start("value")
        ] in ("统", "同", "唯")
    return not any(sign not in _BARE for sign in match["value"])


def _value(words: str) -> Decimal | None:
    if words[0] in CHINESE:
        whole = whole_number(words)
        return None if whole is None else Decimal(whole)
    return Decimal(words)


def _comparison(match: re.Match[str]) -> Comparison:
    for signs, words in ((_BEFORE, match["before"]), (_AFTER, match["after"])):
        for comparison, pattern in signs if words else ():
            if re.fullmatch(pattern, words):
                return comparison
    return Comparison.ABOVE if match["more"] else Comparison.EQUAL


def _window(match: re.Match[str]) -> Window | None:
    if not match["window"]:
        return None
    value = _value(match["span"])
    return Window(value, match["period"]) if value else None
