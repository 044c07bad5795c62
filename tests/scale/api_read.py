"""One row by its id: signed in, right checked and row security, against the framework and the driver alone."""

from statistics import median

from tests.scale.answers import compared, facts
from tests.scale.figures import Asked, told
from tests.scale.house import House

PATHS = {
    "ours": "/api/v1/enterprises/{row}",
    "limit": "/enterprises/{tenant}/{row}",
    "peer": "/enterprises/{row}",
}


async def measure(house: House, asked: Asked) -> None:
    """At most twice the limit, a third of the peer."""
    found = await compared(house, asked, PATHS)
    middle = {name: median(values) for name, values in found.items()}
    goals = {
        "≤ 2.0 × the limit": middle["ours"] <= 2.0 * middle["limit"],
        "≥ 3 × less than the peer": 3 * middle["ours"] <= middle["peer"],
    }
    told(asked, "api_read", goals, **facts(found))
