"""Whatever a body holds, every address that takes one answers with a sentence and never a fault."""

from typing import Any

import pytest
from sqlalchemy.ext.asyncio import AsyncConnection

from services.kernel.settings import Settings
from services.tenancy.roles import HELD, Role
from tests.architecture.neighbours import Visitor, Walk, a_visitor, a_walk
from tests.architecture.samples import form_fields
from tests.conftest import OneConnection
from tests.web import running

pytestmark = pytest.mark.anyio
PARTS = "multipart/form-data; boundary=x"
FORM = "application/x-www-form-urlencoded"
JSON = "application/json"
BODIES: dict[str, tuple[str | None, bytes]] = {
    "nothing": (None, b""),
    "a list for a map": (JSON, b"[1]"),
    "no number": (JSON, b'{"percent": NaN}'),
    "half a character": (JSON, b'{"note": "\\ud800", "words": "\\ud800"}'),
    "torn": (JSON, b'{"note": "'),
    "parts without a boundary": ("multipart/form-data", b"x"),
    "torn parts": (PARTS, b'--x\r\nContent-Disposition: form-data; name="file"; filename="a'),
    "an empty file": (
        PARTS,
        b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.docx"\r\n\r\n\r\n--x--\r\n',
    ),
    "a word of no kind": ("no kind", b"\xff\xfe"),
}
WORDS = {"nul": "%00", "half a character": "%ED%A0%80", "year 0": "0000-01-01", "below": "-1", "direction": "%E2%80%AE"}


def bodies() -> dict[str, tuple[str | None, bytes]]:
    """The odd bodies, and forms in which every field there is holds the same odd word."""
    forms = {name: (FORM, "&".join(f"{one}={word}" for one in form_fields()).encode()) for name, word in WORDS.items()}
    return BODIES | {f"a form of {name}": form for name, form in forms.items()}


async def answers(walk: Walk, visitors: dict[Role, Visitor]) -> list[str]:
    """Every address that takes a body, as somebody who may send it one, with each body; tells where a fault was the answer."""
    wrong = []
    for route in walk.routes:
        visitor = next((one for one in visitors.values() if route.right is None or route.right in one.held), None)
        if route.method == "GET" or visitor is None:
            continue
        for name, (kind, content) in bodies().items():
            headers: dict[str, Any] = visitor.headers | ({"content-type": kind} if kind else {})
            async with walk.undone():
                found = await walk.client.request(
                    route.method, route.filled(walk.absent), headers=headers, content=content
                )
            if found.status_code >= 500:
                wrong.append(f"{visitor.name} {route.method} {route.path} ({name}): {found.status_code}")
    return wrong


async def test_no_body_makes_any_address_stumble(
    settings: Settings, sessions: OneConnection, connection: AsyncConnection
) -> None:
    """Torn, empty, of another kind, without end or with characters that nobody can read: the answer is below 500."""
    async with running(settings, sessions) as app:
        walk = await a_walk(app, connection, sessions)
        people = {role: walk.town.people[role] for role in HELD if role in walk.town.people}
        visitors = {role: await a_visitor(walk, role.value, person) for role, person in people.items()}
        assert await answers(walk, visitors) == []
