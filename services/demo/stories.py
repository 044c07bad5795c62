"""Half a year of invented work on the sixteen tasks, told backwards from today as plain events.

Instants are aware UTC at office hours of working days in Asia/Shanghai; the states and kinds of events are those of
the ledger of assignments.
"""

import random
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from services.demo.district import SEED, demo_district
from services.demo.facts import AssignmentStory, DemoDistrict, DemoEnterprise, Event
from services.demo.places import DATA, LARGER_TOWNS, MAIN_TOWN
from services.kernel import calendar_days
from services.regulation.tags import Tag

SHANGHAI = ZoneInfo("Asia/Shanghai")
MORNING, AFTERNOON = 9 * 60, 17 * 60 + 20
WORKDAYS_BACK = 120
OVER = 100
PICKS = {"above_scale": "is_above_scale", "smelter": "is_smelter", "peri_urban": "is_peri_urban"}
ASSIGNED, RECEIVED = "请按时限要求抓好落实，及时反馈进展。", "已签收，安排专人负责。"
ACCEPTED, URGED = "审核通过，予以办结。", "已逾期，请抓紧办理并说明原因。"

# How an assignment went, how often, and how many working days from today to its deadline.
FATES = (
    ("done", 40, (-60, -8)),
    ("done_late", 8, (-60, -20)),
    ("returned_then_done", 8, (-55, -12)),
    ("working", 14, (6, 40)),
    ("working_soon", 8, (0, 4)),
    ("waiting", 8, (1, 12)),
    ("returned", 5, (1, 10)),
    ("overdue", 7, (-12, -1)),
    ("unsigned", 2, (8, 40)),
)


@dataclass(slots=True)
class Diary:
    """Writes one assignment's events on working days between its first day and today, never out of order."""

    dice: random.Random
    today: date
    day: date
    events: list[Event] = field(default_factory=list)

    def write(self, day: date, kind: str, by: str, note: str, percent: int | None = None) -> None:
        """An event on the working day at or after `day`, not before the last event and not after yesterday."""
        days = calendar_days.shipped()
        latest = days.subtract_workdays(self.today, 1)
        self.day = min(max(days.roll(day), self.day), latest)
        minute = timedelta(minutes=self.dice.randint(MORNING, AFTERNOON))
        at = (datetime.combine(self.day, time(), SHANGHAI) + minute).astimezone(UTC)
        if self.events and at <= self.events[-1].at:
            at = self.events[-1].at + timedelta(minutes=self.dice.randint(3, 9))
        self.events.append(Event(at, kind, by, note, percent))


def history(today: date, seed: int = SEED) -> tuple[AssignmentStory, ...]:
    """What every town of the demo did in the half year before a day; the same for the same day and seed."""
    district = demo_district(today, seed)
    dice = random.Random(seed + 1)  # noqa: S311 - invented facts, no secrets
    measures = tomllib.loads((DATA / "work.toml").read_text(encoding="utf-8"))["measure"]
    return tuple(
        _story(district, town.slug, measure, owner, dice)
        for town in district.townships
        for measure in measures
        for owner in _owners(district, town.slug, measure, dice)
    )


def _owners(
    district: DemoDistrict, town: str, measure: dict[str, Any], dice: random.Random
) -> Iterator[DemoEnterprise | None]:
    if measure["owner"] != "enterprise":
        yield None
        return
    fitting = [one for one in district.enterprises_of(town) if one.left_on is None and _fits(one, measure["select"])]
    most = 6 if town == MAIN_TOWN else 2 if town in LARGER_TOWNS else 1
    yield from dice.sample(fitting, min(most, len(fitting)))


def _fits(enterprise: DemoEnterprise, select: str) -> bool:
    if select == "over_100":
        return enterprise.headcount > OVER
    if select in PICKS:
        return bool(getattr(enterprise, PICKS[select]))
    return Tag(select) in enterprise.tags


def _story(
    district: DemoDistrict, town: str, measure: dict[str, Any], enterprise: DemoEnterprise | None, dice: random.Random
) -> AssignmentStory:
    days = calendar_days.shipped()
    fate, _, span = dice.choices(FATES, weights=[weight for _, weight, _ in FATES])[0]
    offset = dice.randint(*span)
    due_on = _shifted(district.today, offset)
    age = dice.randint(1, 3) if fate == "unsigned" else max(0, -offset) + dice.randint(25, 55)
    start = days.subtract_workdays(district.today, min(WORKDAYS_BACK, age))
    diary = Diary(dice, district.today, start)
    office = f"{town}.office1"
    owner = f"{enterprise.key}.legal" if enterprise else f"{town}.{measure['owner']}1"
    diary.write(start, "assigned", office, ASSIGNED)
    state = _tell(diary, fate, measure, (office if owner != office else f"{town}.leaders1", owner), due_on)
    words = _words(len(district.enterprises_of(town)), enterprise)
    return AssignmentStory(
        town=town,
        task_no=measure["task"],
        title=measure["title"],
        department=None if enterprise else measure["owner"],
        enterprise=enterprise.key if enterprise else None,
        due_on=due_on,
        state=state,
        events=tuple(replace(event, note=event.note.format_map(words)) for event in diary.events),
    )


def _tell(diary: Diary, fate: str, measure: dict[str, Any], people: tuple[str, str], due_on: date) -> str:
    reviewer, owner = people
    if fate == "unsigned":
        return "pending"
    days = calendar_days.shipped()
    received_on = days.add_workdays(diary.day, diary.dice.randint(1, 2))
    diary.write(received_on, "received", owner, RECEIVED, 0)
    end = due_on if fate != "done_late" else days.add_workdays(due_on, diary.dice.randint(2, 7))
    finished = fate not in {"working", "working_soon", "overdue"}
    _progress(diary, owner, measure["progress"], min(end, diary.today), all_of_it=finished)
    if fate == "overdue" and (urged_on := days.add_workdays(due_on, 1)) < diary.today:
        diary.write(urged_on, "urged", reviewer, URGED)
    if not finished:
        return "in_progress"
    handed_in = min(_shifted(end, 0 if fate == "done_late" else -diary.dice.randint(1, 3)), diary.today)
    diary.write(handed_in, "submitted", owner, measure["submitted"], 100)
    return _review(diary, fate, measure, reviewer, owner)


def _review(diary: Diary, fate: str, measure: dict[str, Any], reviewer: str, owner: str) -> str:
    if fate == "waiting":
        return "submitted"
    soon = calendar_days.shipped().add_workdays
    if fate.startswith("returned"):
        diary.write(soon(diary.day, 1), "returned", reviewer, measure["returned"], 90)
        if fate == "returned":
            return "returned"
        diary.write(
            soon(diary.day, diary.dice.randint(1, 3)), "submitted", owner, "已按审核意见补齐材料，请审核。", 100
        )
    diary.write(soon(diary.day, diary.dice.randint(1, 2)), "accepted", reviewer, ACCEPTED)
    return "completed"


def _progress(diary: Diary, owner: str, notes: list[str], end: date, *, all_of_it: bool) -> None:
    told = notes if all_of_it else notes[: diary.dice.randint(1, len(notes))]
    span = max(1, (end - diary.day).days)
    start = diary.day
    for number, note in enumerate(told, start=1):
        percent = 90 * number // (len(notes) + (0 if all_of_it else 1)) // 5 * 5
        diary.write(start + timedelta(days=span * number // (len(notes) + 1)), "progressed", owner, note, percent)


def _words(enterprises: int, enterprise: DemoEnterprise | None) -> dict[str, str]:
    parts = {"all": 1, "half": 2, "some": 4, "few": 12}
    numbers = {word: str(-(-enterprises // part)) for word, part in parts.items()}
    return {**numbers, "people": str(3 * enterprises), "enterprise": enterprise.name if enterprise else ""}


def _shifted(day: date, workdays: int) -> date:
    days = calendar_days.shipped()
    return days.roll(days.add_workdays(day, workdays)) if workdays >= 0 else days.subtract_workdays(day, -workdays)
