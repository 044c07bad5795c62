"""Compiled templates are kept in the home, so that a process that starts need not compile them again."""

import hashlib
import os
import shutil
import stat
from contextlib import suppress
from pathlib import Path
from pickle import PickleError  # noqa: S403 - what Jinja raises on a damaged file
from typing import Final

import jinja2
from jinja2 import FileSystemBytecodeCache
from jinja2.bccache import Bucket

HERE: Final = Path(__file__).parent
DAMAGED: Final = (OSError, EOFError, ValueError, PickleError)


class Kept(FileSystemBytecodeCache):
    """A file that cannot be read or written costs a compilation, never a page."""

    def load_bytecode(self, bucket: Bucket) -> None:
        """What is damaged counts as absent."""
        try:
            super().load_bytecode(bucket)
        except DAMAGED:
            bucket.reset()

    def dump_bytecode(self, bucket: Bucket) -> None:
        """A full disk is no reason to show nothing."""
        with suppress(OSError):
            super().dump_bytecode(bucket)


def kept_in(home: Path) -> Kept | None:
    """The folder of this release's compiled templates, or None where no folder of ours alone can be had.

    What lies there is run as code: only folders that nobody else can write to are believed.
    """
    folder = home / "cache" / "templates" / _release()
    try:
        if not all(map(_is_ours_alone, (folder.parent.parent, folder.parent, folder))):
            return None
        for former in folder.parent.iterdir():
            if former != folder:
                shutil.rmtree(former, ignore_errors=True)
    except OSError:
        return None
    return Kept(str(folder))


def _is_ours_alone(folder: Path) -> bool:
    """Whether it is there, made now if need be, and closed to everybody else."""
    folder.mkdir(mode=stat.S_IRWXU, exist_ok=True)
    found = folder.lstat()
    return stat.S_ISDIR(found.st_mode) and found.st_uid == os.geteuid() and stat.S_IMODE(found.st_mode) == stat.S_IRWXU


def _release() -> str:
    """What a compiled template depends on besides its own text: Jinja, its settings, and filters of constants."""
    sources = (HERE / name for name in ("environment.py", "filters.py"))
    return hashlib.sha256(b"".join([jinja2.__version__.encode(), *(one.read_bytes() for one in sources)])).hexdigest()[
        :16
    ]
