"""Papers for tests: the real notice where it lies next to the project, and one of our own."""

import io
import zipfile
from functools import cache
from pathlib import Path

from docx import Document

from services.regulation.notices import demo_plan

REAL = Path(__file__).parents[4] / "shared" / "notices" / "zhenxi-2021-29.txt"


def paper() -> bytes:
    """The real notice of 2021, or where it is absent one of our own for the same year with as many items."""
    return REAL.read_bytes() if REAL.exists() else demo_plan(2021).encode()


def small_paper(year: int = 2026) -> bytes:
    """A short paper with two targets, three tasks and one requirement."""
    return f"""示例府发〔{year}〕3号

示例镇人民政府
关于印发{year}年工贸行业安全生产工作要点的通知

各村（社区），各工贸企业：
现将《{year}年示例镇工贸行业安全生产工作要点》印发给你们，请认真执行。

示例镇人民政府
{year}年2月3日

{year}年示例镇工贸行业安全生产工作要点

一、工作目标
——事故控制。不发生较大及以上事故。
——标准化创建。规上工业企业达标率60%以上。
二、重点任务
（一）压实责任
1. 明确监管责任。镇应急办会同各行业部门编制责任清单。每季度召开1次联席会议。{year}年底前回头看。
2. 配强监管力量。镇应急办落实2名专职监管人员。
（二）专项整治
3. 整治粉尘涉爆企业。对粉尘涉爆企业逐家核查，{year}年6月底前完成。
三、工作要求
（一）加强领导。各单位明确1名联络员。

抄送：区安委会办公室。
示例镇党政办公室          {year}年2月3日印发
""".encode()


@cache
def word_paper(year: int = 2026) -> bytes:
    """The short paper as a Word file."""
    document = Document()
    for line in small_paper(year).decode().splitlines():
        document.add_paragraph(line)
    return saved(document)


def pictures_only() -> bytes:
    """A Word file in which somebody has pasted a photograph of the paper."""
    from PIL import Image

    picture = io.BytesIO()
    Image.new("RGB", (40, 60), "white").save(picture, "png")
    picture.seek(0)
    document = Document()
    document.add_picture(picture)
    return saved(document)


def with_macros() -> bytes:
    """A Word file that carries a program."""
    changed = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(word_paper())) as old, zipfile.ZipFile(changed, "w") as new:
        for entry in old.infolist():
            new.writestr(entry, old.read(entry))
        new.writestr("word/vbaProject.bin", b"macro")
    return changed.getvalue()


def old_word(*, encrypted: bool = False) -> bytes:
    """The first bytes of a .doc file, or of a Word file with a password."""
    inside = "EncryptedPackage" if encrypted else "WordDocument"
    return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504) + inside.encode("utf-16-le") + bytes(1000)


def saved(document: object) -> bytes:
    """A Word file's bytes."""
    file = io.BytesIO()
    document.save(file)  # type: ignore[attr-defined]
    return file.getvalue()
