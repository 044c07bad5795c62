"""The unified social credit code (统一社会信用代码) and its two check digits (GB 32100-2015, GB 11714-1997)."""

import unicodedata

ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
LENGTH = 18
LOOK_ALIKES = {"I": "1", "O": "0", "S": "5", "V": "Y 或 U", "Z": "2"}
ORGANISATION = slice(8, 16)
ORGANISATION_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)


class BadCreditCode(ValueError):  # noqa: N818 - a finding about the code, with a sentence for people
    """What was typed is no unified social credit code; the sentence says in Chinese what to look at."""


def normalise(text: str) -> str:
    """The code as it is stored: half-width, upper case, without blanks."""
    return "".join(unicodedata.normalize("NFKC", text).split()).upper()


def problem(text: str) -> str | None:
    """What is wrong with a code, in Chinese, or None when both check digits agree."""
    code = normalise(text)
    if not code:
        return "请填写统一社会信用代码；尚未办证的，请改选“无代码”并写明原因"
    if len(code) != LENGTH:
        return f"统一社会信用代码应为 18 位，现在是 {len(code)} 位，请对照营业执照补正"
    for place, letter in enumerate(code, start=1):
        if letter not in ALPHABET:
            return _foreign(place, letter)
    if not code[2:8].isdigit():
        return f"第 3—8 位“{code[2:8]}”应为 6 位数字的登记地区划代码，请对照营业执照补正"
    if organisation_digit(code[ORGANISATION]) != code[16] or check_digit(code[:17]) != code[17]:
        return "校验位不符，代码中有录错或颠倒的字符，请对照营业执照逐位核对"
    return None


def check(text: str) -> str:
    """The normalised code; raises BadCreditCode with a sentence for the person who typed it."""
    if sentence := problem(text):
        raise BadCreditCode(sentence)
    return normalise(text)


def check_digit(first_17: str) -> str:
    """The 18th character: weights 3^i modulo 31 (GB 32100-2015, 5.2)."""
    total = sum(ALPHABET.index(letter) * pow(3, place, 31) for place, letter in enumerate(first_17))
    return ALPHABET[-total % 31]


def organisation_digit(body: str) -> str:
    """The 17th character: check digit of the organisation code inside (GB 11714-1997)."""
    total = sum(int(letter, 36) * weight for letter, weight in zip(body, ORGANISATION_WEIGHTS, strict=True))
    return "0123456789X"[-total % 11]


def make_code(body: str, *, kind: str = "91", region: str = "500102") -> str:
    """A code with valid check digits around eight characters, for invented enterprises.

    Raises BadCreditCode when kind, region or body cannot stand in a code.
    """
    if set(body) - set(ALPHABET) or len(body) != len(ORGANISATION_WEIGHTS):
        raise BadCreditCode(f"主体标识码“{body}”应为 8 位数字或大写字母，不含 I、O、S、V、Z")
    first_17 = f"{kind}{region}{body}{organisation_digit(body)}"
    if set(first_17) - set(ALPHABET):
        raise BadCreditCode(f"登记类别“{kind}”或区划代码“{region}”含有不允许的字符")
    return check(first_17 + check_digit(first_17))


def _foreign(place: int, letter: str) -> str:
    if letter in LOOK_ALIKES:
        return f"第 {place} 位“{letter}”不会出现在统一社会信用代码中，请核对是否应为“{LOOK_ALIKES[letter]}”"
    return f"第 {place} 位“{letter}”不是数字或大写字母，请对照营业执照补正"
