"""What a file is by its first bytes, whatever its name says."""

from enum import StrEnum

from services.kernel.documents.refused import FileEmpty, FileTooLarge

MAX_BYTES = 20 * 1024 * 1024


class Kind(StrEnum):
    """The kinds that are told apart; TEXT is what is left over."""

    OLE = "ole"
    ZIP = "zip"
    PDF = "pdf"
    JPEG = "jpeg"
    PNG = "png"
    WEBP = "webp"
    HEIC = "heic"
    PICTURE = "picture"
    RTF = "rtf"
    MARKUP = "markup"
    ARCHIVE = "archive"
    PROGRAM = "program"
    TEXT = "text"


MAGIC = (
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", Kind.OLE),
    (b"PK\x03\x04", Kind.ZIP),
    (b"PK\x05\x06", Kind.ZIP),
    (b"%PDF-", Kind.PDF),
    (b"\xff\xd8\xff", Kind.JPEG),
    (b"\x89PNG\r\n\x1a\n", Kind.PNG),
    (b"GIF8", Kind.PICTURE),
    (b"II*\x00", Kind.PICTURE),
    (b"MM\x00*", Kind.PICTURE),
    (b"{\\rtf", Kind.RTF),
    (b"Rar!\x1a\x07", Kind.ARCHIVE),
    (b"7z\xbc\xaf\x27\x1c", Kind.ARCHIVE),
    (b"\x1f\x8b", Kind.ARCHIVE),
    (b"MZ", Kind.PROGRAM),
    (b"\x7fELF", Kind.PROGRAM),
    (b"#!", Kind.PROGRAM),
)
MARKUP = (b"<!doctype", b"<html", b"<head", b"<body", b"<script", b"<svg", b"<?xml", b"<?php", b"mime-version:")
HEIF_BRANDS = {b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1", b"avif"}


def kind_of(data: bytes) -> Kind:
    """The kind that the first bytes tell."""
    for magic, kind in MAGIC:
        if data.startswith(magic):
            return kind
    if data.startswith(b"RIFF") and data[8:12] == b"WEBP":
        return Kind.WEBP
    if data[4:8] == b"ftyp":
        return Kind.HEIC if data[8:12] in HEIF_BRANDS else Kind.PICTURE
    start = data[:64].removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    return Kind.MARKUP if start.startswith(MARKUP) else Kind.TEXT


def require_size(data: bytes) -> None:
    """A file has between one byte and 20 MB; raises FileEmpty or FileTooLarge."""
    if not data:
        raise FileEmpty("文件是空的，请确认选对了文件后重新上传")
    if len(data) > MAX_BYTES:
        size = len(data) / (1024 * 1024)
        raise FileTooLarge(f"文件有 {size:.1f} MB，超过 20 MB 的上限：请压缩其中的图片或拆成几个文件后再上传")
