"""The file of a backup: a tar whose last members are the manifest and its seal."""

import errno
import hashlib
import os
import shutil
import tarfile
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from io import BytesIO
from pathlib import Path
from types import TracebackType
from typing import IO, Self

import msgspec

from services.kernel.backups.manifest import Kept, Manifest, seal
from services.kernel.keys import MasterKey
from services.kernel.refusals import Refusal

DUMP, MANIFEST, SEAL = "database.dump", "manifest.json", "manifest.seal"
CHUNK_BYTES = 1024 * 1024
UNDER_WAY = ".anzhen-backup-"
UNDER_WAY_SECONDS = 24 * 3600
"""No backup takes longer: an older folder was left by one that was killed."""


class BackupDamaged(Refusal):
    """A file is no whole backup: torn off, changed, or something else altogether."""


class Writer:
    """A backup that is being written."""

    def __init__(self, tar: tarfile.TarFile, folder: Path, at: datetime) -> None:
        self._tar, self._at = tar, at
        self.folder = folder
        """A place for what is on its way, closed to others and gone afterwards."""

    def add(self, name: str, data: bytes) -> None:
        """A member out of memory."""
        self._tar.addfile(self._info(name, len(data)), BytesIO(data))

    def add_file(self, name: str, file: Path) -> str:
        """A member out of a file; says its SHA-256."""
        with file.open("rb") as stream:
            hashing = Hashing(stream)
            self._tar.addfile(self._info(name, file.stat().st_size), hashing)
        return hashing.hexdigest()

    def finish(self, manifest: Manifest, master: MasterKey) -> None:
        """The manifest comes last, and its seal after it."""
        words = msgspec.json.format(msgspec.json.encode(manifest), indent=1)
        self.add(MANIFEST, words)
        self.add(SEAL, seal(master, words).encode())

    def _info(self, name: str, size: int) -> tarfile.TarInfo:
        info = tarfile.TarInfo(name)
        info.size, info.mode, info.mtime = size, 0o600, self._at.timestamp()
        return info


@contextmanager
def writing(file: Path, at: datetime) -> Iterator[Writer]:
    """A new archive (0600) that gets its name only when it is whole and on the disk; an existing file is never touched."""
    _clear_away_what_was_killed(file.parent, at)
    with tempfile.TemporaryDirectory(prefix=UNDER_WAY, dir=file.parent) as made:
        folder = Path(made)
        partial = folder / "partial.tar"
        with os.fdopen(os.open(partial, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb") as stream:
            with tarfile.open(fileobj=stream, mode="w", format=tarfile.PAX_FORMAT) as tar:
                yield Writer(tar, folder, at)
            stream.flush()
            os.fsync(stream.fileno())
        if file.exists():
            raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(file))
        partial.rename(file)
    handle = os.open(file.parent, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _clear_away_what_was_killed(folder: Path, at: datetime) -> None:
    for left in folder.glob(f"{UNDER_WAY}*"):
        if at.timestamp() - left.stat().st_mtime > UNDER_WAY_SECONDS:
            shutil.rmtree(left, ignore_errors=True)


class Archive:
    """A backup that is being read; raises BackupDamaged."""

    def __init__(self, file: Path) -> None:
        try:
            self._tar = tarfile.open(file, "r:")  # noqa: SIM115 - closed by __exit__
        except (tarfile.TarError, EOFError) as error:
            raise BackupDamaged(f"{file} 不是安镇的备份文件，或已损坏：请换一份备份") from error
        try:
            self._members = self._listed()
            self.manifest, self._words, self._seal = self._read_manifest()
        except BaseException:
            self._tar.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._tar.close()

    def require_seal(self, master: MasterKey) -> None:
        """Raise NotThisKey for another master key, BackupDamaged where somebody without it rewrote the manifest."""
        self.manifest.require_key(master)
        if seal(master, self._words) != self._seal:
            raise BackupDamaged("备份的清单被改动过（封签不符），不能使用：请换一份备份，并查明是谁动过它")

    def check(self, progress: Callable[[int, int], None] = lambda _done, _all: None) -> None:
        """Read everything and hold it against the manifest: nothing torn, nothing changed, nothing more, nothing less."""
        expected = [DUMP, *(kept.name for kept in self.manifest.attachments), MANIFEST, SEAL]
        if list(self._members) != expected:
            raise BackupDamaged("备份里的文件与清单不一致（有缺失或多余），不能使用：请换一份备份")
        self._require(DUMP, self.manifest.dump_bytes, self.manifest.dump_sha256)
        for done, kept in enumerate(self.manifest.attachments, 1):
            self._require(kept.name, kept.bytes, kept.sha256)
            progress(done, len(self.manifest.attachments))

    def extract_dump(self, file: Path) -> None:
        """Write the dump into a file."""
        with self._open(DUMP) as stream, file.open("wb") as output:
            while piece := stream.read(CHUNK_BYTES):
                output.write(piece)

    def attachment(self, kept: Kept) -> bytes:
        """The bytes of one attachment (at most 20 MB)."""
        with self._open(kept.name) as stream:
            return stream.read()

    def _listed(self) -> dict[str, tarfile.TarInfo]:
        try:
            members = self._tar.getmembers()
        except (tarfile.TarError, EOFError, OSError) as error:
            raise BackupDamaged("备份文件不完整，可能没有拷完：请重新拷贝，或换一份备份") from error
        if len({member.name for member in members}) != len(members) or not all(m.isreg() for m in members):
            raise BackupDamaged("备份里有重复或可疑的文件，不能使用：请换一份备份")
        return {member.name: member for member in members}

    def _read_manifest(self) -> tuple[Manifest, bytes, str]:
        if not {MANIFEST, SEAL} <= set(self._members):
            raise BackupDamaged("备份文件不完整，末尾的清单没有了，可能没有拷完：请重新拷贝，或换一份备份")
        words = self._open(MANIFEST).read()
        try:
            found = msgspec.json.decode(words)
            if isinstance(found, dict) and found.get("format") not in (1, None):
                raise BackupDamaged("这份备份由更新版本的安镇所做：请先升级本机的程序，再恢复")
            return msgspec.json.decode(words, type=Manifest), words, self._open(SEAL).read().decode("ascii", "replace")
        except msgspec.DecodeError as error:
            raise BackupDamaged("备份的清单读不懂，可能被改动过或已损坏：请换一份备份") from error

    def _require(self, name: str, size: int, digest: str) -> None:
        hashing = Hashing(self._open(name))
        while hashing.read(CHUNK_BYTES):
            pass
        if (hashing.bytes, hashing.hexdigest()) != (size, digest):
            raise BackupDamaged(f"备份里的 {name} 与清单不符，可能被改动过或没有拷完：请换一份备份")

    def _open(self, name: str) -> "Stream":
        return Stream(self._tar, self._members[name])


class Stream:
    """A member's bytes; a file that ends in their middle is a damaged backup."""

    def __init__(self, tar: tarfile.TarFile, member: tarfile.TarInfo) -> None:
        stream = tar.extractfile(member)
        assert stream is not None
        self._stream: IO[bytes] = stream

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._stream.close()

    def read(self, size: int = -1) -> bytes:
        """As many bytes."""
        try:
            return self._stream.read(size)
        except (tarfile.TarError, EOFError) as error:
            raise BackupDamaged("备份文件不完整，可能没有拷完：请重新拷贝，或换一份备份") from error


class Hashing:
    """Bytes on their way, hashed and counted as they pass."""

    def __init__(self, stream: "IO[bytes] | Stream") -> None:
        self._stream, self._hash = stream, hashlib.sha256()
        self.bytes = 0

    def read(self, size: int = -1) -> bytes:
        """As many bytes."""
        piece = self._stream.read(size)
        self._hash.update(piece)
        self.bytes += len(piece)
        return piece

    def hexdigest(self) -> str:
        """Of all that passed."""
        return self._hash.hexdigest()
