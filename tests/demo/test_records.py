"""What the demo's records tell of people, circumstances and changes."""

from datetime import date, timedelta

from services.demo import demo_district
from services.demo.records import (
    GROWING,
    UNDERSTAFFED,
    WITHOUT_OFFICER,
    changes_of,
    circumstances_of,
    dispatched_in,
    posts_of,
)
from services.supervision.people.models import POSTS
from services.supervision.registry import BY_NAME

TODAY = date(2026, 11, 23)
DISTRICT = demo_district(TODAY)
ZHENXI = DISTRICT.enterprises_of("zhenxi")


def test_everybody_has_a_legal_representative_and_almost_everybody_an_officer() -> None:
    """One lacks an officer, and one of a hundred and one people has a part-time one only."""
    accounts = {person.key for person in DISTRICT.people}
    for one in ZHENXI:
        posts = list(posts_of(one, TODAY))
        assert {post.post for post in posts} <= set(POSTS)
        assert sum(post.post == "legal_representative" for post in posts) == 1
        assert all(post.account or post.name.endswith("（演）") for post in posts)
        assert {post.account for post in posts if post.account} <= accounts | {f"{one.key}.safety"}
        officers = {post.post for post in posts} & {"full_time_officer", "part_time_officer"}
        assert officers == (set() if one.name == WITHOUT_OFFICER else officers)
        if one.name == UNDERSTAFFED:
            assert (one.headcount, officers) == (101, {"part_time_officer"})


def test_certificates_end_before_today_soon_and_later() -> None:
    """So that all lights are seen."""
    ends = [
        post.certificate_expires_on for one in ZHENXI for post in posts_of(one, TODAY) if post.certificate_expires_on
    ]
    assert any(day < TODAY for day in ends)
    assert any(TODAY <= day <= TODAY + timedelta(days=30) for day in ends)
    assert any(day > TODAY + timedelta(days=365) for day in ends)


def test_changes_end_in_what_the_registry_shows_today() -> None:
    """Past ones lead to today's fact, the one to come leaves it."""
    for one in ZHENXI:
        for change in changes_of(one, TODAY):
            today = {"headcount_own": one.headcount - dispatched_in(one), "left_reason": change.after}.get(
                change.field, getattr(one, change.field, None)
            )
            assert today == (change.after if change.day <= TODAY else change.before)
            assert change.before != change.after
            assert change.field in BY_NAME
    days = [change.day for one in ZHENXI for change in changes_of(one, TODAY)]
    assert min(days) < TODAY < max(days)
    assert {one.name for one in ZHENXI if any(c.day > TODAY for c in changes_of(one, TODAY))} == {GROWING}


def test_circumstances_are_those_of_the_rules() -> None:
    """And most of them are seen somewhere."""
    labels = set(BY_NAME["circumstances"].labels)
    seen = {circumstance for one in ZHENXI for circumstance in circumstances_of(one)}
    assert seen <= labels
    assert len(seen) >= 7
