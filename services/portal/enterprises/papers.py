"""The lights of an enterprise's certificate and policy on a day."""

from datetime import date, timedelta
from typing import Any, Final

import msgspec

from services.regulation.lights import light
from services.supervision import registry

RENEWAL: Final = timedelta(days=90)
"""Before a certificate or a policy ends its light turns amber (待核实)."""


class Paper(msgspec.Struct, frozen=True):
    """A certificate or policy and its light."""

    colour: str
    words: str


def tags_of(enterprise: Any) -> list[str]:
    """The names of its dangers."""
    return [registry.tag_label(tag) for tag in enterprise.tags]


def standard_of(enterprise: Any, today: date) -> Paper:
    """The light of its certificate of standardization."""
    if enterprise.standard_level is None or enterprise.standard_expires_on is None:
        return Paper("none", "未达标")
    return _paper(enterprise.standard_expires_on, today, enterprise.standard_level)


def policy_of(enterprise: Any, today: date) -> Paper:
    """The light of its liability insurance."""
    if enterprise.insured_to is None:
        return Paper("none", "未投保")
    return _paper(enterprise.insured_to, today, "在保")


def _paper(ends_on: date, today: date, name: str) -> Paper:
    """Amber from ninety days before the end; the last day is still valid."""
    state = light(ends_on, today)
    if state.colour == "red":
        return Paper("red", f"{name}，已过期 {(today - ends_on).days} 天")
    left = "今天" if ends_on == today else f"{(ends_on - today).days} 天后"
    return Paper("amber", f"{name}，{left}到期") if ends_on - today <= RENEWAL else Paper("green", name)
