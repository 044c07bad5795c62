"""The people of an enterprise who matter for work safety."""

from services.supervision.people.actions import HasEnded, PostTaken, add, change, end, hand_over, reveal
from services.supervision.people.facts import PersonFacts, masked_id, masked_name
from services.supervision.people.models import POSTS, EnterprisePerson
from services.supervision.people.queries import find, former, holds_on, of_all_on, on_day

__all__ = [
    "POSTS",
    "EnterprisePerson",
    "HasEnded",
    "PersonFacts",
    "PostTaken",
    "add",
    "change",
    "end",
    "find",
    "former",
    "hand_over",
    "holds_on",
    "masked_id",
    "masked_name",
    "of_all_on",
    "on_day",
    "reveal",
]
