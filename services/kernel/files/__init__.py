"""Attachments: what may come in, and where its bytes lie."""

from services.kernel.files.inspecting import FileIsTwoThings, FileKind, Inspected, inspect
from services.kernel.files.keeping import FileAltered, FileMissing, FileNotKept, FileStore

__all__ = [
    "FileAltered",
    "FileIsTwoThings",
    "FileKind",
    "FileMissing",
    "FileNotKept",
    "FileStore",
    "Inspected",
    "inspect",
]
