"""The bytes of attachments lie safely under their tenant until somebody who may asks for them."""

import asyncio
import os
import random
import stat
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from uuid import UUID

import pytest

from services.kernel.files import FileAltered, FileMissing, FileNotKept, FileStore

pytestmark = pytest.mark.anyio
ZHENXI, LIDU = UUID(int=1), UUID(int=2)
PHOTO = random.Random(1).randbytes(3_000_000)
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)
LATER = datetime(2999, 1, 1, tzinfo=UTC)


async def read(files: FileStore, tenant: UUID, digest: str) -> bytes:
    return b"".join([piece async for piece in await files.get(tenant, digest)])


def age(path: Path, days: float) -> None:
    moment = path.stat().st_mtime - days * 86_400
    os.utime(path, (moment, moment))


async def test_what_was_attached_comes_back_byte_for_byte(tmp_path: Path) -> None:
    """In pieces, so that a large file is never whole in memory."""
    files = FileStore.of(tmp_path)
    digest = await files.put(ZHENXI, PHOTO)
    assert digest == sha256(PHOTO).hexdigest()
    pieces = [piece async for piece in await files.get(ZHENXI, digest)]
    assert b"".join(pieces) == PHOTO
    assert len(pieces) > 1
    assert await read(files, ZHENXI, await files.put(ZHENXI, b"")) == b""


async def test_bytes_lie_under_their_tenant_and_their_hash(tmp_path: Path) -> None:
    """In a folder that nobody else may enter."""
    digest = await FileStore.of(tmp_path).put(ZHENXI, b"a")
    assert (tmp_path / "files" / str(ZHENXI) / digest).read_bytes() == b"a"
    assert stat.S_IMODE((tmp_path / "files").stat().st_mode) == 0o700


async def test_another_towns_bytes_are_not_found(tmp_path: Path) -> None:
    """Also when the hash is known, and when the same bytes were attached in both towns."""
    files = FileStore.of(tmp_path)
    digest = await files.put(ZHENXI, b"a")
    with pytest.raises(FileMissing):
        await files.get(LIDU, digest)
    await files.put(LIDU, b"a")
    assert await files.sweep(LIDU, set(), older_than=LATER) == 1
    assert await read(files, ZHENXI, digest) == b"a"


@pytest.mark.parametrize("digest", ["", "..", "../../keys/master", "A" * 64, "0" * 63, "0" * 64, "0" * 64 + "\n"])
async def test_what_is_no_hash_of_ours_is_not_found(tmp_path: Path, digest: str) -> None:
    """No path leads out of the tenant's folder."""
    (tmp_path / "keys").mkdir()
    (tmp_path / "keys" / "master").write_text("secret", encoding="ascii")
    with pytest.raises(FileMissing):
        await FileStore.of(tmp_path).get(ZHENXI, digest)


async def test_the_same_bytes_are_kept_once(tmp_path: Path) -> None:
    """Twenty people attach the same photo at the same moment."""
    files = FileStore.of(tmp_path)
    digests = await asyncio.gather(*(files.put(ZHENXI, PHOTO) for _ in range(20)))
    assert len(set(digests)) == 1
    assert [path.name for path in (tmp_path / "files" / str(ZHENXI)).iterdir()] == [digests[0]]
    assert await read(files, ZHENXI, digests[0]) == PHOTO


@pytest.mark.parametrize("spoiled", [PHOTO[:-1], PHOTO + b"x", b"y" + PHOTO[1:]])
async def test_bytes_that_changed_on_the_disk_are_not_handed_out_as_whole(tmp_path: Path, spoiled: bytes) -> None:
    """The stream breaks off before its end, and the next upload mends it."""
    files = FileStore.of(tmp_path)
    digest = await files.put(ZHENXI, PHOTO)
    (tmp_path / "files" / str(ZHENXI) / digest).write_bytes(spoiled)
    with pytest.raises(FileAltered):
        await read(files, ZHENXI, digest)
    await files.put(ZHENXI, PHOTO)
    assert await read(files, ZHENXI, digest) == PHOTO


async def test_a_full_disk_is_told_and_leaves_nothing_behind(tmp_path: Path) -> None:
    """The row must not be written when its bytes were not."""
    files = FileStore.of(tmp_path)
    # A file in the place of the tenant's folder: no byte can be written there, not even by root.
    (tmp_path / "files" / str(ZHENXI)).write_bytes(b"")
    with pytest.raises(FileNotKept, match="稍后再试") as refused:
        await files.put(ZHENXI, b"a")
    assert refused.value.status == 507
    assert (tmp_path / "files" / str(ZHENXI)).read_bytes() == b""


async def test_bytes_without_a_row_are_swept_after_a_day(tmp_path: Path) -> None:
    """What a row names stays however old it is, and what is new stays because its row may still come."""
    files = FileStore.of(tmp_path)
    named, orphan, new = [await files.put(ZHENXI, name) for name in (b"named", b"orphan", b"new")]
    folder = tmp_path / "files" / str(ZHENXI)
    for digest in (named, orphan):
        age(folder / digest, days=2)
    day_ago = datetime.fromtimestamp((folder / new).stat().st_mtime, UTC) - timedelta(days=1)
    assert await files.sweep(ZHENXI, {named}, older_than=LONG_AGO) == 0
    assert await files.sweep(ZHENXI, {named}, older_than=day_ago) == 1
    assert {path.name for path in folder.iterdir()} == {named, new}
    assert await files.sweep(ZHENXI, {named}, older_than=day_ago) == 0


async def test_an_orphan_that_is_attached_again_is_not_swept(tmp_path: Path) -> None:
    """Its row is being written while the sweep still believes it forgotten."""
    files = FileStore.of(tmp_path)
    digest = await files.put(ZHENXI, b"again")
    path = tmp_path / "files" / str(ZHENXI) / digest
    age(path, days=2)
    day_ago = datetime.fromtimestamp(path.stat().st_mtime, UTC) + timedelta(days=1)
    await files.put(ZHENXI, b"again")
    assert await files.sweep(ZHENXI, set(), older_than=day_ago) == 0
    # A sweep that had listed it before that looks once more.
    assert not await files._remove_if_old(f"{ZHENXI}/{digest}", day_ago)
    assert await read(files, ZHENXI, digest) == b"again"


async def test_two_sweeps_at_once_do_not_disturb_each_other(tmp_path: Path) -> None:
    """Any number of workers may sweep; each orphan is removed, and nobody stumbles."""
    files = FileStore.of(tmp_path)
    for number in range(40):
        await files.put(ZHENXI, str(number).encode())
    removed = await asyncio.gather(*(files.sweep(ZHENXI, set(), older_than=LATER) for _ in range(4)))
    assert sum(removed) >= 40
    assert list((tmp_path / "files" / str(ZHENXI)).iterdir()) == []


async def test_a_tenant_without_attachments_has_nothing_to_sweep(tmp_path: Path) -> None:
    """A new town has no folder yet."""
    assert await FileStore.of(tmp_path).sweep(ZHENXI, set(), older_than=LATER) == 0


async def test_an_address_may_name_another_store(tmp_path: Path) -> None:
    """Attachments can lie in an object store; the home then holds none."""
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    files = FileStore.of(tmp_path / "home", elsewhere.as_uri())
    assert await read(files, ZHENXI, await files.put(ZHENXI, b"a")) == b"a"
    assert (elsewhere / str(ZHENXI)).is_dir()
    assert not (tmp_path / "home").exists()
