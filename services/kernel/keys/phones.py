"""One phone number has one spelling, so that a sealed number can still be found."""

import re
import unicodedata

from services.kernel.refusals import BadInput

MOBILE_DIGITS = 11
COMPLETE = re.compile(r"1[3-9][0-9]{9}|[48]00[0-9]{7}|0(10|2[0-9])[2-8][0-9]{7}|0[3-9][0-9]{2}[2-8][0-9]{6,7}")
"""Mobile, 400 and 800 numbers, and landlines with their area code: eight digits after 010 and 02x, else seven or eight."""


def normalise_phone(typed: str) -> str:
    """A phone number in China as digits, an extension after a hyphen; raises BadInput saying what to write instead."""
    text = "".join(c for c in unicodedata.normalize("NFKC", typed) if unicodedata.category(c) != "Cf")
    main, _, extension = re.sub(r"转|分机|ext\.?|#", "x", text, count=1, flags=re.IGNORECASE).lower().partition("x")
    trunk = re.sub(r"^\s*(?:\+|00)\s*86", "", main)
    if not re.fullmatch(r"[0-9\s().\u2010-\u2015-]*", trunk):
        raise BadInput("电话里只填一个号码，用数字写，例如 13812345678 或 023-72345678")
    groups = re.findall(r"[0-9]+", trunk)
    if not extension and COMPLETE.fullmatch("".join(groups[:-1])):
        extension = groups.pop()
    number, extension = _national("".join(groups), dialled_abroad=trunk != main), re.sub(r"[\s:()-]", "", extension)
    if not re.fullmatch(r"[0-9]{0,6}", extension):
        raise BadInput("分机号只能是 1 到 6 位数字，例如 023-72345678-801")
    return f"{number}-{extension}" if extension else number


def _national(digits: str, *, dialled_abroad: bool) -> str:
    number = re.sub(r"^86(?=1[3-9][0-9]{9}$)", "", digits)
    # From abroad the zero of the area code is left out: +86 23 7234 5678.
    if dialled_abroad and not re.match(r"0|1[3-9]|[48]00", number):
        number = f"0{number}"
    if COMPLETE.fullmatch(number):
        return number
    if re.fullmatch(r"[2-8][0-9]{6,7}", number):
        raise BadInput("座机请加上区号，例如 023-72345678")
    if number.startswith("1") and len(number) != MOBILE_DIGITS:
        raise BadInput(f"手机号应是 11 位，现在是 {len(number)} 位，请核对")
    raise BadInput("电话号码不对，请填 11 位手机号，或带区号的座机，例如 023-72345678")
