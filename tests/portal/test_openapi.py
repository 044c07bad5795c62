"""The description of the API tells programs who may call a route, and which headers make a call safe to repeat."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from services.kernel.settings import Settings
from services.tenancy.policy.scopes import scope_for, scopes
from tests.architecture.test_rights import handlers, needed
from tests.conftest import OneConnection
from tests.web import browser, running

pytestmark = pytest.mark.anyio
API = "/api/v1"


@pytest.fixture
async def told(settings: Settings, sessions: OneConnection) -> AsyncIterator[tuple[dict[str, Any], Any]]:
    """The description as programs fetch it, and the routes as they are."""
    async with running(settings, sessions) as app, browser(app) as nobody:
        answer = await nobody.get("/schema/v1/openapi.json")
        assert answer.status_code == 200
        yield answer.json(), [(m, p, needed(h)) for m, p, h in handlers(app) if p.startswith(API)]
        assert "Idempotency-Key" in (await nobody.get("/schema")).text


async def test_every_route_is_described_with_who_may_call_it(told: Any) -> None:
    """A session, and the scope where there is one; the public's own routes need nothing; all scopes are listed."""
    schema, routes = told
    schemes = schema["components"]["securitySchemes"]
    flow = schemes["oauth"]["flows"]["clientCredentials"]
    assert (flow["tokenUrl"], flow["scopes"].keys()) == ("/oauth/token", scopes().keys())
    assert (schemes["session"]["in"], schemes["session"]["name"]) == ("cookie", "anzhen_session")
    paths = {path.replace("{", "").replace("}", ""): found for path, found in schema["paths"].items()}
    walked = 0
    for method, path, right in routes:
        operation = paths[_plain(path)][method.lower()]
        scope = scope_for(str(right))
        wanted = [{"session": []}, {"oauth": [scope]}] if scope else [{"session": []}]
        assert operation.get("security", []) == ([] if right == "public_page:read" else wanted), path
        walked += 1
    assert walked > 60


async def test_what_may_be_repeated_and_what_may_be_unchanged_is_said(told: Any) -> None:
    """Each POST names the key; each row names its ETag and 304; each edit names If-Match."""
    schema, routes = told
    paths = {path.replace("{", "").replace("}", ""): found for path, found in schema["paths"].items()}
    rows = 0
    for method, path, _ in routes:
        operation = paths[_plain(path)][method.lower()]
        names = {one["name"] for one in operation.get("parameters", []) if one["in"] == "header"}
        assert ("Idempotency-Key" in names) == (method == "POST"), path
        assert ("If-None-Match" in names) == ("304" in operation["responses"]), path
        rows += "304" in operation["responses"]
        if method in {"PUT", "PATCH"}:
            assert "If-Match" in names, path
    assert rows >= 7


def _plain(path: str) -> str:
    """A path without braces and kinds."""
    parts = (part.strip("{}").partition(":")[0] if part.startswith("{") else part for part in path.split("/"))
    return "/".join(parts)
