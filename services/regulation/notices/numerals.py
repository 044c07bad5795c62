"""Chinese numerals as papers write them."""

_DIGITS = {word: value for value, word in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2}
_TENS = {"十": 10, "百": 100, "千": 1000}

CHINESE = "零〇一二两三四五六七八九十百千"


def whole_number(words: str) -> int | None:
    """The value of 12, 十二, 二十, 一百零五 or 二〇二六; None where the words are no whole number."""
    if words.isascii() and words.isdigit():
        return int(words)
    if not words or any(word not in _DIGITS and word not in _TENS for word in words):
        return None
    if len(words) > 1 and not any(word in _TENS for word in words):
        return int("".join(str(_DIGITS[word]) for word in words))
    return _positional(words)


def _positional(words: str) -> int:
    total, digit = 0, None
    for word in words:
        if word in _TENS:
            total, digit = total + (1 if digit is None else digit) * _TENS[word], None
        else:
            digit = _DIGITS[word]
    return total + (digit or 0)
