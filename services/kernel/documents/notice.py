"""A town's notice is read from the file that the office has: Word or plain text."""

import re
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Literal

from services.kernel.documents.kinds import Kind, kind_of, require_size
from services.kernel.documents.numbering import Numbering
from services.kernel.documents.packages import PackageKind, old_office_file, open_package
from services.kernel.documents.plain_text import decode_text
from services.kernel.documents.refused import (
    FileDamaged,
    FileHasMacros,
    FileKindRefused,
    NoTextInside,
    WrongExtension,
)
from services.kernel.documents.word import WordReader

SAVE_AS_DOCX = "请用 Word 或 WPS 打开，选“另存为”，类型选“Word 文档（*.docx）”，再上传"
ONLY_WORDS = "这里只收有文字的 .docx 或 .txt 文件"
TYPE_IT = "请上传文件的 Word 原稿（.docx），或识别、录入成文字后再上传"
REFUSED = {
    Kind.PDF: f"这是 PDF，读不出完整的文字层级：{TYPE_IT}",
    Kind.JPEG: f"这是图片：{TYPE_IT}",
    Kind.PNG: f"这是图片：{TYPE_IT}",
    Kind.WEBP: f"这是图片：{TYPE_IT}",
    Kind.HEIC: f"这是图片：{TYPE_IT}",
    Kind.PICTURE: f"这是图片：{TYPE_IT}",
    Kind.RTF: f"这是 RTF 格式：{SAVE_AS_DOCX}",
    Kind.MARKUP: f"这是网页或 XML 文件：{SAVE_AS_DOCX}",
    Kind.ARCHIVE: f"这是压缩包：请先解压，{ONLY_WORDS}",
    Kind.PROGRAM: f"这是程序文件，不能接收：{ONLY_WORDS}",
}
PAGE_NUMBER = re.compile(r"[ \t\u3000]*[-—–－─][ \t\u3000]*[0-9\uff10-\uff19]{1,4}[ \t\u3000]*[-—–－─][ \t\u3000]*")
UNSEEN = re.compile("[\u200b\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]")


@dataclass(frozen=True, slots=True)
class NoticeText:
    """The words of a notice; `encoding` is that of a plain text, and of the XML of a Word document."""

    text: str
    format: Literal["docx", "txt"]
    encoding: str


def read_notice(data: bytes, filename: str) -> NoticeText:
    """The text of a notice: a plain text unchanged, a Word document as its reader saw it, without page numbers and deleted words.

    Raises a FileRefused that says what to do; nothing is kept of a refused file.
    """
    require_size(data)
    kind, extension = kind_of(data), PurePosixPath(filename.strip()).suffix.lower()
    if kind is Kind.OLE:
        raise old_office_file(data)
    if kind in REFUSED:
        raise FileKindRefused(REFUSED[kind])
    if kind is Kind.ZIP:
        return _from_word(data, extension)
    return _from_text(data, extension)


def _from_word(data: bytes, extension: str) -> NoticeText:
    if extension == ".docm":
        raise FileHasMacros(f"这是带宏的 Word 文件，不能接收：{SAVE_AS_DOCX}")
    package = open_package(data)
    if package.kind is not PackageKind.DOCX:
        raise FileKindRefused(f"这不是 Word 文档，{ONLY_WORDS}：请上传文件的 Word 原稿")
    if extension != ".docx":
        raise WrongExtension(f"文件内容是 Word 文档，扩展名却是“{extension[:10]}”：请把扩展名改为 .docx 后再上传")
    reader = WordReader(Numbering(package.related("numbering"), package.related("styles")))
    root = package.part(package.main)
    body = root.find("{*}body")
    if body is None:
        raise FileDamaged(f"Word 文档里没有正文：{SAVE_AS_DOCX}")
    text = _tidy("\n".join(reader.read(body)))
    if not text:
        raise _no_words(has_pictures=reader.has_pictures)
    return NoticeText(text, "docx", "utf-8")


def _from_text(data: bytes, extension: str) -> NoticeText:
    if extension in {".docx", ".doc", ".docm", ".wps"}:
        raise WrongExtension(f"文件名是“{extension}”，内容却不是 Word 文档：{SAVE_AS_DOCX}")
    if extension != ".txt":
        raise FileKindRefused(f"不认识的文件类型“{extension[:10]}”：{ONLY_WORDS}")
    text, encoding = decode_text(data)
    # A plain text stays as it was written, blanks and page numbers too: the spans of its items count these characters.
    return NoticeText(text, "txt", encoding)


def _no_words(*, has_pictures: bool) -> NoTextInside:
    if has_pictures:
        return NoTextInside(f"文档里只有图片或扫描件，没有文字：{TYPE_IT}")
    return NoTextInside("文档里没有文字，请确认选对了文件后重新上传")


def _tidy(text: str) -> str:
    lines = [line.rstrip() for line in UNSEEN.sub("", text).split("\n") if not PAGE_NUMBER.fullmatch(line)]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip("\n")
