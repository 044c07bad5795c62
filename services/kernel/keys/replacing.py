"""A master key gives way to the next: at every instant one of the files at its place or beside it opens what is stored."""

import fcntl
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from services.kernel.clock import SHANGHAI
from services.kernel.keys.master import FORBIDDEN_GIVEN, MasterKey, make_key, read_key
from services.kernel.refusals import Refusal


class CannotReplace(Refusal):
    """The master key cannot be replaced now; nothing was changed."""

    status = 409


@contextmanager
def alone(file: Path) -> Iterator[None]:
    """Nobody else replaces this key meanwhile; raises CannotReplace, also where the folder cannot be written to."""
    try:
        lock = os.open(file.with_name(f".{file.name}.lock"), os.O_CREAT | os.O_RDWR, 0o600)
    except OSError as error:
        raise CannotReplace(
            f"不能在 {file.parent} 里写文件（{error.strerror}）：请用有权限的账号执行，或先把主密钥放到可写的目录"
        ) from error
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    except BlockingIOError as busy:
        raise CannotReplace("另一个命令正在更换主密钥，请等它结束后再试") from busy
    finally:
        os.close(lock)


def following(file: Path) -> MasterKey | None:
    """The key that is to follow while a replacement is open; raises KeyExposed, and KeyMissing where it is no key."""
    path = _following(file)
    return read_key(path, forbidden=FORBIDDEN_GIVEN) if path.exists() else None


def make_following(file: Path) -> MasterKey:
    """The key that is to follow, made once for those who may read the present one."""
    path = _following(file)
    if not path.exists():
        make_key(path, like=file.stat())
        _settle(file.parent)
    return read_key(path, forbidden=FORBIDDEN_GIVEN)


def keep_old(file: Path, at: datetime) -> Path:
    """The present key lies beside under the date (Asia/Shanghai) of its end; one that was kept already is not kept twice."""
    for path in earlier(file):
        if path.samefile(file):
            return path
    # The fingerprint keeps two changes within a second apart.
    old = read_key(file, forbidden=FORBIDDEN_GIVEN).fingerprint.hex()
    kept = file.with_name(f"{file.name}.{at.astimezone(SHANGHAI):%Y%m%d-%H%M%S}-{old}")
    kept.hardlink_to(file)
    _settle(file.parent)
    return kept


def enable(file: Path) -> None:
    """The following key takes the place of the present one, in one step of the file system."""
    _following(file).rename(file)
    _settle(file.parent)


def earlier(file: Path) -> Sequence[Path]:
    """The files of the keys before this one that the operator has not deleted yet, the oldest first."""
    return sorted(p for p in file.parent.glob(f"{file.name}.[0-9]*") if p.is_file())


def _following(file: Path) -> Path:
    return file.with_name(f"{file.name}.next")


def _settle(folder: Path) -> None:
    """What was done to the folder outlives a power cut."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
