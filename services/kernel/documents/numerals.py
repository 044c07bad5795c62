"""How Word spells the numbers of its lists (ECMA-376 part 1, section 17.18.59, ST_NumberFormat)."""

from collections.abc import Callable

DIGITS = "〇一二三四五六七八九"
FORMAL_DIGITS = "零壹贰叁肆伍陆柒捌玖"
COUNTABLE = range(1, 10_000)
ROMAN = ((1000, "m"), (900, "cm"), (500, "d"), (400, "cd"), (100, "c"), (90, "xc"), (50, "l"), (40, "xl"))
ROMAN_SMALL = ((10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i"))


def spell(number: int, style: str) -> str:
    """The number as its list shows it; styles that Chinese offices do not use come out in plain digits."""
    if style != "none" and number not in COUNTABLE:
        return str(number)
    return SPELLINGS.get(style, str)(number)


def _counted(number: int, digits: str = DIGITS, units: str = "十百千") -> str:
    spelled, zero = "", False
    for place in range(len(str(number)) - 1, -1, -1):
        digit = number // 10**place % 10
        if digit:
            spelled += ("零" if zero else "") + digits[digit] + (units[place - 1] if place else "")
        zero = not digit
    return spelled[1:] if spelled.startswith("一十") else spelled


def _formal(number: int) -> str:
    return _counted(number, FORMAL_DIGITS, "拾佰仟")


def _one_by_one(number: int) -> str:
    return "".join(DIGITS[int(digit)] for digit in str(number))


def _counted_below_hundred(number: int) -> str:
    return _counted(number) if number in range(100) else _one_by_one(number)


def _roman(number: int) -> str:
    spelled = ""
    for value, letters in (*ROMAN, *ROMAN_SMALL):
        count, number = divmod(number, value)
        spelled += letters * count
    return spelled


def _letters(number: int) -> str:
    """Z is followed by AA, BB, CC."""
    turns, place = divmod(number - 1, 26)
    return chr(ord("a") + place) * (turns + 1)


def _full_width(number: int) -> str:
    return "".join(chr(ord("０") + int(digit)) for digit in str(number))


def _from(*runs: tuple[int, str, int]) -> Callable[[int], str]:
    """Ready-made characters: from a number on, from a character on, so many."""

    def spelled(number: int) -> str:
        for first, character, count in runs:
            if first <= number < first + count:
                return chr(ord(character) + number - first)
        return str(number)

    return spelled


def _cycle(characters: str) -> Callable[[int], str]:
    return lambda number: characters[(number - 1) % len(characters)]


_circled = _from((1, "①", 20), (21, "㉑", 15), (36, "㊱", 15))
SPELLINGS: dict[str, Callable[[int], str]] = {
    "chineseCounting": _counted_below_hundred,
    "chineseCountingThousand": _counted,
    "taiwaneseCounting": _counted_below_hundred,
    "taiwaneseCountingThousand": _counted,
    "japaneseCounting": _counted,
    "ideographDigital": _one_by_one,
    "japaneseDigitalTenThousand": _one_by_one,
    "taiwaneseDigital": _one_by_one,
    "chineseLegalSimplified": _formal,
    "ideographTraditional": _cycle("甲乙丙丁戊己庚辛壬癸"),
    "ideographZodiac": _cycle("子丑寅卯辰巳午未申酉戌亥"),
    "decimalEnclosedCircle": _circled,
    "decimalEnclosedCircleChinese": _circled,
    "decimalEnclosedParen": _from((1, "⑴", 20)),
    "decimalEnclosedFullstop": _from((1, "⒈", 20)),
    "ideographEnclosedCircle": _from((1, "㊀", 10)),
    "decimalFullWidth": _full_width,
    "decimalFullWidth2": _full_width,
    "decimalZero": lambda number: f"{number:02}",
    "numberInDash": lambda number: f"- {number} -",
    "lowerRoman": _roman,
    "upperRoman": lambda number: _roman(number).upper(),
    "lowerLetter": _letters,
    "upperLetter": lambda number: _letters(number).upper(),
    "none": lambda _: "",
}
