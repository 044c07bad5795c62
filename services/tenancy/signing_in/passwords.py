"""Passwords: argon2id with the OWASP profile, hashed on two threads so that a storm of sign-ins cannot starve the rest."""

import asyncio
import contextlib
import itertools
import os
import threading
import unicodedata
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from pathlib import Path

from argon2 import PasswordHasher, Type
from argon2.exceptions import InvalidHashError, VerificationError

from services.kernel.refusals import BadInput
from services.tenancy.signing_in.refusals import DoorBusy

HASHER = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1, type=Type.ID)


def _give_way() -> None:
    """A hashing thread yields the processor to whoever answers requests (Linux: a thread has a niceness of its own)."""
    if hasattr(os, "setpriority"):
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), 10)


THREADS = ThreadPoolExecutor(max_workers=2, thread_name_prefix="argon2", initializer=_give_way)
NOBODYS_HASH = HASHER.hash("an account that does not exist takes as long as one that does")
PLACES = 24
"""How many may stand at the door of one process, hashing or waiting: about a third of a second's work."""
SHORTEST = 10
LONGEST = 200
COMMON = Path(__file__).parent / "common_passwords.txt"


class Queue:
    """The people at the door; who finds no place is sent away at once instead of waiting for ever."""

    def __init__(self, places: int) -> None:
        self._free = places
        self.ledger = asyncio.Semaphore(1)
        """One of them at a time writes: whoever is in already needs the other connection to be recognised."""

    @property
    def is_full(self) -> bool:
        """Whether the next to come would find no place."""
        return self._free <= 0

    @contextlib.contextmanager
    def place(self) -> Iterator[None]:
        """A place in the queue; raises DoorBusy when there is none."""
        if self.is_full:
            raise DoorBusy
        self._free -= 1
        try:
            yield
        finally:
            self._free += 1


QUEUE = Queue(PLACES)


def is_full() -> bool:
    """Whether whoever comes to the door now would be sent away."""
    return QUEUE.is_full


def normalised(password: str) -> str:
    """The same password however a keyboard composed it (NFKC)."""
    return unicodedata.normalize("NFKC", password)


async def hash_password(password: str) -> str:
    """The argon2id hash to keep."""
    return await asyncio.get_running_loop().run_in_executor(THREADS, HASHER.hash, normalised(password))


async def verify_password(kept: str | None, password: str) -> bool:
    """Whether a password fits; an unknown account takes the same time, and one too long to be kept is hashed cut off."""
    tried = normalised(password[: LONGEST + 1])
    fits = await asyncio.get_running_loop().run_in_executor(THREADS, _fits, kept or NOBODYS_HASH, tried)
    return fits and kept is not None


def check_password(password: str, *, login: str, again: str, field: str = "password") -> None:
    """Raise BadInput unless a new password is long, uncommon, unlike the account's name, and typed twice alike."""
    words = normalised(password)
    if not words.isprintable():
        raise BadInput(fields={field: "密码里有不可见的字符，请重新输入"})
    if len(words) < SHORTEST:
        raise BadInput(fields={field: f"密码至少 {SHORTEST} 个字符，可以用一句好记的话"})
    if len(words) > LONGEST:
        raise BadInput(fields={field: f"密码最多 {LONGEST} 个字符"})
    if is_common(words):
        raise BadInput(fields={field: "这个密码太常见，容易被猜中，请换一个"})
    if login and login in words.lower():
        raise BadInput(fields={field: "密码里不要包含账号"})
    if password != again:
        raise BadInput(fields={f"{field}_again": "两次输入的密码不一致，请重新输入"})


def is_common(password: str) -> bool:
    """Whether a password is among those that everybody tries first, or is one run or repetition."""
    words = password.lower()
    if words in _common() or len(set(words)) < 4:  # noqa: PLR2004 - fewer than four different characters
        return True
    steps = {ord(after) - ord(before) for before, after in itertools.pairwise(words)}
    return len(steps) == 1


@cache
def _common() -> frozenset[str]:
    return frozenset(COMMON.read_text(encoding="utf-8").split())


def _fits(kept: str, password: str) -> bool:
    try:
        return HASHER.verify(kept, password)
    except (VerificationError, InvalidHashError, UnicodeEncodeError):
        return False
