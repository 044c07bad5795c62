"""How the town sees that a deadline is near, and who hears that it has passed."""

from datetime import date, time, timedelta

import pytest

from services.regulation.lights import Audience, Colour, Light, escalation, is_night, light, reminds_on

TODAY = date(2026, 11, 23)


@pytest.mark.parametrize(
    ("left", "expected"),
    [
        (-400, Light(Colour.RED, "逾期 400 天")),
        (-3, Light(Colour.RED, "逾期 3 天")),
        (-1, Light(Colour.RED, "逾期 1 天")),
        (0, Light(Colour.AMBER, "今天到期")),
        (1, Light(Colour.AMBER, "1 天后到期")),
        (2, Light(Colour.AMBER, "2 天后到期")),
        (7, Light(Colour.AMBER, "7 天后到期")),
        (8, Light(Colour.GREEN, "正常")),
        (365, Light(Colour.GREEN, "正常")),
    ],
)
def test_the_light_turns_at_seven_days_and_after_the_day(left: int, expected: Light) -> None:
    """Both sides of every boundary, with the words that go with the colour."""
    assert light(TODAY + timedelta(days=left), TODAY) == expected


def test_reminders_come_before_on_and_after_the_day() -> None:
    """30, 7, 3 and 1 days before, on the day, three days running, then weekly."""
    due_on = date(2026, 6, 30)
    reminded = [n for n in range(-40, 32) if reminds_on(due_on, due_on + timedelta(days=n))]
    assert reminded == [-30, -7, -3, -1, 0, 1, 2, 3, 10, 17, 24, 31]


@pytest.mark.parametrize(
    ("days", "heard"),
    [
        (-5, []),
        (0, []),
        (1, [Audience.OWNER_HEAD]),
        (2, [Audience.OWNER_HEAD]),
        (3, [Audience.OWNER_HEAD, Audience.TOWN_LEADER]),
        (6, [Audience.OWNER_HEAD, Audience.TOWN_LEADER]),
        (7, [Audience.OWNER_HEAD, Audience.TOWN_LEADER, Audience.DISTRICT]),
        (90, [Audience.OWNER_HEAD, Audience.TOWN_LEADER, Audience.DISTRICT]),
    ],
)
def test_an_overdue_matter_climbs_one_step_at_a_time(days: int, heard: list[Audience]) -> None:
    """The owner's head after one day, the town leader after three, the district after seven."""
    assert [step.audience for step in escalation(days)] == heard
    assert all(step.words for step in escalation(days))


@pytest.mark.parametrize(
    ("at", "night"),
    [(time(21, 59), False), (time(22), True), (time(0), True), (time(6, 59), True), (time(7), False)],
)
def test_nobody_is_woken_between_ten_and_seven(at: time, *, night: bool) -> None:
    """Both ends of the night."""
    assert is_night(at) is night
