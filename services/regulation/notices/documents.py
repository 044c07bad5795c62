"""The documents and catalogues that a paper cites: 《…》 with 〔…〕号, each once."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from services.regulation.notices.text import Flow, fold
from services.regulation.notices.tree import CitedDocument

NUMBER = r"(?:[一-鿿]{1,14})[〔(](\d{4})[〕)]第?(\d{1,5})号"
_NUMBER = re.compile(NUMBER)
_AFTER = re.compile(rf"(?:[(〔]|(?![和与及对由按见]))({NUMBER})[)〕]?")
_ORDER = re.compile(r"[(〔]?((?:[一-鿿]{2,16}令)(?:〔(\d{4})〕)?第?\d{1,4}号)[)〕]?")
_EDITION = re.compile(r"[(〔](\d{4})年?(?:版|本|修订|修正|第)?[^()〔〕]{0,8}[)〕]")
_YEAR = re.compile(r"(?:19|20)\d\d(?=年)")
# A bare number has no opening bracket: it begins after the word that leads to it.
_LEAD = re.compile(
    r"(?:.*(?:根据|按照|依据|落实|贯彻|执行|参照|遵照|以及|要求|精神|文件|通知|的))?[和与及对由按见即如经]?"
)
_LONGEST = 200


@dataclass(frozen=True, slots=True)
class OwnNames:
    """What the paper calls itself, so that it is not counted among those it cites."""

    number: str | None
    titles: frozenset[str]


def document_number(words: str) -> tuple[str, int] | None:
    """The first 发文字号 in folded words, with its brackets put right, and its year."""
    found = _NUMBER.search(words)
    return (_written(found), int(found[1])) if found else None


def own_names(number: str | None, titles: Iterable[str]) -> OwnNames:
    """The names of a paper from its number, its title and the title of the plan inside it."""
    known = {_key(title) for title in titles}
    inner = {re.sub(r"^.*?关于(?:印发|下发)?", "", title) for title in known}
    bare = {re.sub(r"的?通知$", "", title) for title in inner}
    return OwnNames(number, frozenset(known | inner | bare) - {""})


def cited(flow: Flow, own: OwnNames) -> list[CitedDocument]:
    """Every mention of another document in a stretch of the paper, in order."""
    found, covered = [], 0
    for start, stop in _titles(flow.words):
        found += _bare_numbers(flow, covered, start)
        document, covered = _with_title(flow, start, stop)
        found.append(document)
    found += _bare_numbers(flow, covered, len(flow.words))
    return [document for document in found if not _is_own(document, own)]


def unique(mentions: Iterable[CitedDocument]) -> list[CitedDocument]:
    """Each document once, where it is first named; a later mention may lend it its number and year."""
    kept: list[CitedDocument] = []
    places: dict[str, int] = {}
    for mention in mentions:
        keys = [key for key in (mention.number, _key(mention.title)) if key]
        place = next((places[key] for key in keys if key in places), None)
        if place is None:
            place = len(kept)
            kept.append(mention)
        else:
            kept[place] = _together(kept[place], mention)
        places.update(dict.fromkeys(keys, place))
    return kept


def _together(first: CitedDocument, later: CitedDocument) -> CitedDocument:
    return CitedDocument(first.title or later.title, first.number or later.number, first.year or later.year, first.span)


def _titles(words: str) -> list[tuple[int, int]]:
    """The outermost 《…》 pairs, by one pass."""
    opened: list[int] = []
    pairs: list[tuple[int, int]] = []
    for found in re.finditer("[《》]", words):
        if found[0] == "《":
            opened.append(found.start())
        elif opened and found.end() - opened[-1] <= _LONGEST:
            start = opened.pop()
            while pairs and pairs[-1][0] > start:
                pairs.pop()
            pairs.append((start, found.end()))
    return [pair for pair in pairs if pair[1] - pair[0] > len("《》")]


def _with_title(flow: Flow, start: int, stop: int) -> tuple[CitedDocument, int]:
    """The document whose 《title》 lies at start..stop, and where its mention ends."""
    words, title, end = flow.words, flow.words[start + 1 : stop - 1], stop
    number, year = None, None
    edition = _EDITION.match(words, end)
    if edition:
        year, end = int(edition[1]), edition.end()
    numbered = _AFTER.match(words, end) or _ORDER.match(words, end)
    if numbered:
        number, end = _bracketed(numbered[1]), numbered.end()
        year = int(numbered[2]) if numbered[2] else year
    if year is None:
        inside = _YEAR.search(title)
        year = int(inside[0]) if inside else None
    return CitedDocument(_shown(title), number, year, flow.span(start, end)), end


def _bare_numbers(flow: Flow, start: int, stop: int) -> list[CitedDocument]:
    documents = []
    for found in _NUMBER.finditer(flow.words, start, stop):
        lead = _LEAD.match(found[0])
        low = found.start() + (lead.end() if lead else 0)
        documents.append(
            CitedDocument("", _bracketed(flow.words[low : found.end()]), int(found[1]), flow.span(low, found.end()))
        )
    return documents


def _written(found: re.Match[str]) -> str:
    return _bracketed(found[0])


def _bracketed(number: str) -> str:
    return re.sub(r"[〔(](\d{4})[〕)]", r"〔\1〕", number)


def _shown(title: str) -> str:
    """A title as printed: full-width brackets and commas."""
    return title.translate(str.maketrans("(),:;", "（），：；"))


def _key(title: str) -> str:
    plain = re.sub(r"[\s《》〈〉(),、]", "", fold(title))
    return plain.removeprefix("中华人民共和国")


def _is_own(document: CitedDocument, own: OwnNames) -> bool:
    if document.number is not None:
        return document.number == own.number
    return _key(document.title) in own.titles
