"""Plain text as offices save it: UTF-8, UTF-16 with its mark, or GB18030."""

import codecs
import re

from services.kernel.documents.refused import FileEmpty, TextNotReadable

MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
SAVE_AGAIN = "请用记事本打开它，选“另存为”，编码选 UTF-8，再上传"
MAX_STRAY = 0.01
MIN_COMMON = 0.8


def decode_text(data: bytes) -> tuple[str, str]:
    """The text and the encoding it was in; line ends are single newlines, stray control characters are left out.

    Raises TextNotReadable for bytes in no known encoding, for NUL and for binary rubbish, FileEmpty for blanks.
    """
    text, encoding = _decode(data)
    if "\x00" in text:
        raise TextNotReadable(f"这不是纯文本文件（含有空字符）：{SAVE_AGAIN}")
    text = re.sub(r"\r\n?|\x0b|\x0c|\u2028|\u2029|\x85", "\n", text)
    kept = re.sub(r"[\x00-\x08\x0e-\x1f\x7f-\x9f]", "", text)
    if len(text) - len(kept) > MAX_STRAY * len(text):
        raise TextNotReadable(f"这不是纯文本文件：{SAVE_AGAIN}")
    if not kept.strip("\ufeff \t\n\u3000"):
        raise FileEmpty("文件里没有文字，请确认选对了文件后重新上传")
    return kept, encoding


def _decode(data: bytes) -> tuple[str, str]:
    for mark, encoding in MARKS:
        if data.startswith(mark):
            return _strictly(data, encoding), encoding
    try:
        return data.decode("utf-8"), "utf-8"
    except UnicodeDecodeError:
        text = _strictly(data, "gb18030")
    # GB18030 has a character for nearly every pair of bytes: Chinese is told from rubbish by being common Chinese.
    foreign = re.sub(r"[\x00-\x7f]", "", text)
    if len(foreign.encode("gb2312", "ignore")) < 2 * MIN_COMMON * len(foreign):
        raise TextNotReadable(f"看不出文件的文字编码：{SAVE_AGAIN}")
    return text, "gb18030"


def _strictly(data: bytes, encoding: str) -> str:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        raise TextNotReadable(f"看不出文件的文字编码：{SAVE_AGAIN}") from error
