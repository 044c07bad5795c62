"""The sentences of every event, filled with its facts."""

import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path

import msgspec

SENTENCES = Path(__file__).parent / "sentences.toml"


class Words(msgspec.Struct, frozen=True):
    """A subject that fits a list and a body that says what to do."""

    subject: str
    body: str


@cache
def sentences() -> Mapping[str, Words]:
    """The words of every event by `object:event`, with facts in braces."""
    rooms = tomllib.loads(SENTENCES.read_text(encoding="utf-8"))
    return {f"{room}:{event}": Words(**lines) for room, events in rooms.items() for event, lines in events.items()}


def words(event: str, **facts: object) -> Words:
    """An event's subject and body; raises KeyError for an unknown event and for a fact that is missing."""
    told = sentences()[event]
    return Words(told.subject.format(**facts), told.body.format(**facts).strip())
