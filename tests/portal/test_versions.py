"""What a program has read has a name: it need not be sent again while it is the same, and no edit overlooks another's."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from litestar import Litestar

from services.app import create_app
from services.kernel.database import Scope
from services.kernel.settings import Settings
from services.tenancy.roles import Role
from tests.architecture.test_rights import handlers
from tests.conftest import OneConnection
from tests.factories import Town, a_town, an_administrator
from tests.web import Browser, browser, running

pytestmark = pytest.mark.anyio
API = "/api/v1"


@pytest.fixture
async def app(settings: Settings, sessions: OneConnection) -> AsyncIterator[Litestar]:
    """The application, started."""
    async with running(settings, sessions) as app:
        yield app


def test_every_edit_of_the_api_asks_for_the_version_that_was_read(tmp_path: Path) -> None:
    """PUT and PATCH take If-Match; the walk would find one that does not."""
    edits = [
        (path, handler.parsed_fn_signature.parameters)
        for method, path, handler in handlers(create_app(Settings(home=tmp_path, role_secret="x")))
        if method in {"PUT", "PATCH"} and path.startswith(API)
    ]
    assert len(edits) >= 4
    assert [path for path, parameters in edits if "if_match" not in parameters] == []


def test_every_row_of_the_api_has_an_etag(tmp_path: Path) -> None:
    """A route that reads one row answers with a header of its own; lists and figures are told anew."""
    bare = [
        path
        for method, path, handler in handlers(create_app(Settings(home=tmp_path, role_secret="x")))
        if method == "GET" and path.startswith(API) and path.endswith(("_id:uuid}", "{period:str}"))
        if "Response" not in str(handler.parsed_fn_signature.return_type.raw)
    ]
    assert bare == [f"{API}/duties/{{enterprise_id:uuid}}"]


async def rows_of(sessions: OneConnection) -> list[tuple[Role, str, Town]]:
    """An address of one row of each kind, with who reads it."""
    async with sessions.session(None, Scope()) as session:
        town = await a_town(session)
        for role in (Role.SECURITY_ADMINISTRATOR, Role.PLATFORM_OPERATOR):
            town.people[role] = await an_administrator(session, role)
        await session.commit()
    leader = town[Role.TOWN_LEADER]
    return [
        (Role.TOWN_OFFICE, f"/enterprises/{town.enterprises[0]}", town),
        (Role.TOWN_OFFICE, f"/members/{leader.member_id}", town),
        (Role.TOWN_OFFICE, f"/departments/{town.departments['sector']}", town),
        (Role.SECURITY_ADMINISTRATOR, f"/accounts/{leader.user_id}", town),
        (Role.PLATFORM_OPERATOR, f"/townships/{town.id}", town),
    ]


async def test_what_is_still_so_is_not_sent_again(app: Litestar, sessions: OneConnection) -> None:
    """304 without a body for the same ETag, weak or strong, alone or in a list; 200 for another."""
    for role, path, town in await rows_of(sessions):
        async with browser(app, town[role]) as program:
            first = await program.get(f"{API}{path}")
            tag = first.headers["etag"]
            for said in (tag, f'"x", {tag}', tag.removeprefix("W/"), f"W/{tag.removeprefix('W/')}"):
                same = await program.get(f"{API}{path}", headers={"if-none-match": said})
                assert (same.status_code, same.content, same.headers["etag"]) == (304, b"", tag), path
                assert "content-type" not in same.headers
            other = await program.get(f"{API}{path}", headers={"if-none-match": '"x"'})
            assert (other.status_code, other.content, other.headers["etag"]) == (200, first.content, tag)
            refused = await program.get(f"{API}/assignments/{town.id}", headers={"if-none-match": tag})
            assert refused.status_code in {403, 404}


async def test_an_etag_changes_with_the_row_and_an_edit_names_it(app: Litestar, sessions: OneConnection) -> None:
    """The ETag as it was read is what If-Match wants; after the edit it is stale (412), and what it named is sent anew."""
    rows = await rows_of(sessions)
    town = rows[0][2]
    here = f"{API}/departments/{town.departments['sector']}"
    async with browser(app, town[Role.TOWN_OFFICE]) as office:
        tag = (await office.get(here)).headers["etag"]
        body = {"name": "经济发展和应急办", "sectors": ["建材"], "aliases": []}
        changed = await put(office, here, tag, body)
        assert changed.status_code == 200, changed.text
        assert changed.headers["etag"] != tag
        again = await office.get(here, headers={"if-none-match": tag})
        assert (again.status_code, again.headers["etag"]) == (200, changed.headers["etag"])
        assert (await put(office, here, tag, body)).status_code == 412
        assert (await put(office, here, "", body)).status_code == 428
        for wrong in ("*", '"x"', "十"):
            assert (await put(office, here, wrong, body)).status_code == 422
        assert (await put(office, here, changed.headers["etag"], body)).status_code == 200


async def put(page: Browser, path: str, read: str, body: object) -> Any:
    """An edit of the version that was read."""
    headers = await page._token() | {"if-match": read.encode()}
    return await page.client.put(path, json=body, headers=headers)
