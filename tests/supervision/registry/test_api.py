"""Programs register and change enterprises through the same acts as the pages."""

from typing import Any

import pytest
from litestar import Litestar

from services.tenancy.roles import Role
from tests.supervision.registry.office import SINCE, WRITTEN
from tests.supervision.year import Year
from tests.web import browser

pytestmark = pytest.mark.anyio
AT = "/api/v1/enterprises"


async def test_a_program_registers_an_enterprise_and_changes_it_from_a_day_on(app: Litestar, year: Year) -> None:
    """With the version it has read; facts of any day can be asked for."""
    sent: dict[str, Any] = {"facts": {**WRITTEN, "yearly_revenue": 300015}, "valid_from": SINCE.isoformat()}
    async with browser(app, year.town[Role.TOWN_OFFICE]) as office:
        made = await office.send("POST", f"{AT}/", json=sent)
        assert (made.status_code, made.json()["facts"]["yearly_revenue"]) == (201, 300015)
        address, tag = f"{AT}/{made.json()['id']}", made.headers["etag"]
        grown = {"facts": {"headcount_own": 91, "tags": ["dust"]}, "valid_from": "2026-02-15"}
        assert (await office.send("PATCH", address, json=grown)).status_code == 428
        changed = await office.client.request(
            "PATCH", address, json=grown, headers={**await office._token(), "if-match": tag}
        )
        assert (changed.status_code, changed.json()["facts"]["headcount"]) == (200, 101)
        again = await office.client.request(
            "PATCH", address, json=grown, headers={**await office._token(), "if-match": tag}
        )
        assert again.status_code == 412
        past = await office.send("GET", f"{address}/facts?on=2026-02-14")
        assert (past.json()["facts"]["headcount"], past.json()["facts"]["tags"]) == (100, [])
        assert (await office.send("GET", f"{address}/facts?on=2026-01-04")).status_code == 422


@pytest.mark.parametrize(
    ("facts", "beside"),
    [
        ({"colour": "red"}, "colour"),
        ({"yearly_revenue": "3"}, "yearly_revenue"),
        ({"headcount_own": -1}, "headcount_own"),
        ({"tags": ["核"]}, "tags"),
        ({"address": None}, "address"),
    ],
)
async def test_what_a_program_sends_wrong_is_named(app: Litestar, year: Year, facts: Any, beside: str) -> None:
    """By the field, with a sentence."""
    async with browser(app, year.town[Role.TOWN_OFFICE]) as office:
        answer = await office.send("POST", f"{AT}/", json={"facts": {**WRITTEN, **facts}})
    assert answer.status_code == 422
    assert beside in str(answer.json())
