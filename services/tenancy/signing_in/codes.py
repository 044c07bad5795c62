"""Codes that work once: ten recovery codes, and the activation code that is handed over on paper."""

import base64
import hashlib
import secrets
import unicodedata

GROUP = 4
MISREAD = str.maketrans("018", "olb")
"""0, 1 and 8 are no letters of base32: whoever typed them from paper meant o, l and b."""


def new_code() -> str:
    """Eighty random bits as four groups of letters and digits."""
    letters = base64.b32encode(secrets.token_bytes(10)).decode().lower()
    return "-".join(letters[i : i + GROUP] for i in range(0, len(letters), GROUP))


def tidy_code(code: str) -> str:
    """A code without blanks and hyphens, however it was typed."""
    return "".join(c for c in unicodedata.normalize("NFKC", code[:60]).lower() if c.isalnum())


def code_hash(code: str) -> str:
    """What is kept of a code that works once."""
    return hashlib.sha256(tidy_code(code).translate(MISREAD).encode()).hexdigest()
