"""What another system may be allowed: sets of rights under a name, never more than the town's office holds."""

import tomllib
from collections.abc import Iterable
from functools import cache
from pathlib import Path

import msgspec

from services.tenancy.policy import rights
from services.tenancy.roles import Role


class Allowance(msgspec.Struct, frozen=True):
    """One scope: its name, what officials call it, and the rights that it opens."""

    name: str
    label: str
    rights: frozenset[str]


@cache
def scopes() -> dict[str, Allowance]:
    """Every scope by its name, in the order of the table."""
    told = tomllib.loads((Path(__file__).parent / "scopes.toml").read_text(encoding="utf-8"))
    return {one["name"]: msgspec.convert(one, Allowance) for one in told["scope"]}


def rights_of(names: Iterable[str]) -> frozenset[str]:
    """What a system with these scopes may do; a scope that is no more opens nothing."""
    known = scopes()
    opened = frozenset().union(*(known[name].rights for name in names if name in known))
    return opened & rights()[Role.TOWN_OFFICE]


def scope_for(right: str) -> str | None:
    """The scope that opens a right; None where no other system may ever have it."""
    return next((one.name for one in scopes().values() if right in one.rights), None)
