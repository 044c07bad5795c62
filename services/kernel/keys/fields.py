"""A tenant's personal data is written down sealed: what a dump or a log shows is not a phone number."""

import hmac
import secrets
from dataclasses import dataclass, field
from typing import Self
from uuid import UUID

from services.kernel.keys.master import FINGERPRINT_BYTES, MasterKey
from services.kernel.keys.sealing import FORMAT, KEY_BYTES, WrongKey, bound, decrypt, encrypt, utf8


@dataclass(frozen=True, slots=True)
class TenantKeys:
    """One tenant's key for sealing fields and its key for finding them again; `version` counts its data keys."""

    version: int
    data: bytes = field(repr=False)
    index: bytes = field(repr=False)

    @classmethod
    def new(cls, version: int = 1) -> Self:
        """Keys that nobody had before."""
        return cls(version, secrets.token_bytes(KEY_BYTES), secrets.token_bytes(KEY_BYTES))


def wrap(master: MasterKey, keys: TenantKeys, *, tenant: UUID) -> bytes:
    """A tenant's keys as they may lie in the database."""
    head = FORMAT + master.fingerprint
    words = bytes([keys.version]) + keys.data + keys.index
    return head + encrypt(master.secret, words, bound("tenant-keys", head, tenant.bytes))


def unwrap(master: MasterKey, wrapped: bytes, *, tenant: UUID) -> TenantKeys:
    """A tenant's keys as they were wrapped, also by a key that lies beside `master` while it is being replaced.

    Raises WrongKey where no such key is there, SealBroken for changed bytes.
    """
    head, rest = wrapped[: 1 + FINGERPRINT_BYTES], wrapped[1 + FINGERPRINT_BYTES :]
    opener = master.called(head[1:]) if head[:1] == FORMAT else None
    if opener is None:
        raise WrongKey("数据密钥不是用现在的主密钥保管的：请把原来的主密钥文件放回去")
    words = decrypt(opener.secret, rest, bound("tenant-keys", head, tenant.bytes))
    return TenantKeys(words[0], words[1 : 1 + KEY_BYTES], words[1 + KEY_BYTES :])


def wrapped_by(wrapped: bytes) -> bytes:
    """The fingerprint of the master key that a tenant's keys are wrapped by."""
    return wrapped[1 : 1 + FINGERPRINT_BYTES]


def rewrap(old: MasterKey, new: MasterKey, wrapped: bytes, *, tenant: UUID) -> bytes:
    """The same tenant's keys under a new master key; the sealed fields stay as they are."""
    return wrap(new, unwrap(old, wrapped, tenant=tenant), tenant=tenant)


def seal_field(keys: TenantKeys, plaintext: str, *, tenant: UUID, table: str, column: str, row: UUID) -> bytes:
    """A personal value as it is stored: AES-256-GCM, bound to its tenant, table, column and row."""
    version = bytes([keys.version])
    return version + encrypt(keys.data, utf8(plaintext), _place(version, tenant, table, column, row))


def open_field(keys: TenantKeys, sealed: bytes, *, tenant: UUID, table: str, column: str, row: UUID) -> str:
    """A personal value as it was typed; raises WrongKey for another version, SealBroken for changed or moved bytes."""
    version = sealed[:1]
    if version != bytes([keys.version]):
        raise WrongKey("这项个人信息是用另一版数据密钥加密的，现在打不开：请系统管理员核对密钥版本")
    return decrypt(keys.data, sealed[1:], _place(version, tenant, table, column, row)).decode()


def blind_index(keys: TenantKeys, normalised: str) -> bytes:
    """What a sealed value is found and kept unique by: equal within a tenant, unlike between tenants."""
    return hmac.digest(keys.index, utf8(normalised), "sha256")


def _place(version: bytes, tenant: UUID, table: str, column: str, row: UUID) -> bytes:
    return bound("field", version, tenant.bytes, table.encode(), column.encode(), row.bytes)
