"""What people type, made fit to be kept."""

import re
import unicodedata

LONGEST_HEADING = 200
LONGEST_TEXT = 20_000
LONGEST_NOTE = 1_000


def clean(words: str) -> str:
    """The words without control characters, lone surrogates and marks that turn the direction of writing."""
    sound = words.replace("\r\n", "\n").encode("utf-8", "ignore").decode()
    kept = "".join(c for c in sound if c == "\n" or unicodedata.category(c) not in {"Cc", "Cf", "Cs", "Co", "Cn"})
    return re.sub(r"\n{3,}", "\n\n", kept).strip()


def too_long(words: str, most: int) -> str | None:
    """The sentence beside a field that has more characters than it takes, or None."""
    return f"最多 {most} 字，现在有 {len(words)} 字，请删减" if len(words) > most else None
