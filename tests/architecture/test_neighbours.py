"""The safety officer of a neighbour tries every address, and learns nothing of the other's rows, not even that there are any."""

import pytest
from sqlalchemy.ext.asyncio import AsyncConnection

from services.kernel.settings import Settings
from tests.architecture.neighbours import CANARY, Route, UnknownPlaceError, Visitor, Walk, a_walk
from tests.conftest import OneConnection
from tests.web import running

pytestmark = pytest.mark.anyio


async def tried(walk: Walk, visitor: Visitor, route: Route, before: dict[str, str]) -> list[str]:
    """What is wrong with the answers to one visitor at one address."""
    wrong = []
    body = route.method != "GET" or not route.places
    async with walk.undone():
        found = await walk.ask(visitor, route, walk.ids, body=body)
        if route.method != "GET" and found.status_code < 400 and await walk.print_of() != before:
            wrong.append("changed a neighbour's row")
    if CANARY in found.text or CANARY in str(found.headers):
        wrong.append(f"told the canary with {found.status_code}")
    if found.status_code >= 500:
        wrong.append(f"answered {found.status_code}")
    if route.places and found.status_code != 404:
        async with walk.undone():
            absent = await walk.ask(visitor, route, walk.absent, body=body)
        if absent.status_code != found.status_code:
            wrong.append(f"answered {found.status_code} to a neighbour's id and {absent.status_code} to none's")
    return [f"{visitor.name} {route.method} {route.path}: {words}" for words in wrong]


async def test_no_address_tells_or_changes_anything_of_a_neighbour(
    settings: Settings, sessions: OneConnection, connection: AsyncConnection
) -> None:
    """Every route that a visitor may enter, with a neighbour's ids in its address, its filters and its body, answers as if they named nothing."""
    async with running(settings, sessions) as app:
        walk = await a_walk(app, connection, sessions)
        before = await walk.print_of()
        wrong = [
            words
            for visitor in walk.visitors
            for route in walk.routes
            if (route.right is None or route.right in visitor.held) and "{slug" not in route.path
            for words in await tried(walk, visitor, route, before)
        ]
        assert wrong == []
        assert await walk.print_of() == before


def test_a_place_that_nobody_described_stops_the_walk() -> None:
    """A new kind of row in an address is asked for by name, never passed over."""
    with pytest.raises(UnknownPlaceError, match="warehouse_id is new"):
        Route("GET", "/warehouses/{warehouse_id:uuid}", None).filled({})  # type: ignore[arg-type]
