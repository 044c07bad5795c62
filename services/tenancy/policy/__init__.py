"""Who may do what: one table, read by Casbin at start and expanded to a set per role."""

import logging
from functools import cache
from pathlib import Path

import casbin

from services.tenancy.roles import Role

HERE = Path(__file__).parent
logging.getLogger("casbin").setLevel(logging.WARNING)


def enforcer() -> casbin.Enforcer:
    """Casbin over the shipped model and policy."""
    return casbin.Enforcer(str(HERE / "model.conf"), str(HERE / "policy.csv"))


@cache
def rights() -> dict[Role, frozenset[str]]:
    """The rights of each role as `object:action`; expanded once, so that a check is a set lookup."""
    by_role: dict[Role, set[str]] = {role: set() for role in Role}
    for name, domain, thing, action in enforcer().get_policy():
        role = Role(name)
        if role.domain == domain:
            by_role[role].add(f"{thing}:{action}")
    return {role: frozenset(granted) for role, granted in by_role.items()}
