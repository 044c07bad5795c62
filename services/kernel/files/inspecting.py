"""What may be attached: by its content and from a short list, cleaned of what nobody should receive."""

import re
from dataclasses import dataclass, field
from enum import StrEnum

from services.kernel.documents import (
    FileDamaged,
    FileKindRefused,
    FileRefused,
    Kind,
    PackageKind,
    WrongExtension,
    decode_text,
    kind_of,
    old_office_file,
    open_package,
    require_size,
)
from services.kernel.files.images import Format, redrawn
from services.kernel.files.names import split_name

ACCEPTED = "只收 jpg、png、webp 图片和 pdf、docx、xlsx、txt 文件"
START_BYTES = 1024
TAIL_BYTES = 65_557
OTHER_START = re.compile(rb"%PDF-|<!doctype|<html|<script|<svg|<\?php|<iframe", re.IGNORECASE)


class FileKind(StrEnum):
    """What may be attached."""

    JPEG = "jpg"
    PNG = "png"
    WEBP = "webp"
    PDF = "pdf"
    DOCX = "docx"
    XLSX = "xlsx"
    TXT = "txt"


MEDIA_TYPES = {
    FileKind.JPEG: "image/jpeg",
    FileKind.PNG: "image/png",
    FileKind.WEBP: "image/webp",
    FileKind.PDF: "application/pdf",
    FileKind.DOCX: "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    FileKind.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    FileKind.TXT: "text/plain; charset=utf-8",
}
IMAGES: dict[Kind, tuple[FileKind, Format]] = {
    Kind.JPEG: (FileKind.JPEG, "JPEG"),
    Kind.PNG: (FileKind.PNG, "PNG"),
    Kind.WEBP: (FileKind.WEBP, "WEBP"),
}
PACKAGES = {PackageKind.DOCX: FileKind.DOCX, PackageKind.XLSX: FileKind.XLSX}
REFUSED = {
    Kind.HEIC: "这是 HEIC 照片，多数电脑打不开：请在手机“设置－相机－格式”里选“兼容性最佳”后重拍，或转成 jpg 再上传",
    Kind.MARKUP: f"这是网页、SVG 或 XML 文件，不能接收：{ACCEPTED}",
    Kind.ARCHIVE: f"这是压缩包，不能接收：请解压后逐个上传，{ACCEPTED}",
    Kind.PROGRAM: f"这是程序文件，不能接收：{ACCEPTED}",
}


class FileIsTwoThings(FileRefused):
    """A file is of one kind at its start and of another further on."""

    status = 415


@dataclass(frozen=True, slots=True)
class Inspected:
    """A file as it may be kept and handed out; `data` is what to store, `name` what to show."""

    kind: FileKind
    media_type: str
    extension: str
    name: str
    data: bytes = field(repr=False)


def inspect(data: bytes, filename: str) -> Inspected:
    """The file by its content: pictures drawn anew, texts in UTF-8, office files without macros and bombs.

    Takes seconds of computing for large pictures. Raises a FileRefused that says what to do.
    """
    require_size(data)
    kind, (stem, extension) = kind_of(data), split_name(filename)
    if kind in IMAGES:
        # Phones and chats often give a picture the extension of another kind: it gets its own.
        return _inspected(*_picture(data, kind), stem)
    if kind is Kind.PDF:
        found, kept = FileKind.PDF, _pdf(data)
    elif kind is Kind.ZIP:
        found, kept = _office(data), data
    elif kind is Kind.TEXT:
        found, kept = FileKind.TXT, _text(data, extension)
    elif kind is Kind.OLE:
        raise old_office_file(data)
    else:
        raise FileKindRefused(REFUSED.get(kind, f"不能接收这种文件：{ACCEPTED}"))
    if extension != found:
        raise WrongExtension(f"文件内容是 {found}，扩展名却不是：请确认没有选错文件，把扩展名改为 .{found} 后再上传")
    return _inspected(found, kept, stem)


def _inspected(kind: FileKind, data: bytes, stem: str) -> Inspected:
    require_size(data)
    return Inspected(kind, MEDIA_TYPES[kind], kind.value, f"{stem}.{kind}", data)


def _picture(data: bytes, kind: Kind) -> tuple[FileKind, bytes]:
    found, form = IMAGES[kind]
    return found, redrawn(data, form)


def _pdf(data: bytes) -> bytes:
    if b"%%EOF" not in data[-2 * START_BYTES :]:
        raise FileDamaged("PDF 没有传完整或已损坏：请重新导出或扫描后再上传")
    _require_one_thing(data[len(b"%PDF-") :], may_end_as_zip=False)
    return data


def _office(data: bytes) -> FileKind:
    package = open_package(data)
    if package.kind not in PACKAGES:
        raise FileKindRefused(f"这是压缩包或不认识的文档，不能接收：{ACCEPTED}")
    _require_one_thing(data, may_end_as_zip=True)
    return PACKAGES[package.kind]


def _text(data: bytes, extension: str) -> bytes:
    if extension != FileKind.TXT:
        raise FileKindRefused(f"不能接收这种文件：{ACCEPTED}")
    text = decode_text(data)[0].encode()
    _require_one_thing(text, may_end_as_zip=False)
    return text


def _require_one_thing(data: bytes, *, may_end_as_zip: bool) -> None:
    if OTHER_START.search(data[:START_BYTES]) or (not may_end_as_zip and b"PK\x05\x06" in data[-TAIL_BYTES:]):
        raise FileIsTwoThings(
            f"文件里夹带了另一种文件，为了安全没有接收：请用原来的程序打开，另存后再上传（{ACCEPTED}）"
        )
