"""Passwords: argon2id with the OWASP profile, hashed on two threads so that a storm of sign-ins cannot starve the rest."""

import asyncio
import unicodedata
from concurrent.futures import ThreadPoolExecutor

from argon2 import PasswordHasher, Type
from argon2.exceptions import InvalidHashError, VerificationError

HASHER = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1, type=Type.ID)
THREADS = ThreadPoolExecutor(max_workers=2, thread_name_prefix="argon2")
NOBODYS_HASH = HASHER.hash("an account that does not exist takes as long as one that does")


def normalised(password: str) -> str:
    """The same password however a keyboard composed it (NFKC)."""
    return unicodedata.normalize("NFKC", password)


async def hash_password(password: str) -> str:
    """The argon2id hash to keep."""
    return await asyncio.get_running_loop().run_in_executor(THREADS, HASHER.hash, normalised(password))


async def verify_password(kept: str | None, password: str) -> bool:
    """Whether a password fits; an unknown account takes the same time."""
    fits = await asyncio.get_running_loop().run_in_executor(THREADS, _fits, kept or NOBODYS_HASH, normalised(password))
    return fits and kept is not None


def _fits(kept: str, password: str) -> bool:
    try:
        return HASHER.verify(kept, password)
    except (VerificationError, InvalidHashError):
        return False
