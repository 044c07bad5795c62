"""Attachments: a row in the transaction, the bytes by their hash beside it."""

import asyncio
from datetime import datetime
from io import BytesIO
from typing import ClassVar
from uuid import UUID

from PIL import Image
from sqlalchemy.orm import Mapped

from services.kernel.files import FileStore, inspect
from services.kernel.table import Login, TenantTable, tenant_index
from services.kernel.work import Work

THUMBNAIL_SIDE = 480
PICTURES = frozenset({"image/jpeg", "image/png", "image/webp"})
"""Drawn anew when they came in, so a browser may show them."""


class Attachment(TenantTable):
    """A file that belongs to one row of a tenant and is seen by whoever sees that row."""

    __tablename__ = "attachment"
    __access__: ClassVar = {
        Login.TOWN: "SELECT, INSERT",
        Login.ENTERPRISE: "SELECT, INSERT",
        Login.DISTRICT: "SELECT",
        Login.WORKER: "SELECT",
    }
    __table_args__ = (tenant_index("owner_kind", "owner_id"), tenant_index("sha256"))

    owner_kind: Mapped[str]
    owner_id: Mapped[UUID]
    enterprise_id: Mapped[UUID | None]
    sha256: Mapped[str]
    media_type: Mapped[str]
    bytes: Mapped[int]
    name: Mapped[str]
    """The original name, cleaned for display."""
    added_by: Mapped[UUID]
    added_by_name: Mapped[str]
    created_at: Mapped[datetime]

    @property
    def is_picture(self) -> bool:
        """Whether a browser may show it within a page."""
        return self.media_type in PICTURES


async def keep(
    work: Work, files: FileStore, *, kind: str, owner_id: UUID, enterprise_id: UUID | None, filename: str, data: bytes
) -> Attachment:
    """A file beside a row of this tenant: the bytes at once, the row when the transaction is committed.

    Bytes whose row never came are swept after a day. Raises a FileRefused for what may not come in, FileNotKept.
    """
    found = await asyncio.to_thread(inspect, data, filename)
    digest = await files.put(work.tenant_id, found.data)
    return work.add(
        Attachment(
            owner_kind=kind,
            owner_id=owner_id,
            enterprise_id=enterprise_id,
            sha256=digest,
            media_type=found.media_type,
            bytes=len(found.data),
            name=found.name,
            added_by=work.identity.member_id,
            added_by_name=work.identity.person,
            created_at=work.now,
        )
    )


def thumbnail(picture: bytes) -> bytes:
    """A kept picture as a JPEG of at most 480 pixels a side, for lists on a slow line."""
    with Image.open(BytesIO(picture)) as image:
        image.draft("RGB", (THUMBNAIL_SIDE, THUMBNAIL_SIDE))
        small = image.convert("RGB")
    small.thumbnail((THUMBNAIL_SIDE, THUMBNAIL_SIDE))
    buffer = BytesIO()
    small.save(buffer, "JPEG", quality=80)
    return buffer.getvalue()
