"""Fifty rows: signed in, right checked and row security, against the framework and the driver alone."""

from statistics import median

from tests.scale.answers import compared, facts
from tests.scale.figures import Asked, told
from tests.scale.house import House

PATHS = {"ours": "/api/v1/enterprises", "limit": "/enterprises/{tenant}", "peer": "/enterprises"}


async def measure(house: House, asked: Asked) -> None:
    """No more than the limit, a quarter of the peer."""
    found = await compared(house, asked, PATHS)
    middle = {name: median(values) for name, values in found.items()}
    goals = {
        "≤ 1.0 × the limit": middle["ours"] <= middle["limit"],
        "≥ 4 × less than the peer": 4 * middle["ours"] <= middle["peer"],
    }
    told(asked, "api_list", goals, **facts(found))
