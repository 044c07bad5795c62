"""Secrets that belong to one installation: made once, kept under its home, never in a backup."""

import hashlib
import hmac
import os
import secrets
from pathlib import Path

from services.kernel.settings import Settings


def role_secret(settings: Settings) -> str:
    """The secret from which the logins' passwords are derived; made at first use."""
    return settings.role_secret or read_or_make(settings.home / "keys" / "role-secret")


def web_secret(settings: Settings) -> str:
    """The secret behind the tokens against cross-site requests."""
    return hmac.new(role_secret(settings).encode(), b"web", hashlib.sha256).hexdigest()


def read_or_make(file: Path) -> str:
    """The word in a private file (0600); made with 32 random bytes when it is not there."""
    try:
        return file.read_text(encoding="ascii").strip()
    except FileNotFoundError:
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    try:
        descriptor = os.open(file, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    except FileExistsError:
        return read_or_make(file)
    with os.fdopen(descriptor, "w", encoding="ascii") as stream:
        stream.write(secrets.token_urlsafe(32))
    return read_or_make(file)
