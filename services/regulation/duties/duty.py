"""One duty of one enterprise, as people read it."""

from datetime import date, timedelta
from typing import NamedTuple

from services.regulation.deadlines import WorkingDays
from services.regulation.documents import Document
from services.regulation.duties.periods import Occurrence, Period, last_day
from services.regulation.duties.rules import Rule, Severity, State, Version

GUIDED = "镇里的指导事项，没有罚则"
NOT_REGISTERED = "本系统未登记罚则"
NOT_VERIFIED = "罚则待核实"


class Owed(NamedTuple):
    """A rule in its version of the day."""

    rule: Rule
    version: Version
    major_hazard: str
    """The citation by which not doing it is a major hazard, where that standard is in force."""


class Duty(NamedTuple):
    """What one enterprise owes by one rule in one period, and what its facts say of it."""

    owed: Owed
    occurrence: Occurrence
    state: State
    because: str
    """Why just this enterprise owes it, with its own figures."""

    @property
    def code(self) -> str:
        """Of the rule."""
        return self.owed.rule.code

    @property
    def title(self) -> str:
        """A few words."""
        return self.owed.rule.title

    @property
    def topic(self) -> str:
        """The group it is shown in."""
        return self.owed.rule.topic

    @property
    def plain(self) -> str:
        """What to do, as one would tell the owner of a brickworks."""
        return self.owed.rule.plain

    @property
    def how(self) -> tuple[str, ...]:
        """The steps to finish it."""
        return self.owed.rule.how

    @property
    def evidence(self) -> tuple[str, ...]:
        """What proves that it was done."""
        return self.owed.rule.evidence

    @property
    def good_evidence(self) -> tuple[str, ...]:
        """What good proof looks like."""
        return self.owed.rule.good_evidence

    @property
    def citation(self) -> str:
        """《安全生产法》（2021年修正）第二十四条第二款."""
        return self.owed.version.citation

    @property
    def document(self) -> Document:
        """The paper it stands on."""
        return self.owed.version.document

    @property
    def article(self) -> str:
        """Its place in that paper."""
        return self.owed.version.article

    @property
    def version_id(self) -> str:
        """The version of the rule, to be kept with whatever was decided by it."""
        return self.owed.version.id

    @property
    def unverified(self) -> bool:
        """Whether people must see 待核实."""
        return self.owed.version.unverified

    @property
    def state_words(self) -> str:
        """The state as people read it: what is only advised is never called unmet."""
        advised = self.severity is Severity.GUIDANCE and self.state is State.UNMET
        return "建议办理" if advised else self.state.label

    @property
    def severity(self) -> Severity:
        """A breach of law, or advice."""
        return self.owed.rule.severity

    @property
    def category(self) -> str:
        """重点 or 一般."""
        return self.owed.rule.category

    @property
    def zero_tolerance(self) -> bool:
        """One of the five kinds that are always taken up (珍溪府发〔2021〕29号 三(四)9)."""
        return self.owed.rule.zero_tolerance

    @property
    def period(self) -> Period:
        """How often it comes round."""
        return self.owed.rule.period

    @property
    def period_key(self) -> str:
        """2026, 2026H1, 2026Q1, 2026-03, 2026-W10, 2026-03-05 or once; of a paper, the day on which it ends."""
        return self.occurrence.key

    @property
    def starts_on(self) -> date | None:
        """The first day on which it can be done; None for what always holds."""
        return self.occurrence.starts_on

    @property
    def due_on(self) -> date | None:
        """The last day, not moved by holidays; None for what always holds."""
        return self.occurrence.due_on

    @property
    def consequence(self) -> str:
        """What follows when it is not done, for information; the district decides."""
        threat = self.owed.version.consequence
        words = threat.words if threat else self._no_consequence
        return f"{words}；属重大事故隐患（{self.owed.major_hazard}）" if self.owed.major_hazard else words

    @property
    def _no_consequence(self) -> str:
        if self.severity is Severity.GUIDANCE:
            return GUIDED
        return NOT_VERIFIED if self.unverified else NOT_REGISTERED

    @property
    def reminds_on(self) -> tuple[date, ...]:
        """Its own days of reminder, earliest first; empty where the common rhythm applies."""
        due_on = self.due_on
        return () if due_on is None else tuple(due_on - timedelta(days=n) for n in self.owed.rule.remind_days)

    def latest_on(self, days: WorkingDays) -> date | None:
        """The legal last day after rolling over holidays, where its rule rolls; else `due_on`."""
        ends_on, deadline = self.occurrence.ends_on, self.owed.rule.deadline
        return self.due_on if ends_on is None else last_day(ends_on, deadline, days)
