"""Attachments lie beside the database under their tenant and the hash of their bytes."""

import asyncio
import hashlib
import os
import re
from collections.abc import AsyncIterator, Collection
from datetime import datetime
from pathlib import Path
from typing import Self
from uuid import UUID

import obstore
from obstore.exceptions import BaseError, NotFoundError
from obstore.store import LocalStore, ObjectStore, from_url

from services.kernel.refusals import Refusal

CHUNK_BYTES = 256 * 1024


class FileMissing(Refusal):
    """The bytes of an attachment are not where its row says."""

    status = 404


class FileNotKept(Refusal):
    """The bytes of an attachment could not be written, so its row must not be either."""

    status = 507


class FileAltered(Refusal):
    """The bytes of an attachment are no longer those that were attached."""

    status = 500


class FileStore:
    """The bytes of all tenants' attachments, in a folder of the installation or in an object store."""

    def __init__(self, store: ObjectStore, folder: Path | None = None) -> None:
        self.store = store
        self.folder = folder

    @classmethod
    def of(cls, home: Path, url: str | None = None) -> Self:
        """The store at the address (s3://bucket/prefix …), else in `home/files`, which nobody else may enter."""
        if url:
            return cls(from_url(url))
        folder = home / "files"
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        return cls(LocalStore(folder), folder)

    async def put(self, tenant: UUID, data: bytes) -> str:
        """Keep the bytes and say their SHA-256 in hex; the same bytes once more change nothing but their age.

        To be called before the commit of the row that names them. Raises FileNotKept.
        """
        digest = await asyncio.to_thread(lambda: hashlib.sha256(data).hexdigest())
        key = _key(tenant, digest)
        try:
            # Written also when it is there: a sweep that found it old must not take it from the new row.
            await obstore.put_async(self.store, key, data)
            if self.folder:
                await asyncio.to_thread(_reach_the_disk, self.folder / key)
        except (BaseError, OSError) as error:
            raise FileNotKept("附件没有存上，可能是磁盘已满：您填的内容还在，请稍后再试，或联系系统管理员") from error
        return digest

    async def get(self, tenant: UUID, digest: str) -> AsyncIterator[bytes]:
        """The bytes in pieces; raises FileMissing at once, FileAltered at the end of bytes with another hash."""
        try:
            found = await obstore.get_async(self.store, _key(tenant, digest))
        except (BaseError, FileNotFoundError) as error:
            raise FileMissing("附件的文件找不到了：请联系系统管理员从备份恢复") from error
        return _checked(found, digest)

    async def holds(self, tenant: UUID, digest: str) -> bool:
        """Whether bytes lie there under that hash."""
        try:
            await obstore.head_async(self.store, _key(tenant, digest))
        except (NotFoundError, FileNotFoundError):
            return False
        return True

    async def remove(self, tenant: UUID, digest: str) -> None:
        """Take back bytes that were just put and that no row will name."""
        await obstore.delete_async(self.store, _key(tenant, digest))

    async def sweep(self, tenant: UUID, known: Collection[str], *, older_than: datetime) -> int:
        """Remove the tenant's bytes that no row names and that were last put before the instant; say how many.

        `known` holds the digests of all the tenant's rows, read after `older_than` had passed.
        """
        listed = await obstore.list(self.store, str(tenant)).collect_async()
        orphans = [
            one["path"] for one in listed if one["last_modified"] < older_than and _digest(one["path"]) not in known
        ]
        return sum([await self._remove_if_old(path, older_than) for path in orphans])

    async def _remove_if_old(self, path: str, older_than: datetime) -> bool:
        # Since the list was made somebody may have put the same bytes again, or another sweep have removed them.
        try:
            if (await obstore.head_async(self.store, path))["last_modified"] >= older_than:
                return False
            await obstore.delete_async(self.store, path)
        except (NotFoundError, FileNotFoundError):
            return False
        return True


async def _checked(found: "obstore.GetResult", digest: str) -> AsyncIterator[bytes]:
    running = hashlib.sha256()
    async for chunk in found.stream(CHUNK_BYTES):
        piece = bytes(chunk)
        running.update(piece)
        yield piece
    if running.hexdigest() != digest:
        raise FileAltered("附件的内容与上传时不一致，可能已损坏：请联系系统管理员从备份恢复")


def _key(tenant: UUID, digest: str) -> str:
    if not re.fullmatch(r"[0-9a-f]{64}", digest):
        raise FileMissing("没有这个附件")
    return f"{tenant}/{digest}"


def _digest(path: str) -> str:
    return path.rpartition("/")[2]


def _reach_the_disk(path: Path) -> None:
    for place, flags in ((path, os.O_RDONLY), (path.parent, os.O_RDONLY | os.O_DIRECTORY)):
        handle = os.open(place, flags)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
