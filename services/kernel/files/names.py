"""The name that a file is shown and saved under holds no path, no control character and no mark that turns it round."""

import re
import unicodedata

MAX_STEM_BYTES = 240
UNSEEN = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
RESERVED = re.compile(r"(con|prn|aux|nul|com[0-9]|lpt[0-9])", re.IGNORECASE)


def split_name(name: str) -> tuple[str, str]:
    """The stem, fit to be shown and saved on any computer, and the extension in small letters without its dot."""
    seen = "".join(c for c in unicodedata.normalize("NFC", name) if unicodedata.category(c) not in UNSEEN)
    last = re.split(r"[/\\]", seen)[-1]
    stem, dot, extension = last.rpartition(".")
    if not dot or not re.fullmatch(r"[A-Za-z0-9]{1,8}", extension):
        stem, extension = last, ""
    stem = re.sub(r'[<>:"|?*%;\s]+', "_", stem.strip()).strip("._ ")
    # Folders count a name in bytes, and a character must not be cut in two.
    stem = stem.encode()[:MAX_STEM_BYTES].decode(errors="ignore")
    if RESERVED.fullmatch(stem.partition(".")[0]):
        stem = f"_{stem}"
    return stem or "附件", extension.lower()
