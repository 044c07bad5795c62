"""Fifty rows: signed in, right checked and row security, against the framework and the driver alone."""

from tests.scale.answers import compared, facts
from tests.scale.figures import Asked, median_ratio, told
from tests.scale.house import House

PATHS = {"ours": "/api/v1/enterprises", "limit": "/enterprises/{tenant}", "peer": "/enterprises"}


async def measure(house: House, asked: Asked) -> None:
    """No more than the limit, a quarter of the peer."""
    found = await compared(house, asked, PATHS)
    to_limit, to_peer = (median_ratio(found["ours"], found[name]) for name in ("limit", "peer"))
    goals = {
        "≤ 1.0 × the limit": to_limit <= 1.0,
        "≥ 4 × less than the peer": to_peer <= 1 / 4,
    }
    told(asked, "api_list", goals, **facts(found))
