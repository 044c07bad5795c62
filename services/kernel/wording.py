"""Words as people type them, made fit to be kept."""

import unicodedata


def tidy(text: str) -> str:
    """A text on one line, its blanks single and its characters composed; half characters and control characters are out."""
    words = "".join(" " if c in "\t\r\n" else c for c in unicodedata.normalize("NFC", text))
    return " ".join("".join(c for c in words if unicodedata.category(c) not in {"Cc", "Cs", "Cf", "Co", "Cn"}).split())
