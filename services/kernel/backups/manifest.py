"""What a backup says of itself: the moment it shows, and what must be in it."""

import hmac
from datetime import datetime
from typing import Literal
from uuid import UUID

import msgspec

from services.kernel.backups.figures import Figures
from services.kernel.keys import MasterKey
from services.kernel.refusals import Refusal


class NotThisKey(Refusal):
    """The master key is not the one under which the backup was made."""


class Kept(msgspec.Struct, frozen=True):
    """The bytes of one attachment."""

    tenant: UUID
    sha256: str
    bytes: int

    @property
    def name(self) -> str:
        """Its place in the archive."""
        return f"attachments/{self.tenant}/{self.sha256}"


class Manifest(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The content of a backup."""

    format: Literal[1]
    recovery_point: datetime
    """Everything that was committed before this instant is in the backup, and nothing later."""
    revision: str
    """The schema's."""
    server: str
    master_key: str
    """The fingerprint of the key that opens the tenants' keys, which says nothing about it."""
    dump_bytes: int
    dump_sha256: str
    tables: dict[str, Figures]
    attachments: list[Kept]
    missing: list[Kept]
    """Attachments whose bytes were gone or altered when the backup was made."""

    @property
    def rows(self) -> int:
        """Of all tables."""
        return sum(figures.rows for figures in self.tables.values())

    def require_key(self, master: MasterKey) -> None:
        """Raise NotThisKey where the key is another."""
        if self.master_key != master.fingerprint.hex():
            raise NotThisKey(
                f"这把主密钥打不开这份备份里的加密信息：备份要的是指纹 {self.master_key}，这把是 {master.fingerprint.hex()}。"
                "请用 --master-key 指定备份时所用主密钥的文件"
            )


def seal(master: MasterKey, manifest: bytes) -> str:
    """What only the holder of the master key can write under a manifest."""
    own = hmac.digest(master.secret, b"anzhen/backup/v1", "sha256")
    return hmac.digest(own, manifest, "sha256").hex()
