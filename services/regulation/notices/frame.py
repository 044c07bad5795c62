"""The frame of a paper: what stands before, between and after the items, from the banner to the imprint."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from services.regulation.notices.days import WHOLE_DATE
from services.regulation.notices.documents import NUMBER
from services.regulation.notices.labels import Rank, label_of
from services.regulation.notices.text import Line, ends_sentence
from services.regulation.notices.tree import Role

ORGANISATION = r"[一-鿿()、 ]{1,40}(?:政府|办公室|委员会|安委会|安委办|应急办|安监办|管委会|办事处|管理局|监督局|应急局|中心|党委|[局委办])"
_ORGANISATION = re.compile(ORGANISATION)
_DATE = re.compile(rf"(?:{ORGANISATION} ?)?\(?{WHOLE_DATE}\)?")
_DATE_ALONE = re.compile(rf"\(?{WHOLE_DATE}\)?")
_IMPRINT = re.compile(rf".{{0,40}}{WHOLE_DATE} ?印发?|.{{0,40}}印发日期.*|\(?共印 ?\d+ ?份\)?")
_COPY = re.compile(r"(?:抄 ?送|抄 ?报|主 ?送|分 ?送) ?:")
_NOTE = re.compile(r"\((?:此件|此文|公开|信息公开|联系人|依申请|主动公开)[^()]{0,60}\)|联系人 ?:.*|信息公开选项 ?:.*")
_CLOSING = re.compile(r"特此(?:通知|函告|印发)[。!]?")
_ATTACHED = re.compile(r"附[件表] ?(?:\d{1,2}|[一二三四五六七八九十]{1,2})? ?(?::.*)?")
_ATTACHED_NAMED = re.compile(r"附[件表] ?(?:\d{1,2}|[一二三四五六七八九十]{1,2}) [^。,;]{2,40}")
_LISTED = re.compile(r"附 ?件 ?:")
_NUMBERED = re.compile(rf"({NUMBER})(?:签发人:?.{{0,12}})?")
_NOTICE_ENDS = ("通知", "意见", "通报", "函", "决定", "方案", "安排", "要点", "计划")
_PLAN_ENDS = ("要点", "计划", "方案", "安排", "任务书", "责任清单", "工作部署")
_ENDINGS = (Role.COPY_TO, Role.IMPRINT)
_NO_TITLE = re.compile("为|根据|按照|依据|现将|经|遵照")
_TITLE_LINES, _TITLE_LONGEST, _LONG_LINE = 7, 140, 400
_TOP = (Rank.CHAPTER, Rank.SECTION, Rank.CHINESE, Rank.ARTICLE, Rank.CHINESE_IN_BRACKETS, Rank.ARABIC)


@dataclass(slots=True)
class Frame:
    """The role of each line as ranges: `cuts` begin a part of the frame, `body` are the lines in which items may open."""

    cuts: list[tuple[int, Role]] = field(default_factory=list)
    body: list[Line] = field(default_factory=list)
    places: dict[Role, list[Line]] = field(default_factory=dict)
    _last: Role | None = None

    def take(self, line: Line) -> None:
        """Give a line to the items."""
        self.body.append(line)
        self._last = None

    def put(self, line: Line, role: Role) -> None:
        """Give a line to a part of the frame; lines of one part that follow each other stay together."""
        if self._last is not role or (role is Role.ATTACHMENT and _is_attachment(line.words)):
            self.cuts.append((line.start, role))
        self.places.setdefault(role, []).append(line)
        self._last = role

    def words(self, role: Role) -> str:
        """The words of a part of the frame without blanks."""
        return re.sub(r"\s+", "", "".join(line.words for line in self.places.get(role, [])))


def read_frame(lines: Sequence[Line]) -> Frame:
    """The frame around the items; a paper without items is all frame."""
    frame = Frame()
    top = _first_item(lines)
    _read_head(frame, lines[:top])
    _read_body(frame, lines, top)
    return frame


def _first_item(lines: Sequence[Line]) -> int:
    """The line that opens the first item; the list of attachments in a covering letter does not count."""
    first: tuple[Rank, int] | None = None
    listing = False
    for index, line in enumerate(lines):
        label = label_of(line.words)
        if _DATE.fullmatch(line.words) or (label and label.rank in _TOP[:4]):
            listing = False
        listing = listing or _LISTED.match(line.words) is not None
        if listing or label is None or label.rank not in _TOP:
            continue
        if label.ordinal == 1:
            return first[1] if first and first[0] < label.rank else index
        first = first or (label.rank, index)
    return first[1] if first else len(lines)


def _read_head(frame: Frame, lines: Sequence[Line]) -> None:
    numbered = next((i for i, line in enumerate(lines[:30]) if _NUMBERED.fullmatch(_tight(line))), None)
    start, stop = _title_lines(lines, 0 if numbered is None else numbered + 1)
    if start == stop and numbered is not None:
        start, stop = _title_lines(lines[:numbered], 0)
    first = max(stop, 0 if numbered is None else numbered + 1)
    for index, line in enumerate(lines[:first]):
        role = Role.NUMBER if index == numbered else Role.TITLE if start <= index < stop else Role.BANNER
        frame.put(line, role)
    _read_letter(frame, lines, first)


def _title_lines(lines: Sequence[Line], begin: int) -> tuple[int, int]:
    for start in range(begin, min(len(lines), begin + 12)):
        stop = _title_end(lines, start)
        if stop > start:
            return start, stop
    return begin, begin


def _title_end(lines: Sequence[Line], start: int) -> int:
    joined, best = "", start
    if _NO_TITLE.match(lines[start].words):
        return start
    for index in range(start, min(len(lines), start + _TITLE_LINES)):
        words = _tight(lines[index])
        if re.search(r"[。;!:]|文件$|号$", words) or _DATE.fullmatch(words) or len(joined) > _TITLE_LONGEST:
            break
        joined += words
        if joined.endswith("通知"):
            return index + 1
        if joined.endswith(_NOTICE_ENDS if "关于" in joined else _PLAN_ENDS):
            best = index + 1
    return best


def _read_letter(frame: Frame, lines: Sequence[Line], index: int) -> None:
    while index < len(lines) and _DATE_ALONE.fullmatch(_tight(lines[index])):
        frame.put(lines[index], Role.DATE)
        index += 1
    for line in lines[index : _addressees_end(lines, index)]:
        frame.put(line, Role.ADDRESSEES)
        index += 1
    dated = max((i for i in range(index, len(lines)) if _DATE.fullmatch(_tight(lines[i]))), default=None)
    if dated is not None:
        signed = _signature(lines, index, dated)
        for place in range(index, dated + 1):
            frame.put(lines[place], Role.LETTER if place < signed else Role.SIGNATURE if place < dated else Role.DATE)
        index = dated + 1
    _read_introduction(frame, lines, index)


def _addressees_end(lines: Sequence[Line], index: int) -> int:
    for stop in range(index, min(len(lines), index + 6)):
        words = lines[stop].words
        if words.endswith(":"):
            return stop + 1
        if re.search("[。;!]", words):
            break
    return index


def _signature(lines: Sequence[Line], first: int, dated: int) -> int:
    signed = dated
    while signed > first and _ORGANISATION.fullmatch(lines[signed - 1].words):
        signed -= 1
    return signed


def _read_introduction(frame: Frame, lines: Sequence[Line], index: int) -> None:
    while index < len(lines) and (_NOTE.fullmatch(lines[index].words) or _ATTACHED.fullmatch(lines[index].words)):
        frame.put(lines[index], Role.NOTE)
        index += 1
    inner = _title_end(lines, index) if index < len(lines) else index
    for place in range(index, len(lines)):
        frame.put(lines[place], Role.INNER_TITLE if place < inner else Role.INTRODUCTION)


def _read_body(frame: Frame, lines: Sequence[Line], top: int) -> None:
    attached, last = False, None
    for index in range(top, len(lines)):
        role = _closing_role(lines, index, top) or _continued(lines, index, last, attached=attached)
        if role is None:
            frame.take(lines[index])
        else:
            frame.put(lines[index], role)
            attached = role not in _ENDINGS and (
                attached or (role is Role.ATTACHMENT and not _LISTED.match(lines[index].words))
            )
        last = role
    frame.cuts.sort(key=lambda cut: cut[0])


def _continued(lines: Sequence[Line], index: int, last: Role | None, *, attached: bool) -> Role | None:
    """The role of a line that closes nothing itself but goes on with what stands before it."""
    if attached or last is Role.ATTACHMENT:
        return Role.ATTACHMENT
    if label_of(lines[index].words) is not None or last is None:
        return None
    if last in _ENDINGS:
        return Role.COPY_TO if last is Role.COPY_TO and not lines[index - 1].words.endswith("。") else Role.IMPRINT
    return Role.PARAGRAPH


def _closing_role(lines: Sequence[Line], index: int, top: int) -> Role | None:
    words = lines[index].words
    complete = index > top and ends_sentence(lines[index - 1].words)
    signed = index > top and _ORGANISATION.fullmatch(lines[index - 1].words)
    tests = (
        (Role.COPY_TO, _COPY.match(words)),
        (Role.IMPRINT, _IMPRINT.fullmatch(words) or _organisation_before(lines, index, _IMPRINT)),
        (Role.NOTE, _NOTE.fullmatch(words)),
        (Role.DATE, (complete or signed) and _DATE.fullmatch(words)),
        (Role.SIGNATURE, _organisation_before(lines, index, _DATE_ALONE)),
        (Role.LETTER, _CLOSING.fullmatch(words)),
        (Role.ATTACHMENT, _is_attachment(words)),
    )
    return next((role for role, met in tests if met), None)


def _is_attachment(words: str) -> bool:
    return bool(_ATTACHED.fullmatch(words) or _ATTACHED_NAMED.fullmatch(words))


def _organisation_before(lines: Sequence[Line], index: int, then: re.Pattern[str]) -> bool:
    following = lines[index + 1].words if index + 1 < len(lines) else ""
    return bool(then.fullmatch(following) and _ORGANISATION.fullmatch(lines[index].words))


def _tight(line: Line) -> str:
    return re.sub(r"\s+", "", line.words[:_LONG_LINE])
