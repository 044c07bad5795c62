"""Office files are zip packages: what may be opened holds no bomb, no program and no call to other computers."""

import posixpath
import re
import zipfile
import zlib
from dataclasses import dataclass
from enum import StrEnum
from io import BytesIO
from typing import Any
from xml.parsers import expat

from docx.oxml.parser import parse_xml

from services.kernel.documents.refused import (
    FileCallsOut,
    FileDamaged,
    FileHasMacros,
    FileIsBomb,
    FileKindRefused,
    FileLocked,
    FileRefused,
)

MAX_ENTRIES = 5_000
MAX_UNPACKED = 300 * 1024 * 1024
MAX_PART = 16 * 1024 * 1024
FREE_UNPACKED = 10 * 1024 * 1024
MAX_RATIO = 100
PROLOG_BYTES = 64 * 1024
PIECE_BYTES = 1024 * 1024
UNREADABLE = (zipfile.BadZipFile, zlib.error, ValueError, NotImplementedError, EOFError, OSError, KeyError)
"""What zipfile raises for an entry that cannot be unpacked."""
DAMAGED = "文件打不开，可能没有传完整或已损坏：请用 Word 或 WPS 打开它，另存一份后再上传"
MAIN_PART = re.compile(
    r"application/vnd\.openxmlformats-officedocument\.(wordprocessingml\.document|spreadsheetml\.sheet)\.main\+xml"
)
MACRO_NAME = re.compile(r"vba(project|data)|macrosheets/|activex/", re.IGNORECASE)
ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
MACRO_STREAM = "_VBA_PROJECT".encode("utf-16-le")
FETCHED_RELATIONS = {"attachedtemplate", "oleobject", "frame", "subdocument", "afchunk", "package", "control"}
OTHER_COMPUTER = re.compile(r"(?!file:)[a-z][a-z0-9.+-]+:|\\\\|//|file:(//[^/]|/{4})", re.IGNORECASE)


class PackageKind(StrEnum):
    """Which office program a package is for."""

    DOCX = "docx"
    XLSX = "xlsx"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Package:
    """An office file that was looked through; `main` is the name of the part that holds the document."""

    kind: PackageKind
    main: str
    archive: zipfile.ZipFile

    def part(self, name: str) -> Any:
        """The root element of an XML part, None where the package has no such part; raises FileDamaged, FileIsBomb."""
        if name not in self.archive.NameToInfo:
            return None
        if self.archive.getinfo(name).file_size > MAX_PART:
            raise FileIsBomb("文档展开后过大，无法读取：请拆成几个文件，或把正文复制到新文档后再上传")
        return _parse(_read(self.archive, name))

    def related(self, kind: str) -> Any:
        """The root element of the part that the main part names as its `styles`, `numbering` …, or None."""
        folder, name = posixpath.split(self.main)
        relations = self.part(posixpath.join(folder, "_rels", f"{name}.rels"))
        for relation in () if relations is None else relations.iter("{*}Relationship"):
            if relation.get("Type", "").endswith(f"/{kind}") and relation.get("TargetMode") != "External":
                return self.part(
                    posixpath.normpath(posixpath.join("/", folder, relation.get("Target", ""))).lstrip("/")
                )
        return None


def open_package(data: bytes) -> Package:
    """An office file without password, macros, bombs, document type declarations or parts on other computers.

    Raises FileDamaged, FileLocked, FileIsBomb, FileHasMacros and FileCallsOut.
    """
    archive = _open(data)
    _require_no_bomb(archive, len(data))
    _require_no_password(archive)
    for name in archive.namelist():
        if MACRO_NAME.search(name):
            raise _macros()
        start, whole = _looked_through(archive, name)
        if name.lower().endswith((".xml", ".rels")):
            _require_plain_prolog(start, whole=whole)
        if name.lower().endswith(".rels"):
            _require_own_parts(_read(archive, name))
    return Package(*_main_part(archive), archive)


def old_office_file(data: bytes) -> FileRefused:
    """Why a file in the old compound format is not taken: that is also how Office stores what has a password."""
    if ENCRYPTED in data:
        return FileLocked("文件设了打开密码：请取消密码，另存为 .docx 或 .xlsx 后再上传")
    return FileKindRefused(
        "这是旧版 Office 或 WPS 格式（如 .doc、.xls、.wps），不能接收："
        "请用 Word 或 WPS 打开，另存为 .docx（表格存为 .xlsx）后再上传"
    )


def _open(data: bytes) -> zipfile.ZipFile:
    try:
        archive = zipfile.ZipFile(BytesIO(data))
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError) as error:
        raise FileDamaged(DAMAGED) from error
    names = [name.lower() for name in archive.namelist()]
    # Two programs may open different parts of one name, or start reading at different ends of the file.
    if len(set(names)) != len(names) or not data.startswith(b"PK\x03\x04") or data[-22:-18] != b"PK\x05\x06":
        raise FileDamaged(DAMAGED)
    return archive


def _require_no_bomb(archive: zipfile.ZipFile, size: int) -> None:
    entries = archive.infolist()
    unpacked = sum(entry.file_size for entry in entries)
    # Entries that share their packed bytes claim more of them than the file has.
    overlapping = sum(entry.compress_size for entry in entries) > size
    dense = unpacked > FREE_UNPACKED and unpacked > MAX_RATIO * size
    if len(entries) > MAX_ENTRIES or unpacked > MAX_UNPACKED or overlapping or dense:
        raise FileIsBomb("文件展开后的大小异常，为了安全没有打开：请用 Word 或 WPS 另存一份后再上传")


def _require_no_password(archive: zipfile.ZipFile) -> None:
    if any(entry.flag_bits & 1 for entry in archive.infolist()):
        raise FileLocked("文件设了密码：请取消密码，另存一份后再上传")


def _read(archive: zipfile.ZipFile, name: str) -> bytes:
    # zipfile reads no more than the declared size, and the checksum tells an entry that lied about it.
    try:
        return archive.read(name)
    except UNREADABLE as error:
        raise FileDamaged(DAMAGED) from error


def _looked_through(archive: zipfile.ZipFile, name: str) -> tuple[bytes, bool]:
    """The start of a part, and whether that is all of it; a long part is never in memory as a whole. Raises FileHasMacros."""
    start, last = b"", b""
    try:
        with archive.open(name) as part:
            while piece := part.read(PIECE_BYTES):
                start = start or piece[:PROLOG_BYTES]
                if MACRO_STREAM in last + piece:
                    raise _macros()
                last = piece[-len(MACRO_STREAM) :]
    except UNREADABLE as error:
        raise FileDamaged(DAMAGED) from error
    return start, archive.getinfo(name).file_size <= PROLOG_BYTES


def _require_plain_prolog(xml: bytes, *, whole: bool) -> None:
    state = {"root": False, "plain": True}
    parser = expat.ParserCreate()

    def declared(_version: str, encoding: str | None, _standalone: int) -> None:
        state["plain"] &= (encoding or "utf-8").lower() in {"utf-8", "utf-16", "us-ascii"}

    def doctype(*_: object) -> None:
        state["plain"] = False

    def root(*_: object) -> None:
        state["root"] = True

    parser.XmlDeclHandler, parser.StartDoctypeDeclHandler, parser.StartElementHandler = declared, doctype, root
    try:
        parser.Parse(xml, whole)
    except (expat.ExpatError, ValueError, LookupError) as error:
        # What comes after the root's start is the reader's business, not the prolog's.
        if not state["root"]:
            raise FileDamaged(DAMAGED) from error
    if not (state["plain"] and state["root"]):
        raise FileDamaged("文件里有不允许的文档类型声明：请用 Word 或 WPS 打开它，另存一份后再上传")


def _require_own_parts(relations: bytes) -> None:
    for relation in _parse(relations).iter("{*}Relationship"):
        kind = relation.get("Type", "").rpartition("/")[2].lower()
        if (
            relation.get("TargetMode") == "External"
            and kind in FETCHED_RELATIONS
            and OTHER_COMPUTER.match(relation.get("Target", "").strip())
        ):
            raise FileCallsOut(
                "文件里引用了别的电脑上的模板或对象，为了安全没有接收：请把正文复制到新文档，另存后再上传"
            )


def _main_part(archive: zipfile.ZipFile) -> tuple[PackageKind, str]:
    if "[Content_Types].xml" not in archive.NameToInfo:
        return PackageKind.OTHER, ""
    kind, main = PackageKind.OTHER, ""
    for entry in _parse(_read(archive, "[Content_Types].xml")).iter("{*}Override", "{*}Default"):
        content_type, name = entry.get("ContentType", ""), entry.get("PartName", "").lstrip("/")
        if "macroenabled" in content_type.lower():
            raise _macros()
        if (found := MAIN_PART.fullmatch(content_type)) and name in archive.NameToInfo:
            kind, main = PackageKind.DOCX if found[1].startswith("word") else PackageKind.XLSX, name
    return kind, main


def _parse(xml: bytes) -> Any:
    try:
        root = parse_xml(xml)
    except (SyntaxError, ValueError) as error:
        raise FileDamaged(DAMAGED) from error
    if root.getroottree().docinfo.doctype:
        raise FileDamaged(DAMAGED)
    return root


def _macros() -> FileHasMacros:
    return FileHasMacros("文件带有宏（程序），不能接收：请另存为不带宏的 .docx 或 .xlsx 后再上传")
