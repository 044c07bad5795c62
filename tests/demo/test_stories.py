"""Half a year of work that a newcomer finds in the demo."""

from collections import Counter
from datetime import date, time, timedelta

import pytest

from services.demo import AssignmentStory, demo_district, history
from services.kernel.calendar_days import shipped
from services.kernel.clock import SHANGHAI, legal_day

TODAY = date(2026, 11, 23)
STORIES = history(TODAY)
OF_ZHENXI = [story for story in STORIES if story.town == "zhenxi"]
ENDINGS = {
    "pending": {"assigned"},
    "in_progress": {"progressed", "urged"},
    "submitted": {"submitted"},
    "returned": {"returned"},
    "completed": {"accepted"},
}


def test_every_town_has_work_on_the_tasks_and_the_main_town_on_all_sixteen() -> None:
    """Departments and enterprises both have assignments."""
    assert {story.task_no for story in OF_ZHENXI} == set(range(1, 17))
    assert len({story.town for story in STORIES}) == 27
    assert all((story.department is None) != (story.enterprise is None) for story in STORIES)
    assert len({story.department for story in OF_ZHENXI if story.department}) == 6
    assert len({story.enterprise for story in OF_ZHENXI if story.enterprise}) >= 20


def test_every_state_of_an_assignment_is_seen_in_the_main_town() -> None:
    """Waiting, working, late, sent back, done in time and done late."""
    assert {story.state for story in OF_ZHENXI} == set(ENDINGS)
    open_states = {"in_progress", "pending", "submitted", "returned"}
    assert any(story.state in open_states and story.due_on < TODAY for story in OF_ZHENXI)
    assert any(story.state in open_states and TODAY <= story.due_on <= TODAY + timedelta(days=7) for story in OF_ZHENXI)
    late = [s for s in OF_ZHENXI if (done := s.last("submitted")) and legal_day(done.at) > s.due_on]
    assert late
    assert all(story.state == "completed" for story in late)


@pytest.mark.parametrize("today", [TODAY, date(2026, 10, 5), date(2024, 2, 29), date(2027, 1, 3)])
def test_events_happen_in_order_at_office_hours_of_working_days_before_today(today: date) -> None:
    """Also when the demo is made on a holiday or across the turn of the year."""
    for story in history(today):
        days = [legal_day(event.at) for event in story.events]
        assert all(earlier.at < later.at for earlier, later in zip(story.events, story.events[1:], strict=False))
        assert all(shipped().is_workday(day) for day in days)
        assert today - timedelta(days=200) < days[0] <= days[-1] < today
        assert all(time(9) <= event.at.astimezone(SHANGHAI).time() < time(18) for event in story.events)
        assert shipped().is_workday(story.due_on)


@pytest.mark.parametrize("story", OF_ZHENXI, ids=lambda story: f"{story.task_no}-{story.state}")
def test_a_story_ends_in_its_state(story: AssignmentStory) -> None:
    """Assigned, received, worked on, handed in and accepted by somebody else."""
    kinds = [event.kind for event in story.events]
    assert kinds[0] == "assigned"
    assert kinds[-1] in ENDINGS[story.state] | ({"received"} if story.state == "in_progress" else set())
    assert kinds[1:2] == ([] if story.state == "pending" else ["received"])
    percents = [event.percent for event in story.events if event.percent is not None and event.kind == "progressed"]
    assert percents == sorted(percents)
    assert all(0 < percent < 100 for percent in percents)
    assert (story.percent == 100) == (story.state in {"submitted", "completed"})
    if accepted := story.last("accepted"):
        submitted = story.last("submitted")
        assert submitted
        assert accepted.by != submitted.by


def test_everybody_named_in_a_story_exists_and_belongs_there() -> None:
    """Events are written by people of the demo, and enterprises are those of the town."""
    district = demo_district(TODAY)
    known = {person.key for person in district.people}
    enterprises = {one.key: one for one in district.enterprises}
    for story in STORIES:
        assert {event.by for event in story.events} <= known
        assert story.enterprise is None or enterprises[story.enterprise].town == story.town
        assert not any("{" in event.note for event in story.events)


def test_what_officials_write_is_varied() -> None:
    """More than sixty different reports of progress in one town, none of them empty."""
    notes = Counter(event.note for story in OF_ZHENXI for event in story.events if event.kind == "progressed")
    assert len(notes) > 60
    assert min(map(len, notes)) > 8


def test_the_same_day_and_seed_tell_the_same_story() -> None:
    """And another seed another one."""
    assert history(TODAY) == STORIES
    assert history(TODAY, seed=5) != STORIES
