"""One address of ours beside the same answer of the others: processor time of the server process, in turns."""

from collections.abc import Mapping
from contextlib import AsyncExitStack

from tests.scale.clients import drive, request
from tests.scale.figures import Asked, ratios, spread
from tests.scale.house import House
from tests.scale.servers import Server, serving

WARM_UP, EACH = 25, 60
"""Requests of each client before and within a round."""
TARGETS = {"ours": "services.app:create_app", "limit": "tests.scale.apps:limit", "peer": "tests.scale.apps:peer"}


def prepared(house: House, path: str, *headers: str) -> list[bytes]:
    """The request of one person of each town; a path may name {tenant} and {row}, one of its enterprises."""
    return [
        request(
            "GET",
            path.format(tenant=person.tenant, row=row),
            f"cookie: anzhen_session={token}; anzhen_csrf={'ab' * 48}",
            *headers,
        )
        for person, token, row in zip(house.people, house.tokens, house.enterprises, strict=True)
    ]


async def spent(server: Server, requests: list[bytes], each: int) -> float:
    """Microseconds of processor that the server needs for one request."""
    before = server.used()
    await drive(server.port, requests, each)
    return (server.used() - before) / (each * len(requests)) * 1e6


async def compared(
    house: House,
    asked: Asked,
    paths: Mapping[str, str],
    *,
    each: int = EACH,
    environment: Mapping[str, str] | None = None,
) -> dict[str, list[float]]:
    """Microseconds per request of each application that has a path, one value a round."""
    told = house.environment() | dict(environment or {})
    log = house.settings.home / "web.log"
    async with AsyncExitStack() as stack:
        servers = {name: await stack.enter_async_context(serving(TARGETS[name], told, log)) for name in paths}
        requests = {name: prepared(house, path, "accept: */*") for name, path in paths.items()}
        for name, server in servers.items():
            await spent(server, requests[name], min(each, WARM_UP))
        found: dict[str, list[float]] = {name: [] for name in paths}
        for _ in range(asked.rounds):
            for name, server in servers.items():
                found[name].append(await spent(server, requests[name], each))
    return found


def facts(found: Mapping[str, list[float]]) -> dict[str, object]:
    """The figures, and ours against each of the others."""
    against = {f"ratio_to_{name}": ratios(found["ours"], values) for name, values in found.items() if name != "ours"}
    return {"unit": "µs of server processor a request", **{name: spread(v) for name, v in found.items()}, **against}
