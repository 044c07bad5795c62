"""A file that cannot be read, or could do harm, is refused with a sentence that says what to do."""

import struct
import zipfile
from io import BytesIO
from pathlib import Path
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.kernel.documents import (
    MAX_BYTES,
    FileCallsOut,
    FileDamaged,
    FileEmpty,
    FileHasMacros,
    FileIsBomb,
    FileKindRefused,
    FileLocked,
    FileRefused,
    FileTooLarge,
    NoTextInside,
    TextNotReadable,
    WrongExtension,
    open_package,
    read_notice,
)
from tests.kernel.paper import MAIN, a_word_file, a_workbook, p, rels, table, zipped

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504)
ENTITIES = '<!DOCTYPE w [<!ENTITY a "lol"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>'


def refusal(data: bytes, filename: str = "通知.docx") -> FileRefused:
    with pytest.raises(FileRefused) as caught:
        read_notice(data, filename)
    assert not caught.value.sentence.isascii()
    return caught.value


@pytest.mark.parametrize(
    ("data", "filename", "fact", "advice"),
    [
        (b"", "a.docx", FileEmpty, "重新上传"),
        (b"", "a.txt", FileEmpty, "重新上传"),
        (b" \r\n\t", "a.txt", FileEmpty, "没有文字"),
        (b"\xef\xbb\xbf", "a.txt", FileEmpty, "没有文字"),
        (OLE + "WordDocument".encode("utf-16-le"), "a.doc", FileKindRefused, "另存为"),
        (OLE, "a.docx", FileKindRefused, "另存为"),
        (OLE, "a.wps", FileKindRefused, "另存为"),
        (OLE + "EncryptedPackage".encode("utf-16-le"), "a.docx", FileLocked, "取消密码"),
        (b"%PDF-1.7\n...", "a.pdf", FileKindRefused, "Word 原稿"),
        (b"%PDF-1.7\n...", "a.txt", FileKindRefused, "PDF"),
        (b"\xff\xd8\xff\xe0....", "a.jpg", FileKindRefused, "图片"),
        (b"\x89PNG\r\n\x1a\n", "a.docx", FileKindRefused, "图片"),
        (b"RIFF....WEBPVP8 ", "a.webp", FileKindRefused, "图片"),
        (b"\0\0\0\x18ftypheic", "a.heic", FileKindRefused, "图片"),
        (b"GIF89a", "a.gif", FileKindRefused, "图片"),
        (b"{\\rtf1 x}", "a.rtf", FileKindRefused, "另存为"),
        (b"\xef\xbb\xbf <!DOCTYPE html><html>", "a.txt", FileKindRefused, "网页"),
        (b"Rar!\x1a\x07\x00", "a.rar", FileKindRefused, "解压"),
        (b"MZ\x90\x00", "a.exe", FileKindRefused, "程序"),
        ("通知".encode(), "a.docx", WrongExtension, "内容却不是 Word"),
        ("通知".encode(), "a.doc", WrongExtension, "内容却不是 Word"),
        ("通知".encode(), "a.md", FileKindRefused, ".txt"),
        ("通知".encode(), "a", FileKindRefused, ".txt"),
        (a_word_file(p("通知")), "a.txt", WrongExtension, "扩展名改为 .docx"),
        (a_word_file(p("通知")), "a.doc", WrongExtension, "扩展名改为 .docx"),
        (a_word_file(p("通知")), "通知", WrongExtension, "扩展名改为 .docx"),
        (a_word_file(p("通知")), "a.docm", FileHasMacros, "另存为"),
        (a_workbook(), "a.docx", FileKindRefused, "不是 Word"),
        (zipped({"OFD.xml": "<OFD/>"}), "a.ofd", FileKindRefused, "不是 Word"),
        (b"a\x00b", "a.txt", TextNotReadable, "空字符"),
        ("通知".encode("utf-16-le"), "a.txt", TextNotReadable, "UTF-8"),
        ("abc".encode("utf-16-le"), "a.txt", TextNotReadable, "空字符"),
        ("abc".encode("utf-32"), "a.txt", TextNotReadable, "空字符"),
        (b"\xff\xfe\x00\xd8", "a.txt", TextNotReadable, "UTF-8"),
        ("安全生産責任制度について".encode("shift-jis"), "a.txt", TextNotReadable, "UTF-8"),
        ("關於安全生產責任制度之規定".encode("big5"), "a.txt", TextNotReadable, "UTF-8"),
        (b"\x80\x81\xff" * 9, "a.txt", TextNotReadable, "UTF-8"),
        (b"\x01\x02\x03\x04abc", "a.txt", TextNotReadable, "不是纯文本"),
        (b"PK\x03\x04broken", "a.docx", FileDamaged, "另存"),
        (b"PK\x05\x06" + bytes(18), "a.docx", FileDamaged, "另存"),
        (a_word_file(p("通知"))[:-30], "a.docx", FileDamaged, "另存"),
        (a_word_file(p("通知")) + b"<script>", "a.docx", FileDamaged, "另存"),
        (a_word_file(extra={"word/document.xml": "<w:document"}), "a.docx", FileDamaged, "另存"),
        (a_word_file(extra={"word/document.xml": ""}), "a.docx", FileDamaged, "另存"),
        (a_word_file(extra={"word/document.xml": "<x/>"}), "a.docx", FileDamaged, "没有正文"),
        (a_word_file(extra={"word/_rels/document.xml.rels": "<"}), "a.docx", FileDamaged, "另存"),
        (a_word_file(), "a.docx", NoTextInside, "没有文字"),
        (a_word_file(p(" "), p("")), "a.docx", NoTextInside, "没有文字"),
        (a_word_file(p("<w:r><w:drawing><pic/></w:drawing></w:r>")), "a.docx", NoTextInside, "只有图片或扫描件"),
    ],
)
def test_each_wrong_file_is_told_what_it_is(data: bytes, filename: str, fact: type[FileRefused], advice: str) -> None:
    """The refusal is named after the fact, and the sentence says what to do instead."""
    refused = refusal(data, filename)
    assert type(refused) is fact
    assert advice in refused.sentence


def test_a_file_of_twenty_megabytes_is_read_and_one_byte_more_is_not() -> None:
    """The limit itself is still accepted."""
    words = "安全生产工作，".encode()
    whole = words * (MAX_BYTES // len(words))
    whole += b"." * (MAX_BYTES - len(whole))
    assert len(whole) == 20 * 1024 * 1024
    assert read_notice(whole, "a.txt").text.startswith("安全生产工作")
    assert type(refusal(whole + b".", "a.txt")) is FileTooLarge


def test_a_file_of_fifty_megabytes_says_how_large_it_is() -> None:
    """Before anything else is looked at."""
    refused = refusal(b"PK\x03\x04" + bytes(50 * 1024 * 1024 - 4))
    assert type(refused) is FileTooLarge
    assert refused.status == 413
    assert "50.0 MB" in refused.sentence


def test_a_scan_with_a_caption_is_read() -> None:
    """A picture beside words does no harm."""
    assert read_notice(a_word_file(p("<w:r><w:drawing/></w:r>", "附图")), "a.docx").text == "附图"


@pytest.mark.parametrize(
    ("parts", "main"),
    [
        ({"word/vbaProject.bin": b"x"}, MAIN),
        ({"word/vbaData.xml": "<x/>"}, MAIN),
        ({"xl/macrosheets/sheet1.xml": "<x/>"}, MAIN),
        ({"word/activeX/activeX1.bin": b"x"}, MAIN),
        ({"word/embeddings/oleObject1.bin": OLE + "_VBA_PROJECT".encode("utf-16-le")}, MAIN),
        ({}, "application/vnd.ms-word.document.macroEnabled.main+xml"),
    ],
)
def test_a_document_with_macros_is_refused(parts: dict[str, bytes | str], main: str) -> None:
    """Wherever the program lies, and also where only the type admits it."""
    refused = refusal(a_word_file(p("通知"), extra=parts, main=main))
    assert type(refused) is FileHasMacros
    assert "宏" in refused.sentence


def test_an_embedded_table_without_macros_does_no_harm() -> None:
    """Offices paste sheets into their notices."""
    embedded: dict[str, bytes | str] = {"word/embeddings/oleObject1.bin": OLE}
    assert read_notice(a_word_file(p("附表"), extra=embedded), "a.docx").text == "附表"


def test_a_part_that_unpacks_beyond_measure_is_a_bomb() -> None:
    """A few kilobytes that promise hundreds of megabytes are not unpacked."""
    megabytes = b"<x/>" + bytes(60 * 1024 * 1024)
    assert type(refusal(a_word_file(p("通知"), extra={"word/media/a.bin": megabytes}))) is FileIsBomb


def test_a_dense_but_small_document_is_no_bomb() -> None:
    """Ten thousand equal lines pack very well, too."""
    data = a_word_file(*[p("落实安全生产责任制")] * 10_000)
    assert len(read_notice(data, "a.docx").text.split("\n")) == 10_000


def test_a_part_that_lies_about_its_size_is_not_unpacked() -> None:
    """The directory says ten bytes, the stream holds more."""
    data = a_word_file(p("通知" * 1000))
    with zipfile.ZipFile(BytesIO(data)) as archive:
        honest = archive.getinfo("word/document.xml").file_size
    assert type(refusal(data.replace(struct.pack("<L", honest), struct.pack("<L", 10)))) is FileDamaged


def test_parts_that_share_their_bytes_are_a_bomb() -> None:
    """Many entries of the directory point at the same packed bytes."""
    data = zipped({f"word/{i}.bin": bytes(range(256)) * 40 for i in range(30)})
    directory = data.rindex(b"PK\x01\x02word/0".replace(b"word/0", b"")[:4], 0, data.index(b"PK\x01\x02") + 4)
    head, entries, end = data[: data.index(b"PK\x03\x04", 4)], data[directory:-22], data[-22:]
    moved = bytearray(entries)
    at = 0
    while at < len(moved):
        moved[at + 42 : at + 46] = struct.pack("<L", 0)
        at += 46 + struct.unpack("<H", moved[at + 28 : at + 30])[0]
    shared = head + bytes(moved) + end[:16] + struct.pack("<L", len(head)) + end[20:]
    assert type(refusal(shared)) is FileIsBomb


def test_a_package_of_too_many_parts_is_a_bomb() -> None:
    """Five thousand parts pass, one more does not."""
    assert open_package(zipped({f"a/{i}": b"" for i in range(5_000)}))
    with pytest.raises(FileIsBomb):
        open_package(zipped({f"a/{i}": b"" for i in range(5_001)}))


def test_a_part_too_large_to_be_read_is_refused() -> None:
    """A document that packs honestly can still be too long to be taken apart."""
    noise = Random(1).randbytes(8 * 1024 * 1024 + 1).hex()
    assert type(refusal(a_word_file(f"<!--{noise}-->", p("通知")))) is FileIsBomb
    assert read_notice(a_word_file(f"<!--{noise[:9_000_000]}-->", p("通知")), "a.docx").text == "通知"


@pytest.mark.parametrize(
    "part", ["word/document.xml", "word/styles.xml", "[Content_Types].xml", "word/_rels/document.xml.rels"]
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_a_document_type_declaration_is_refused_in_every_part(part: str, encoding: str) -> None:
    """Entities that grow, or that fetch a file of the server, are never even read."""
    with zipfile.ZipFile(BytesIO(a_word_file(p("通知"), styles=" "))) as archive:
        honest = archive.read(part).decode()
    laughing: dict[str, bytes | str] = {part: f"{ENTITIES}{honest}".encode(encoding)}
    refused = refusal(a_word_file(p("通知"), extra=laughing))
    assert type(refused) is FileDamaged
    assert "文档类型声明" in refused.sentence


def test_a_file_of_the_server_cannot_be_read_through_an_entity(tmp_path: Path) -> None:
    """Not even where the part hides under a name that is not looked at."""
    secret = tmp_path / "secret"
    secret.write_text("canary", encoding="utf-8")
    with zipfile.ZipFile(BytesIO(a_word_file(p("&x;")))) as archive:
        body = archive.read("word/document.xml").decode()
        types = archive.read("[Content_Types].xml").decode().replace("document.xml", "document.dat")
    fetching = f'<!DOCTYPE w [<!ENTITY x SYSTEM "{secret.as_uri()}">]>{body}'
    refused = refusal(a_word_file(p("通知"), extra={"word/document.dat": fetching, "[Content_Types].xml": types}))
    assert type(refused) is FileDamaged
    assert "canary" not in refused.sentence


@pytest.mark.parametrize("declared", ["gb2312", "utf-7", "ibm037", "nothing"])
def test_xml_in_an_unusual_encoding_is_refused(declared: str) -> None:
    """Office files are UTF-8 or UTF-16, and what two programs decode differently is not read."""
    assert type(refusal(a_word_file(p("a"), prolog=f'<?xml version="1.0" encoding="{declared}"?>'))) is FileDamaged


@pytest.mark.parametrize(
    "target",
    ["http://example.com/a.dotm", "HTTPS://example.com/a", "\\\\server\\a.dotm", "file://server/a", "mhtml:x", "//s/a"],
)
@pytest.mark.parametrize("kind", ["attachedTemplate", "oleObject", "frame", "subDocument"])
def test_a_document_that_would_fetch_parts_of_itself_is_refused(kind: str, target: str) -> None:
    """Word would call another computer as soon as somebody opened it."""
    parts: dict[str, bytes | str] = {"word/_rels/settings.xml.rels": rels((kind, target, "External"))}
    refused = refusal(a_word_file(p("通知"), extra=parts))
    assert type(refused) is FileCallsOut
    assert "另存" in refused.sentence


@pytest.mark.parametrize(
    ("kind", "target"),
    [
        ("hyperlink", "http://example.com/"),
        ("image", "https://example.com/a.png"),
        ("attachedTemplate", "file:///C:\\Users\\office\\Normal.dotm"),
        ("attachedTemplate", "Normal.dotm"),
    ],
)
def test_links_and_local_templates_do_no_harm(kind: str, target: str) -> None:
    """They are not followed, and offices' own files are full of them."""
    parts: dict[str, bytes | str] = {"word/_rels/settings.xml.rels": rels((kind, target, "External"))}
    assert read_notice(a_word_file(p("通知"), extra=parts), "a.docx").text == "通知"


def test_a_lost_picture_does_not_keep_the_words_from_being_read() -> None:
    """WPS leaves relations to nowhere behind."""
    lost = rels(("image", "../NULL", ""), ("numbering", "gone.xml", ""), ("styles", "../../../etc/passwd", ""))
    assert read_notice(a_word_file(p("通知"), extra={"word/_rels/document.xml.rels": lost}), "a.docx").text == "通知"


def test_a_document_nested_without_end_is_refused_or_read() -> None:
    """Tables in tables: what a person could have drawn is read, what only a program makes is refused."""
    nested = p("心")
    for _ in range(40):
        nested = table([nested])
    assert read_notice(a_word_file(nested), "a.docx").text == "心"
    for _ in range(400):
        nested = table([nested])
    assert type(refusal(a_word_file(nested))) is FileDamaged


def test_two_parts_of_one_name_are_refused() -> None:
    """One program would show the first, another the second."""
    data = a_word_file(p("通知"), extra={"word/Document.xml": "<x/>"})
    assert type(refusal(data)) is FileDamaged


def test_a_package_with_a_password_is_refused() -> None:
    """A zip can lock its parts one by one."""
    data = bytearray(a_word_file(p("通知")))
    at = data.index(b"PK\x01\x02")
    data[at + 8] |= 1
    assert type(refusal(bytes(data))) is FileLocked


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=400), st.sampled_from(["a.txt", "a.docx", "a", ".txt", "a.docx.txt", "\x00\ud800"]))
def test_no_bytes_make_the_reader_fail(data: bytes, filename: str) -> None:
    """Whatever was uploaded is read or refused."""
    try:
        assert read_notice(data, filename).text
    except FileRefused:
        return


@settings(max_examples=300, deadline=None)
@given(st.data())
def test_no_broken_document_makes_the_reader_fail(data: st.DataObject) -> None:
    """A document cut short, or with some bytes turned over, is read or refused."""
    whole = bytearray(a_word_file(table([p("通知"), p("全文", level=0)]), styles="<w:style/>", numbering="<w:num/>"))
    for at in data.draw(st.lists(st.integers(0, len(whole) - 1), max_size=4)):
        whole[at] = data.draw(st.integers(0, 255))
    end = data.draw(st.sampled_from([len(whole), len(whole) - 1, len(whole) // 2]))
    try:
        assert read_notice(bytes(whole[:end]), "a.docx").text
    except FileRefused:
        return
