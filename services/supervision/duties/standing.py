"""One duty of one enterprise as it stands on a day: what the rules say, and what was done about it."""

from datetime import date
from typing import Final
from uuid import UUID

import msgspec

from services.kernel.clock import legal_day
from services.regulation import duties as rules
from services.regulation.duties import Occurrence, Period, Severity, State
from services.regulation.duties.duty import Owed as OwedByRule
from services.regulation.lights import AMBER_DAYS, Colour, Light, light
from services.supervision.duties.models import STATES, Duty

CHECKS: Final = frozenset({Period.DAILY, Period.WEEKLY, Period.MONTHLY})
"""日周月: the enterprise enters them itself, nobody accepts them."""
BY_PRINCIPAL: Final = frozenset({Period.MONTHLY})
"""Which of them the principal person does himself (珍溪府发〔2021〕29号 三(三)5)."""
CLOSED: Final = frozenset({"done", "not_applicable"})
WAITING: Final = frozenset({"submitted", "exemption_asked"})
LABELS: Final = STATES | {"met": "由登记信息认定"}


class Owed(msgspec.Struct, frozen=True, kw_only=True):
    """A duty with its row, where somebody has done something about it."""

    enterprise_id: UUID
    duty: rules.Duty
    row: Duty | None
    day: date
    state: str
    """A key of LABELS."""

    @property
    def key(self) -> str:
        """How it is named in addresses and batches: enterprise, code and period."""
        return f"{self.enterprise_id}/{self.duty.code}/{self.duty.period_key}"

    @property
    def href(self) -> str:
        """Its page."""
        return f"/duties/{self.key}"

    @property
    def label(self) -> str:
        """The state as people read it."""
        if self.is_late and self.state in {"not_started", "in_progress"}:
            return "未满足" if self.is_unmet else "逾期"
        return LABELS[self.state]

    @property
    def is_check(self) -> bool:
        """One of the checks by day, week and month."""
        return self.duty.period in CHECKS

    @property
    def is_fulfilled(self) -> bool:
        """Met by the facts, or done."""
        return self.state in {"met", "done"}

    @property
    def is_applicable(self) -> bool:
        """It counts, unless the office agreed that it does not apply."""
        return self.state != "not_applicable"

    @property
    def is_open(self) -> bool:
        """Something is still to be done by the enterprise."""
        return self.state in {"not_started", "in_progress", "returned"}

    @property
    def is_unmet(self) -> bool:
        """The facts alone say that the law is not kept."""
        return self.is_open and self.duty.state is State.UNMET and self.duty.severity is Severity.VIOLATION

    @property
    def is_late(self) -> bool:
        """Its day has passed, or the facts break the law already; what waits for the office is not late."""
        passed = self.due_on is not None and self.due_on < self.day
        return self.is_open and (passed or self.is_unmet)

    @property
    def due_on(self) -> date | None:
        """The last day; for what the facts have broken, the day on which that was noticed."""
        return self.duty.due_on or (self.row.due_on if self.row is not None and self.is_unmet else None)

    @property
    def by_facts(self) -> bool:
        """Only the registered facts can meet it."""
        return self.duty.owed.version.requires is not None and self.duty.state is not State.NEEDS_EVIDENCE

    @property
    def light(self) -> Light:
        """How urgent it is, as a colour and as words."""
        settled = {"met": "已满足", "done": "已完成", "submitted": "待审核", "exemption_asked": "待审核"}
        if self.state in settled:
            return Light(Colour.GREEN if self.is_fulfilled else Colour.AMBER, settled[self.state])
        if self.is_unmet:
            days = (self.day - self.due_on).days if self.due_on else 0
            return Light(Colour.RED, f"未满足 {days} 天" if days > 0 else "未满足")
        if self.state == "returned" and not self.is_late:
            return Light(Colour.AMBER, "被退回，请补充")
        if self.due_on is None:
            return Light(Colour.AMBER, "建议办理" if self.duty.state is State.UNMET else "待提供证明")
        if self.is_check and self.due_on < self.day:
            return Light(Colour.RED, "漏查")
        return light(self.due_on, self.day)

    @property
    def urgency(self) -> tuple[int, date, str]:
        """What comes first: broken law, late, sent back, by the day; then advice, and what always holds."""
        if self.is_open and (self.is_late or self.state == "returned"):
            return (0 if self.duty.severity is Severity.VIOLATION else 1), self.due_on or date.min, self.duty.code
        if self.due_on is not None:
            return 2, self.due_on, self.duty.code
        return (3 if self.duty.severity is Severity.VIOLATION else 4), date.max, self.duty.code

    @property
    def is_soon(self) -> bool:
        """Due within the days in which the light is amber."""
        return self.is_open and self.due_on is not None and 0 <= (self.due_on - self.day).days <= AMBER_DAYS

    @property
    def was_late(self) -> bool:
        """Entered after its last day (补报)."""
        row, due_on = self.row, self.duty.due_on
        handed_in = row.submitted_at if row is not None and row.state == "done" else None
        return handed_in is not None and due_on is not None and legal_day(handed_in) > due_on


def standing(enterprise_id: UUID, duty: rules.Duty, row: Duty | None, day: date, today: date) -> Owed:
    """A duty with its row as of a day; what was decided later is not known yet on an earlier day."""
    state = "met" if duty.state is State.MET else _state_on(row, day, today)
    if state == "done" and duty.state is State.UNMET:
        state = "in_progress"
    return Owed(enterprise_id=enterprise_id, duty=duty, row=row, day=day, state=state)


def kept(row: Duty) -> rules.Duty | None:
    """The duty of an earlier period by the rule of that time; None for a rule that is not shipped any more."""
    try:
        rule = rules.rulebook().rule(row.code)
    except rules.NoSuchRule:
        return None
    version = next((one for one in rule.versions if one.id == row.rule_version), rule.versions[-1])
    occurrence = Occurrence(row.period, None, row.due_on, None)
    return rules.Duty(OwedByRule(rule, version, ""), occurrence, State.NEEDS_EVIDENCE, row.why)


def _state_on(row: Duty | None, day: date, today: date) -> str:
    if row is None:
        return "not_started"
    if day >= today:
        return row.state
    ended = row.decided_at or row.submitted_at
    if row.state in CLOSED and ended is not None and legal_day(ended) <= day:
        return row.state
    handed_in = row.submitted_at is not None and legal_day(row.submitted_at) <= day
    return "submitted" if handed_in else "not_started"
