"""The facts of a demo district: real places, invented enterprises, people and half a year of work."""

from services.demo.district import demo_district
from services.demo.facts import (
    AssignmentStory,
    DemoDistrict,
    DemoEnterprise,
    Department,
    Event,
    Membership,
    Person,
    Township,
    Village,
)
from services.demo.stories import history

__all__ = [
    "AssignmentStory",
    "DemoDistrict",
    "DemoEnterprise",
    "Department",
    "Event",
    "Membership",
    "Person",
    "Township",
    "Village",
    "demo_district",
    "history",
]
