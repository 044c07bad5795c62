"""A file from the office read into a tree, without keeping anything: what an upload begins with."""

import asyncio
import hashlib

import msgspec

from services.kernel.documents import read_notice
from services.regulation import notices
from services.supervision.plans.refusals import NotATownsNotice, NoticeTooLong

MOST_CHARACTERS = 200_000
MOST_NODES = 2_000


class Reading(msgspec.Struct, frozen=True):
    """A file's name, format and fingerprint, and the tree of its text."""

    filename: str
    format: str
    sha256: str
    tree: notices.Notice


def read_file(data: bytes, filename: str) -> Reading:
    """The tree of an uploaded file; raises a FileRefused that says what to do, and keeps nothing."""
    found = read_notice(data, filename)
    if len(found.text) > MOST_CHARACTERS:
        raise NoticeTooLong(
            f"全文有 {len(found.text)} 字，不像工作要点（最多 {MOST_CHARACTERS} 字）：请只上传工作要点正文"
        )
    try:
        tree = notices.parse(found.text)
    except notices.NotANotice as refused:
        raise NotATownsNotice(str(refused)) from refused
    if len(tree.nodes) > MOST_NODES:
        raise NoticeTooLong(
            f"文件分成了 {len(tree.nodes)} 条，不像工作要点（最多 {MOST_NODES} 条）：请只上传工作要点正文"
        )
    return Reading(filename, found.format, hashlib.sha256(data).hexdigest(), tree)


async def read_upload(data: bytes, filename: str) -> Reading:
    """The same off the event loop: a Word file is unpacked and looked through."""
    return await asyncio.to_thread(read_file, data, filename)
