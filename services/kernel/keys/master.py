"""The installation's master key: a file that is in no backup and in no database."""

import base64
import binascii
import hashlib
import os
import secrets
import stat
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from services.kernel.keys.sealing import KEY_BYTES, KeyMissing
from services.kernel.refusals import Refusal

FINGERPRINT_BYTES = 8
FORBIDDEN_GIVEN = 0o037
"""What must not be allowed on a configured file: a group may read it, and nobody else."""


class KeyExposed(Refusal):
    """A key file can be read or changed by others than the service."""

    status = 503


@dataclass(frozen=True, slots=True)
class MasterKey:
    """The key of the installation that wraps the keys of every tenant."""

    secret: bytes = field(repr=False)
    file: Path | None = field(default=None, compare=False)
    """Where it lies. Beside it, under its name and a further word, lie the key that is to follow and those before it."""

    @property
    def fingerprint(self) -> bytes:
        """Tells master keys apart without saying anything about them."""
        return hashlib.sha256(b"anzhen/master/v1" + self.secret).digest()[:FINGERPRINT_BYTES]

    def called(self, fingerprint: bytes) -> "MasterKey | None":
        """The key with that fingerprint: this one, else one that lies at its place or beside it by now."""
        if fingerprint == self.fingerprint:
            return self
        return next((key for key in self._beside() if key.fingerprint == fingerprint), None)

    def _beside(self) -> Iterator["MasterKey"]:
        if self.file is None:
            return
        with suppress(OSError):
            for path in sorted(self.file.parent.iterdir()):
                if path == self.file or path.name.startswith(f"{self.file.name}."):
                    with suppress(Refusal):
                        yield read_key(path, forbidden=FORBIDDEN_GIVEN)


def master_key(home: Path, configured: Path | None = None) -> MasterKey:
    """The installation's master key: the configured file, else `home/keys/master`, made once with mode 0600.

    A configured file is never made, because a new key in the place of a lost one could open nothing.
    Raises KeyMissing and KeyExposed.
    """
    if configured:
        return read_key(configured, forbidden=FORBIDDEN_GIVEN)
    path = home / "keys" / "master"
    if not path.exists():
        make_key(path)
    return read_key(path, forbidden=0o077)


def make_key(path: Path, like: os.stat_result | None = None) -> None:
    """A new key at that place, whole or not at all and only where none is; for those who may read the file `like`, else 0600."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    handle, written = tempfile.mkstemp(dir=path.parent, prefix=".master-")
    try:
        with os.fdopen(handle, "wb") as file:
            if like:
                os.fchown(handle, like.st_uid, like.st_gid)
                os.fchmod(handle, stat.S_IMODE(like.st_mode) & ~FORBIDDEN_GIVEN)
            file.write(base64.b64encode(secrets.token_bytes(KEY_BYTES)) + b"\n")
            file.flush()
            os.fsync(file.fileno())
        # A link appears whole or not at all, and never takes the place of a key that another process made meanwhile.
        with suppress(FileExistsError):
            path.hardlink_to(written)
    finally:
        Path(written).unlink()


def read_key(path: Path, *, forbidden: int) -> MasterKey:
    """The key in a file; raises KeyMissing, and KeyExposed where the file has one of the forbidden mode bits."""
    try:
        with path.open("rb") as file:
            found = os.fstat(file.fileno())
            text = file.read(1024) if stat.S_ISREG(found.st_mode) else b""
    except OSError as error:
        raise KeyMissing(
            f"读不到主密钥文件 {path}（{error.strerror}）：请从另行保管的副本拷回来；没有它，已加密的个人信息打不开"
        ) from error
    if found.st_mode & forbidden or found.st_uid not in {0, os.geteuid()}:
        raise KeyExposed(f"主密钥文件 {path} 的权限过宽：请改为只有运行本系统的账号可读（chown 后 chmod 600）")
    try:
        secret = base64.b64decode(text.strip(), validate=True)
    except binascii.Error:
        secret = b""
    if len(secret) != KEY_BYTES:
        raise KeyMissing(f"文件 {path} 里不是主密钥（应是 32 字节随机数的 Base64）：请从另行保管的副本拷回来")
    return MasterKey(secret, path)
