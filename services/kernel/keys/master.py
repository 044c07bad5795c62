"""The installation's master key: a file that is in no backup and in no database."""

import base64
import binascii
import hashlib
import os
import secrets
import stat
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

from services.kernel.keys.sealing import KEY_BYTES, KeyMissing
from services.kernel.refusals import Refusal

FINGERPRINT_BYTES = 8


class KeyExposed(Refusal):
    """A key file can be read or changed by others than the service."""

    status = 503


@dataclass(frozen=True, slots=True)
class MasterKey:
    """The key of the installation that wraps the keys of every tenant."""

    secret: bytes = field(repr=False)

    @property
    def fingerprint(self) -> bytes:
        """Tells master keys apart without saying anything about them."""
        return hashlib.sha256(b"anzhen/master/v1" + self.secret).digest()[:FINGERPRINT_BYTES]


def master_key(home: Path, configured: Path | None = None) -> MasterKey:
    """The installation's master key: the configured file, else `home/keys/master`, made once with mode 0600.

    A configured file is never made, because a new key in the place of a lost one could open nothing.
    Raises KeyMissing and KeyExposed.
    """
    if configured:
        return MasterKey(_read_key(configured, forbidden=0o037))
    path = home / "keys" / "master"
    if not path.exists():
        _make_key(path)
    return MasterKey(_read_key(path, forbidden=0o077))


def _make_key(path: Path) -> None:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    handle, written = tempfile.mkstemp(dir=path.parent, prefix=".master-")
    with os.fdopen(handle, "wb") as file:
        file.write(base64.b64encode(secrets.token_bytes(KEY_BYTES)) + b"\n")
        file.flush()
        os.fsync(file.fileno())
    try:
        # A link appears whole or not at all, and never takes the place of a key that another process made meanwhile.
        path.hardlink_to(written)
    except FileExistsError:
        pass
    finally:
        Path(written).unlink()


def _read_key(path: Path, *, forbidden: int) -> bytes:
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
    return secret
