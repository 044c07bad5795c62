"""A program that sends something of the wrong type is told which field, and what belongs there."""

from typing import Any

import msgspec
import pytest
from litestar.exceptions import ClientException

from services.kernel.database import Scope
from services.kernel.settings import Settings
from services.portal.wrong_types import errors_of
from services.tenancy.roles import Role
from tests.conftest import OneConnection
from tests.factories import a_town
from tests.web import browser, running

pytestmark = pytest.mark.anyio
OWNER = "/api/v1/assignments/0198f6d2-4c1e-7a30-9f52-3b1d0c77e111"


@pytest.mark.parametrize(
    ("kind", "body", "errors"),
    [
        (dict[str, int], '{"a": "x"}', {"[...]": "应填整数"}),
        (list[int | None], '[1, "x"]', {"[1]": "应填整数，也可以为空"}),
        (list[float], "[true]", {"[0]": "应填数"}),
        (int, '"x"', {}),
        (int, "{", {}),
    ],
)
def test_the_path_of_a_value_names_its_field(kind: Any, body: str, errors: dict[str, str]) -> None:
    """Inside lists and maps as well; what is wrong as a whole names none."""
    with pytest.raises(msgspec.DecodeError) as refused:
        msgspec.json.decode(body, type=kind)
    assert errors_of(ClientException(str(refused.value))) == errors


@pytest.mark.parametrize(
    ("role", "method", "path", "body", "errors"),
    [
        (Role.SECTOR_DEPARTMENT, "POST", f"{OWNER}/report", {"note": "x", "percent": "很多"}, {"percent": "应填整数"}),
        (Role.SECTOR_DEPARTMENT, "POST", f"{OWNER}/report", {"note": "x"}, {"percent": "缺少这一项"}),
        (Role.SECTOR_DEPARTMENT, "POST", f"{OWNER}/extension", {"to": "明天", "reason": "x"}, {"to": "应填日期，例如 2026-06-30"}),
        (Role.TOWN_OFFICE, "POST", f"{OWNER}/transfer", {"department_id": "应急办", "reason": "x"}, {"department_id": "应填编号（UUID）"}),
        (Role.TOWN_OFFICE, "POST", "/api/v1/feedback", {"kind": 3, "words": "x"}, {"kind": "应填文字"}),
        (Role.TOWN_OFFICE, "POST", "/api/v1/accidents", {"place": "车间"}, {"occurred_on": "缺少这一项"}),
        (Role.TOWN_OFFICE, "GET", "/api/v1/assignments?limit=0", None, {"limit": "应填整数，不小于 1"}),
        (Role.TOWN_OFFICE, "GET", "/api/v1/assignments?limit=x", None, {"limit": "应填整数"}),
    ],
)  # fmt: skip
async def test_the_problem_names_the_field_and_what_belongs_there(
    settings: Settings, sessions: OneConnection, role: Role, method: str, path: str, body: Any, errors: dict[str, str]
) -> None:
    """400 as before, an RFC 9457 problem whose `errors` and `detail` say it in Chinese."""
    async with sessions.session(None, Scope()) as session:
        town = await a_town(session)
        await session.commit()
    async with running(settings, sessions) as app, browser(app, town[role]) as program:
        refused = await program.send(method, path, **({"json": body} if body is not None else {}))
    assert (refused.status_code, refused.headers["content-type"]) == (400, "application/problem+json")
    problem = refused.json()
    assert problem["errors"] == errors
    assert all(f"{name}：{sentence}" in problem["detail"] for name, sentence in errors.items())
    assert {"type", "title", "status", "detail", "trace_id"} <= problem.keys()
