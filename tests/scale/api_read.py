"""One row by its id: signed in, right checked and row security, against the framework and the driver alone."""

from tests.scale.answers import compared, facts
from tests.scale.figures import Asked, median_ratio, told
from tests.scale.house import House

PATHS = {
    "ours": "/api/v1/enterprises/{row}",
    "limit": "/enterprises/{tenant}/{row}",
    "peer": "/enterprises/{row}",
}


async def measure(house: House, asked: Asked) -> None:
    """At most twice the limit, a third of the peer."""
    found = await compared(house, asked, PATHS)
    to_limit, to_peer = (median_ratio(found["ours"], found[name]) for name in ("limit", "peer"))
    goals = {
        "≤ 2.0 × the limit": to_limit <= 2.0,
        "≥ 3 × less than the peer": to_peer <= 1 / 3,
    }
    told(asked, "api_read", goals, **facts(found))
