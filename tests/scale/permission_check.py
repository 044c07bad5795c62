"""Whether a role may do a thing: a set lookup against asking Casbin each time."""

import time
import timeit
from collections.abc import Callable
from statistics import median

from services.kernel.table import Login
from services.tenancy import policy
from services.tenancy.roles import Role
from services.tenancy.signing_in.person import Person, scope_of
from tests.scale.figures import Asked, ratios, spread, three, told

THING, ACT = "enterprise", "read"


async def measure(asked: Asked) -> None:
    """At most 0.2 µs however many tenants there are; the expansion at the start takes at most 0.3 s."""
    person = Person(
        login=Login.TOWN, scope=scope_of(Login.TOWN, None, (), None), person="", role=Role.TOWN_OFFICE.value
    )
    held, right, enforcer = person.rights, f"{THING}:{ACT}", policy.enforcer()
    role = Role.TOWN_OFFICE
    assert right in held
    assert enforcer.enforce(role.value, role.domain, THING, ACT)
    ours, casbin = [], []
    for _ in range(asked.rounds):
        ours.append(_each(lambda: right in held, 200_000))
        casbin.append(_each(lambda: enforcer.enforce(role.value, role.domain, THING, ACT), 300))
    starts = [_start() for _ in range(asked.rounds)]
    told(
        asked,
        "permission_check",
        {"≤ 0.2 µs": median(ours) <= 0.2, "start ≤ 0.3 s": median(starts) <= 0.3},
        unit="µs a check",
        ours=spread(ours),
        peer=spread(casbin),
        ratio_to_peer=ratios(ours, casbin),
        start_s=spread(starts),
        triples=three(sum(len(granted) for granted in policy.rights().values())),
    )


def _each(check: Callable[[], object], times: int) -> float:
    return timeit.timeit(check, number=times) / times * 1e6


def _start() -> float:
    policy.rights.cache_clear()
    at = time.perf_counter()
    policy.rights()
    return time.perf_counter() - at
