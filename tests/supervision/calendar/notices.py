"""Self-written arrangements for 2027, as an administrator would bring them."""

from collections.abc import Iterable

from services.kernel.calendar_days import CalendarDay, read

HEAD = "date,is_workday,name,source,status\n"
PAPER = "示例发〔2026〕9号"
LINES = (
    "2027-01-01,0,元旦",
    "2027-01-02,0,元旦",
    "2027-01-03,0,元旦",
    "2027-01-04,0,元旦",
    "2027-01-09,1,元旦调休上班",
    *(f"2027-02-{day:02},0,春节" for day in range(5, 13)),
    "2027-02-20,1,春节调休上班",
    "2027-04-05,0,清明节",
    *(f"2027-05-{day:02},0,劳动节" for day in range(1, 6)),
    "2027-06-09,0,端午节",
    "2027-09-15,0,中秋节",
    *(f"2027-10-{day:02},0,国庆节" for day in range(1, 8)),
)
"""Monday 4 January is off and Saturday 9 January is worked, which nobody could guess."""


def a_notice(*more: str, lines: Iterable[str] = LINES, status: str = "official") -> str:
    """The file of the year; further lines are whole, for other years or mistakes."""
    return HEAD + "".join(f"{line},{PAPER},{status}\n" for line in lines) + "".join(f"{line}\n" for line in more)


def days_of(*more: str) -> list[CalendarDay]:
    """The same, read."""
    return read(a_notice(*more))
