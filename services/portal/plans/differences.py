"""Two wordings of one item, told apart character by character."""

import re
from dataclasses import dataclass
from difflib import SequenceMatcher


@dataclass(frozen=True, slots=True)
class Stretch:
    """Some characters that both wordings have, or only the one before (`gone`) or after (`new`)."""

    text: str
    mark: str = ""


def stretches(before: str, after: str) -> list[Stretch]:
    """One text with what went and what came; the breaking of lines is no difference."""
    old, new = _plain(before), _plain(after)
    found: list[Stretch] = []
    for act, low, high, start, stop in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if act == "equal":
            found.append(Stretch(old[low:high]))
            continue
        found += [Stretch(old[low:high], "gone"), Stretch(new[start:stop], "new")]
    return [stretch for stretch in found if stretch.text]


def _plain(words: str) -> str:
    return re.sub(r"\s+", "", words)
