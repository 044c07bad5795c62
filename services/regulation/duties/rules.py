"""Rules of duties: what is owed, in plain words, in versions by the paper in force."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from services.regulation.documents import Document
from services.regulation.duties.conditions import Condition
from services.regulation.duties.consequences import Consequence
from services.regulation.duties.periods import Period


class State(StrEnum):
    """What the facts alone say of a duty; proof by papers is another matter."""

    MET = "met"
    UNMET = "unmet"
    NEEDS_EVIDENCE = "needs_evidence"

    @property
    def label(self) -> str:
        """The word that people see."""
        return {"met": "已满足", "unmet": "未满足", "needs_evidence": "待提供证明"}[self]


class Severity(StrEnum):
    """Whether not doing it breaks a law, or the town only advises it."""

    VIOLATION = "violation"
    GUIDANCE = "guidance"

    @property
    def label(self) -> str:
        """The word that people see."""
        return {"violation": "违法", "guidance": "提示"}[self]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """An enterprise beside a boundary, and what the rule says of it: absent or a State."""

    facts: dict[str, Any]
    expect: str
    on: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Version:
    """A rule as one paper has it; both of its days are days in force."""

    id: str
    document: Document
    article: str
    effective_from: date
    effective_to: date | None
    when: Condition
    requires: Condition | None
    """What makes it met; None where facts cannot say."""
    unmet_when: Condition | None
    """What makes it unmet; None where whatever is not met is unmet."""
    grounds: tuple[tuple[Condition, str], ...]
    """Why it is owed, as templates; those that hold are joined."""
    consequence: Consequence | None
    unverified: bool

    @property
    def citation(self) -> str:
        """《安全生产法》（2021年修正）第二十四条第二款."""
        return f"{self.document.cited}{self.article}"

    def is_in_force(self, on: date) -> bool:
        """Whether it applied on a day."""
        return self.effective_from <= on and (self.effective_to is None or on <= self.effective_to)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Rule:
    """One duty that enterprises of some kind have, whatever paper it stands on today."""

    code: str
    title: str
    topic: str
    plain: str
    how: tuple[str, ...]
    evidence: tuple[str, ...]
    good_evidence: tuple[str, ...]
    period: Period
    versions: tuple[Version, ...]
    samples: tuple[Sample, ...]
    category: str = "一般"
    zero_tolerance: bool = False
    severity: Severity = Severity.VIOLATION
    production_only: bool = False
    """Owed only for periods in which the enterprise works."""
    deadline: str | None = None
    """The code in deadlines.toml by which the last day is counted from the end of the period."""
    due_fact: str | None = None
    """The fact whose day is the last one."""
    opens_days: int = 0
    """How many days before that day the work begins."""
    remind_days: tuple[int, ...] = ()
    """Reminders of its own, in days before the last; empty for the common rhythm."""
    major_hazard: str = ""
    """The article of 工贸企业重大事故隐患判定标准 by which not doing it is a major hazard."""

    def version(self, on: date) -> Version | None:
        """The version in force on a day; None before the first and after the last."""
        return next((version for version in reversed(self.versions) if version.is_in_force(on)), None)
