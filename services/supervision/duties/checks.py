"""日周月排查: how many were expected, entered in time, entered afterwards, or never (珍溪府发〔2021〕29号 三(三)5)."""

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from uuid import UUID

import msgspec
from sqlalchemy import select

from services.kernel.clock import legal_day
from services.kernel.work import Work
from services.regulation.duties import Occurrence, Span
from services.supervision import registry
from services.supervision.duties.binding import book_of
from services.supervision.duties.models import Duty
from services.supervision.registry.history import Facts, facts_of

PRODUCING = frozenset({"正常", "半停产"})
ONE_DAY = timedelta(days=1)


class Missed(msgspec.Struct, frozen=True):
    """A period whose check nobody entered."""

    code: str
    title: str
    period: str
    due_on: date


class Kept(msgspec.Struct, frozen=True, kw_only=True):
    """One kind of check over some weeks."""

    code: str
    title: str
    expected: int
    on_time: int
    late: int
    """Entered afterwards (补报)."""
    missed: Sequence[Missed]
    """Never entered (漏查), the latest first."""

    @property
    def pair(self) -> tuple[str, str]:
        """Its name and its figures."""
        return self.title, self.words

    @property
    def words(self) -> str:
        """20/22，90.9%，补报 1 次，漏查 1 次; 不适用 where nothing was expected."""
        if not self.expected:
            return "不适用"
        rate = f"{self.on_time}/{self.expected}，{self.on_time / self.expected:.1%}"
        return f"{rate}，补报 {self.late} 次，漏查 {len(self.missed)} 次"


async def kept(work: Work, enterprise_id: UUID, codes: Iterable[str], first: date, last: date) -> list[Kept]:
    """How an enterprise kept its checks in the periods that end from first to last; days without production count not.

    A period that has not ended yet counts once its check is entered.
    """
    enterprise = await registry.one(work, enterprise_id)
    facts = await facts_of(work, enterprise.id)
    first = max(first, enterprise.registered_on)
    stopped = _stopped(facts, enterprise.production_state, first, last)
    found, book = [], await book_of(work, last)
    for code in codes:
        rule = book.rule(code)
        expected = [one for one in book.occurrences(rule, first, last, suspended=stopped) if _ends_in(one, last)]
        query = select(Duty).where(
            Duty.enterprise_id == enterprise.id, Duty.code == code, Duty.period.in_([one.key for one in expected])
        )
        rows = {row.period: row for row in await work.all(query)}
        found.append(_kept(code, rule.title, expected, rows, work.today))
    return found


def _ends_in(one: Occurrence, last: date) -> bool:
    return one.due_on is not None and one.due_on <= last


def _kept(code: str, title: str, expected: Sequence[Occurrence], rows: dict[str, Duty], today: date) -> Kept:
    on_time = late = 0
    missed: list[Missed] = []
    for one in expected:
        row = rows.get(one.key)
        assert one.due_on is not None
        if row is not None and row.state == "done" and row.submitted_at is not None:
            in_time = legal_day(row.submitted_at) <= one.due_on
            on_time, late = on_time + in_time, late + (not in_time)
        elif (row is None or row.state != "not_applicable") and one.due_on < today:
            missed.append(Missed(code, title, one.key, one.due_on))
    return Kept(
        code=code,
        title=title,
        expected=on_time + late + len(missed),
        on_time=on_time,
        late=late,
        missed=missed[::-1],
    )


def _stopped(facts: Facts, otherwise: str, first: date, last: date) -> list[Span]:
    """The days on which the registry knows of no production, each as a span of one day."""
    days = (first + n * ONE_DAY for n in range((last - first).days + 1))
    return [(day, day) for day in days if facts.value("production_state", day, otherwise) not in PRODUCING]
