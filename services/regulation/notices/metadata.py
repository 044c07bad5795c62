"""Who issued the paper, under which number and title, to whom, when, and with copies to whom."""

import re
from dataclasses import dataclass
from datetime import date

from services.regulation.notices.days import WHOLE_DATE, day_of
from services.regulation.notices.documents import OwnNames, document_number, own_names
from services.regulation.notices.frame import ORGANISATION, Frame
from services.regulation.notices.text import Paper
from services.regulation.notices.tree import Role

_YEAR = re.compile(r"(?:19|20)\d\d(?=年)")
_COPY_SIGN = re.compile(r"(?:抄送|抄报|主送|分送):")
_PARTING = re.compile(r"[,、;。]")


@dataclass(frozen=True, slots=True)
class Metadata:
    """The facts at the head and the foot of a paper; what is not written there is None or empty."""

    issuer: str | None
    number: str | None
    title: str | None
    addressees: tuple[str, ...]
    date: date | None
    copy_to: tuple[str, ...]
    year: int | None
    own: OwnNames


def read_metadata(paper: Paper, frame: Frame) -> Metadata:
    """The facts from the parts of the frame."""
    number = document_number(frame.words(Role.NUMBER))
    title = _clean(paper, frame, Role.TITLE) or None
    signed = _date(frame)
    named = _YEAR.search(f"{frame.words(Role.TITLE)}{frame.words(Role.INNER_TITLE)}")
    year = number[1] if number else int(named[0]) if named else signed.year if signed else None
    return Metadata(
        issuer=_issuer(frame, title),
        number=number[0] if number else None,
        title=title,
        addressees=_names(_clean(paper, frame, Role.ADDRESSEES)),
        date=signed,
        copy_to=_names(_COPY_SIGN.sub("、", frame.words(Role.COPY_TO))),
        year=year,
        own=own_names(number[0] if number else None, [title or "", _clean(paper, frame, Role.INNER_TITLE)]),
    )


def _clean(paper: Paper, frame: Frame, role: Role) -> str:
    lines = frame.places.get(role, [])
    return "".join(paper.clean(line.start, line.stop) for line in lines)


def _issuer(frame: Frame, title: str | None) -> str | None:
    banner = re.search(rf"({ORGANISATION})文件", frame.words(Role.BANNER))
    head = re.match(rf"({ORGANISATION})关于", title or "")
    signature = re.match(ORGANISATION, frame.words(Role.SIGNATURE))
    if banner:
        return banner[1]
    return head[1] if head else signature[0] if signature else None


def _date(frame: Frame) -> date | None:
    for role in (Role.DATE, Role.IMPRINT):
        for line in frame.places.get(role, []):
            found = re.search(WHOLE_DATE, re.sub(r"\s+", "", line.words[:200]))
            day = day_of(found[0]) if found else None
            if day:
                return day
    return None


def _names(words: str) -> tuple[str, ...]:
    folded = words.translate(str.maketrans("，；：:", ",;  "))
    return tuple(name.strip().replace("(", "（").replace(")", "）") for name in _PARTING.split(folded) if name.strip())
