"""What comes in as an attachment is what it says it is, and carries nothing else with it."""

import struct
import zlib
from io import BytesIO
from typing import Any
from zipfile import ZipFile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageCms
from PIL.PngImagePlugin import PngInfo

from services.kernel.documents import (
    MAX_BYTES,
    FileDamaged,
    FileEmpty,
    FileHasMacros,
    FileIsBomb,
    FileKindRefused,
    FileLocked,
    FileRefused,
    FileTooLarge,
    TextNotReadable,
    WrongExtension,
)
from services.kernel.files import (
    FileIsTwoThings,
    FileKind,
    inspect,
)
from tests.kernel.paper import a_word_file, a_workbook, p, zipped

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504)
PDF = b"%PDF-1.7\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
CANARY = "CANARY-29.7155N-107.4482E"
ORIENTATION, MAKER, GPS = 0x0112, 0x010F, 0x8825


def a_picture(form: str, size: tuple[int, int] = (40, 20), mode: str = "RGB", **options: Any) -> bytes:
    picture = Image.new(mode, size)
    picture.paste("red" if mode != "L" else 76, (0, 0, size[0] // 2, size[1]))
    buffer = BytesIO()
    picture.save(buffer, form, **options)
    return buffer.getvalue()


def a_phone_photo(form: str, orientation: int = 6) -> bytes:
    exif = Image.Exif()
    exif[ORIENTATION], exif[MAKER] = orientation, CANARY
    exif.get_ifd(GPS)[29] = CANARY
    notes = PngInfo()
    notes.add_text("Comment", CANARY)
    notes.add_itxt("XML:com.adobe.xmp", CANARY)
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    options: dict[str, dict[str, Any]] = {
        "JPEG": {"comment": CANARY, "xmp": CANARY.encode()},
        "PNG": {"pnginfo": notes},
        "WEBP": {"xmp": CANARY.encode()},
    }
    return a_picture(form, exif=exif, icc_profile=profile + CANARY.encode(), **options[form]) + CANARY.encode()


def seen(data: bytes) -> Image.Image:
    picture = Image.open(BytesIO(data))
    picture.load()
    return picture


@pytest.mark.parametrize(
    ("data", "filename", "kind", "media_type"),
    [
        (a_picture("JPEG"), "现场.jpg", FileKind.JPEG, "image/jpeg"),
        (a_picture("PNG"), "现场.png", FileKind.PNG, "image/png"),
        (a_picture("WEBP"), "现场.webp", FileKind.WEBP, "image/webp"),
        (PDF, "批复.PDF", FileKind.PDF, "application/pdf"),
        (
            a_word_file(p("整改")),
            "整改.docx",
            FileKind.DOCX,
            "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        ),
        (a_workbook(), "台账.xlsx", FileKind.XLSX, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
        ("说明".encode(), "说明.txt", FileKind.TXT, "text/plain; charset=utf-8"),
    ],
)
def test_what_an_office_sends_is_taken(data: bytes, filename: str, kind: FileKind, media_type: str) -> None:
    """Pictures, papers, sheets and notes, each by its content."""
    taken = inspect(data, filename)
    assert (taken.kind, taken.media_type, taken.extension) == (kind, media_type, kind.value)
    assert taken.name == f"{filename.partition('.')[0]}.{kind}"
    if kind in {FileKind.PDF, FileKind.DOCX, FileKind.XLSX, FileKind.TXT}:
        assert taken.data == data
    assert repr(taken.data) not in repr(taken)


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP"])
def test_a_photo_keeps_nothing_of_where_and_by_whom_it_was_taken(form: str) -> None:
    """Place, device, comment, XMP, colour profile and what hangs on behind the picture are gone."""
    photo = a_phone_photo(form)
    assert photo.count(CANARY.encode()) >= 3
    assert seen(photo).getexif()[MAKER] == CANARY
    kept = inspect(photo, "a.jpg").data
    assert CANARY.encode() not in kept
    assert dict(seen(kept).getexif()) == {}
    assert not {"exif", "xmp", "comment", "icc_profile", "Comment", "XML:com.adobe.xmp"} & seen(kept).info.keys()


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP"])
@pytest.mark.parametrize(
    ("orientation", "size", "red"),
    [(1, (40, 20), (2, 10)), (3, (40, 20), (38, 10)), (6, (20, 40), (10, 2)), (8, (20, 40), (10, 38))],
)
def test_a_photo_stands_upright(form: str, orientation: int, size: tuple[int, int], red: tuple[int, int]) -> None:
    """The camera only noted how it was held; the kept picture is turned."""
    kept = seen(inspect(a_phone_photo(form, orientation), "a.jpg").data).convert("RGB")
    assert kept.size == size
    pixel = kept.getpixel(red)
    assert isinstance(pixel, tuple)
    assert pixel[0] > 200
    assert max(pixel[1:]) < 60


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP"])
@pytest.mark.parametrize(("side", "kept_side"), [(4096, 4096), (4097, 4096), (6000, 4096)])
def test_a_large_picture_is_made_smaller_and_a_small_one_stays(form: str, side: int, kept_side: int) -> None:
    """At most 4096 pixels a side, in its own proportions."""
    kept = seen(inspect(a_picture(form, (side, side // 8)), "a.jpg").data)
    assert kept.size[0] == kept_side
    assert kept.size[1] == pytest.approx(kept_side / 8, abs=1)


@pytest.mark.parametrize(
    ("form", "mode"),
    [
        ("PNG", "RGBA"),
        ("PNG", "P"),
        ("PNG", "L"),
        ("PNG", "1"),
        ("PNG", "LA"),
        ("JPEG", "L"),
        ("JPEG", "CMYK"),
        ("WEBP", "RGBA"),
    ],
)
def test_every_sort_of_picture_is_drawn_anew(form: str, mode: str) -> None:
    """Grey, palette, transparent and printers' colours."""
    picture = Image.new("RGBA" if mode == "LA" else "RGB", (8, 8), "white").convert(mode)
    buffer = BytesIO()
    picture.save(buffer, form)
    kept = seen(inspect(buffer.getvalue(), "a.png").data)
    assert kept.size == (8, 8)
    assert kept.convert("RGB").getpixel((4, 4)) == (255, 255, 255)
    assert kept.mode == ("RGBA" if mode in {"RGBA", "LA"} and form == "PNG" else kept.mode)


def test_a_transparent_stamp_stays_transparent() -> None:
    """A seal on no background can still be laid over a paper."""
    buffer = BytesIO()
    Image.new("RGBA", (8, 8), (255, 0, 0, 0)).save(buffer, "PNG")
    assert seen(inspect(buffer.getvalue(), "章.png").data).getpixel((1, 1)) == (255, 0, 0, 0)


def test_of_a_moving_picture_the_first_frame_is_kept() -> None:
    """Nothing moves on paper."""
    buffer = BytesIO()
    frames = [Image.new("RGB", (8, 8), colour) for colour in ("red", "blue")]
    frames[0].save(buffer, "WEBP", save_all=True, append_images=frames[1:], lossless=True)
    assert getattr(seen(buffer.getvalue()), "n_frames", 1) == 2
    kept = seen(inspect(buffer.getvalue(), "a.webp").data)
    assert getattr(kept, "n_frames", 1) == 1


def a_png_that_claims(width: int, height: int) -> bytes:
    def chunk(name: bytes, body: bytes) -> bytes:
        return struct.pack(">L", len(body)) + name + body + struct.pack(">L", zlib.crc32(name + body))

    header = struct.pack(">LLBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"")) + chunk(b"IEND", b"")


@pytest.mark.filterwarnings("ignore::PIL.Image.DecompressionBombWarning")
@pytest.mark.parametrize(
    ("size", "fact"),
    [
        ((8000, 8000), FileDamaged),
        ((8000, 8001), FileIsBomb),
        ((10_000, 10_000), FileIsBomb),
        ((100_000, 100_000), FileIsBomb),
    ],
)
def test_a_picture_that_would_fill_the_memory_is_not_opened(size: tuple[int, int], fact: type[FileRefused]) -> None:
    """A hundred bytes can claim gigapixels; up to 64 million it is tried, and found to be empty."""
    with pytest.raises(fact):
        inspect(a_png_that_claims(*size), "a.png")


@pytest.mark.parametrize(
    ("data", "filename", "fact", "advice"),
    [
        (b"", "a.jpg", FileEmpty, "重新上传"),
        (b"\0\0\0\x18ftypheic\0\0\0\0mif1heic", "IMG_1.HEIC", FileKindRefused, "兼容性最佳"),
        (b"\0\0\0\x18ftypmp42", "a.mp4", FileKindRefused, "只收"),
        (b"GIF89a", "a.gif", FileKindRefused, "只收"),
        (b"<svg xmlns='x' onload='alert(1)'>", "a.svg", FileKindRefused, "SVG"),
        (b"<svg xmlns='x' onload='alert(1)'>", "a.png", FileKindRefused, "SVG"),
        (b"<?xml version='1.0'?><svg/>", "a.txt", FileKindRefused, "SVG"),
        (b"\xef\xbb\xbf\n<html><script>", "a.txt", FileKindRefused, "网页"),
        (b"hello <script>alert(1)</script>", "a.txt", FileIsTwoThings, "夹带"),
        ("hello <script>".encode("utf-16"), "a.txt", FileIsTwoThings, "夹带"),
        (b"MZ\x90", "a.txt", FileKindRefused, "程序"),
        (b"#!/bin/sh\nrm", "a.txt", FileKindRefused, "程序"),
        (b"echo off", "a.bat", FileKindRefused, "只收"),
        (b"a,b\n", "a.csv", FileKindRefused, "只收"),
        (b"text", "a.pdf", FileKindRefused, "只收"),
        (b"a\x00b", "a.txt", TextNotReadable, "UTF-8"),
        (b"{\\rtf1", "a.docx", FileKindRefused, "只收"),
        (OLE, "a.doc", FileKindRefused, "另存为 .docx"),
        (OLE, "a.xls", FileKindRefused, ".xlsx"),
        (OLE + "EncryptedPackage".encode("utf-16-le"), "a.xlsx", FileLocked, "密码"),
        (zipped({"a.txt": "x"}), "a.zip", FileKindRefused, "压缩包"),
        (a_workbook({"xl/vbaProject.bin": b"x"}), "a.xlsx", FileHasMacros, "宏"),
        (a_workbook({"xl/macrosheets/s.xml": b"<x/>"}), "a.xlsx", FileHasMacros, "宏"),
        (a_workbook({"xl/a.bin": bytes(60 * 1024 * 1024)}), "a.xlsx", FileIsBomb, "另存"),
        (a_workbook({"xl/s.xml": "<!DOCTYPE x><x/>"}), "a.xlsx", FileDamaged, "另存"),
        (a_workbook(), "a.docx", WrongExtension, ".xlsx"),
        (a_word_file(p("x")), "a.xlsx", WrongExtension, ".docx"),
        (PDF, "a.docx", WrongExtension, ".pdf"),
        (PDF, "a", WrongExtension, ".pdf"),
        (PDF[:-8], "a.pdf", FileDamaged, "没有传完整"),
        (PDF + zipped({"a": "b"}) + b"%%EOF", "a.pdf", FileIsTwoThings, "夹带"),
        (b"%PDF-1.4 <ScRipt>alert(1)</script>" + PDF, "a.pdf", FileIsTwoThings, "夹带"),
        (zipped({"%PDF-1.4": "x"} | {"[Content_Types].xml": "<x/>"}), "a.docx", FileKindRefused, "压缩包"),
        (a_word_file(p("x"), extra={"[Content_Types].xml": ""}), "a.docx", FileDamaged, "另存"),
        (b"\xff\xd8\xff\xe0rubbish", "a.jpg", FileDamaged, "重新拍照"),
        (a_picture("JPEG", (400, 400))[:-300], "a.jpg", FileDamaged, "没有传完整"),
        (a_picture("PNG")[:40], "a.png", FileDamaged, "没有传完整"),
        (b"RIFF\x10\0\0\0WEBPVP8 ....", "a.webp", FileDamaged, "没有传完整"),
    ],
)
def test_what_nobody_should_receive_is_refused(
    data: bytes, filename: str, fact: type[FileRefused], advice: str
) -> None:
    """The refusal is named after the fact, and the sentence says what to do instead."""
    with pytest.raises(FileRefused) as caught:
        inspect(data, filename)
    assert type(caught.value) is fact
    assert advice in caught.value.sentence


def test_an_office_file_that_is_a_pdf_as_well_is_refused() -> None:
    """A reader of PDF looks for its mark within the first thousand bytes."""
    parts: dict[str, bytes | str] = {"%PDF-1.7": b""}
    with pytest.raises(FileIsTwoThings):
        inspect(zipped(parts | a_package()), "a.xlsx")
    assert inspect(zipped(a_package()), "a.xlsx").kind is FileKind.XLSX


def a_package() -> dict[str, bytes | str]:
    with ZipFile(BytesIO(a_workbook())) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def test_a_picture_that_is_a_program_as_well_is_only_the_picture() -> None:
    """Whatever was hung on behind the pixels does not come through."""
    for hung_on in (zipped({"a.js": "alert(1)"}), b"<script>alert(1)</script>", b"MZ\x90"):
        kept = inspect(a_picture("JPEG") + hung_on, "a.jpg").data
        assert hung_on not in kept
        assert b"PK\x05\x06" not in kept


def test_an_attachment_of_twenty_megabytes_is_taken_and_one_byte_more_is_not() -> None:
    """The limit itself is still accepted."""
    whole = PDF[:-6] + b" " * (MAX_BYTES - len(PDF)) + PDF[-6:]
    assert len(inspect(whole, "a.pdf").data) == MAX_BYTES
    with pytest.raises(FileTooLarge, match="20 MB"):
        inspect(whole.replace(b" ", b"  ", 1), "a.pdf")


def test_a_picture_with_the_extension_of_another_gets_its_own() -> None:
    """Chats save webp and png under .jpg."""
    taken = inspect(a_picture("WEBP"), "微信图片.JPG")
    assert (taken.kind, taken.name) == (FileKind.WEBP, "微信图片.webp")


@pytest.mark.parametrize(
    ("filename", "name"),
    [
        ("整改 报告（一）.txt", "整改_报告（一）.txt"),
        ("..\\..\\windows\\整改.txt", "整改.txt"),
        ("../../etc/整改.txt", "整改.txt"),
        ("整改\u202egpj.txt", "整改gpj.txt"),
        ("整\u200b改\x00\r\n.txt", "整改.txt"),
        ('a<b>"c|d?e*f:g;h%00.txt', "a_b_c_d_e_f_g_h_00.txt"),
        (".txt", "附件.txt"),
        ("  . .txt", "附件.txt"),
        ("con.txt", "_con.txt"),
        ("LPT1.old.txt", "_LPT1.old.txt"),
        ("a.b.c.TXT", "a.b.c.txt"),
        ("字" * 300 + ".txt", "字" * 80 + ".txt"),
        ("𠮷" * 300 + ".txt", "𠮷" * 60 + ".txt"),
        ("e\u0301.txt", "é.txt"),
        ("\ud800.txt", "附件.txt"),
    ],
)
def test_a_name_can_be_shown_and_saved_anywhere(filename: str, name: str) -> None:
    """No path, no control character, no mark that turns the extension round."""
    assert inspect(b"text", filename).name == name


@given(st.text(max_size=60))
def test_no_name_leaves_its_folder(filename: str) -> None:
    """Any name becomes one that is neither hidden, nor a path, nor too long."""
    name = inspect(PDF, f"{filename}.pdf").name
    assert not set(name) & set('/\\:*?"<>|\r\n\t\x00;%')
    assert not name.startswith(".")
    assert name.isprintable()
    assert len(name.encode()) <= 255


PHOTOS = [a_phone_photo(form) for form in ("JPEG", "PNG", "WEBP")]


@settings(max_examples=300, deadline=None)
@given(st.data())
def test_no_broken_picture_makes_the_check_fail(data: st.DataObject) -> None:
    """Bytes turned over or cut off: the picture is drawn anew or refused."""
    whole = bytearray(data.draw(st.sampled_from(PHOTOS)))
    for at in data.draw(st.lists(st.integers(0, len(whole) - 1), max_size=5)):
        whole[at] = data.draw(st.integers(0, 255))
    end = data.draw(st.sampled_from([len(whole), len(whole) * 2 // 3]))
    try:
        taken = inspect(bytes(whole[:end]), "a.jpg")
    except FileRefused:
        return
    assert CANARY.encode() not in taken.data
