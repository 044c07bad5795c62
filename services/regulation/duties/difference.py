"""What changes in the duties of an enterprise when its facts do."""

from collections.abc import Iterable
from dataclasses import dataclass

from services.regulation.duties.duty import Duty
from services.regulation.duties.facts import in_chinese


@dataclass(frozen=True, slots=True)
class Change:
    """One duty that is owed before and after, but not in the same way."""

    before: Duty
    after: Duty

    @property
    def words(self) -> str:
        """What is different; empty where only the figures of the reason moved."""
        return "，".join(
            f"{label}由“{old}”变为“{new}”"
            for label, old, new in (
                ("状态", self.before.state_words, self.after.state_words),
                ("依据", self.before.citation, self.after.citation),
                ("期限", _until(self.before), _until(self.after)),
            )
            if old != new
        )


@dataclass(frozen=True, slots=True)
class Difference:
    """What comes, what goes and what stays in another way, each by code; `causes` are the changed facts in words."""

    causes: tuple[str, ...]
    added: tuple[Duty, ...]
    removed: tuple[Duty, ...]
    changed: tuple[Change, ...]

    def __bool__(self) -> bool:
        """Whether anything differs that matters to people."""
        return bool(self.added or self.removed or any(change.words for change in self.changed))

    @property
    def sentence(self) -> str:
        """再招 1 人，将新增义务：…，依据：… - one sentence for a page."""
        told = [
            _told("将新增义务", [f"{duty.title}，依据：{_marked(duty)}" for duty in self.added]),
            _told("不再适用", [f"{duty.title}，依据：{_marked(duty)}" for duty in self.removed]),
            _told("有变化", [f"{change.after.title}（{change.words}）" for change in self.changed if change.words]),
        ]
        words = "；".join(part for part in told if part) or "义务没有变化"
        return f"{'、'.join(self.causes)}，{words}。" if self.causes else f"{words}。"


def between(causes: tuple[str, ...], before: Iterable[Duty], after: Iterable[Duty]) -> Difference:
    """The difference of two evaluations; put upon the first it gives the second."""
    old, new = ({duty.code: duty for duty in duties} for duties in (before, after))
    return Difference(
        causes,
        tuple(duty for code, duty in new.items() if code not in old),
        tuple(duty for code, duty in old.items() if code not in new),
        tuple(Change(old[code], duty) for code, duty in new.items() if code in old and old[code] != duty),
    )


def _told(head: str, items: list[str]) -> str:
    return f"{head}：{'；'.join(items)}" if items else ""


def _until(duty: Duty) -> str:
    return in_chinese(duty.due_on) if duty.due_on else duty.period.label


def _marked(duty: Duty) -> str:
    return duty.citation + "〔待核实〕" * duty.unverified
