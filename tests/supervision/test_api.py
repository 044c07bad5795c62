"""Programs do what people do: the same acts, the same refusals, the same rows."""

from datetime import timedelta
from typing import Any

import pytest
from litestar import Litestar

from services.supervision.registry import EnterpriseFilter
from services.tenancy.roles import Role
from tests.factories import an_enterprise
from tests.supervision.pictures import a_photo
from tests.supervision.year import DUE, Year
from tests.web import Browser, browser

pytestmark = pytest.mark.anyio
HERE = "/api/v1/assignments"


async def call(page: Browser, method: str, path: str, **options: Any) -> Any:
    """The answer of a call that went well."""
    answer = await page.send(method, path, **options)
    assert answer.is_success, answer.text
    return answer.json()


async def test_an_assignment_lives_its_life_for_programs(app: Litestar, year: Year) -> None:
    """Given, received, reported, with a file, extended, submitted, accepted; what is open next is named each time."""
    sector = str(year.town.departments["sector"])
    async with (
        browser(app, year.town[Role.TOWN_OFFICE]) as office,
        browser(app, year.town[Role.SECTOR_DEPARTMENT]) as owner,
    ):
        order = {"node_id": str(year.node_id), "title": "排查", "workdays": 3, "department_ids": [sector]}
        given = await call(office, "POST", HERE, json=order)
        one = given["items"][0]
        assert (one["due_on"], given["already"]) == ("2026-03-11", [])
        assert (await call(office, "POST", HERE, json=order))["already"] == ["经济发展办"]
        here = f"{HERE}/{one['id']}"
        assert (await call(owner, "GET", here))["acts"] == ["ask_extension", "receive", "transfer"]
        assert (await call(owner, "POST", f"{here}/receive"))["state"] == "in_progress"
        assert (await call(owner, "POST", f"{here}/report", json={"note": "一半", "percent": 50}))["percent"] == 50
        file = {"file": ("现场.jpg", a_photo(), "image/jpeg")}
        assert (await call(owner, "POST", f"{here}/attachments", files=file))["media_type"] == "image/jpeg"
        assert len(await call(owner, "GET", f"{here}/attachments")) == 1
        later = {"to": "2026-03-20", "reason": "等专家"}
        assert (await call(owner, "POST", f"{here}/extension", json=later))["extension_to"] == "2026-03-20"
        decided = await call(office, "POST", f"{here}/extension/decision", json={"granted": True})
        assert (decided["due_on"], decided["extension_to"]) == ("2026-03-20", None)
        assert (await call(owner, "POST", f"{here}/submit", json={"note": "好了"}))["acts"] == []
        assert (await call(office, "POST", f"{here}/return", json={"reason": "缺图"}))["returns"] == 1
        await call(owner, "POST", f"{here}/submit", json={"note": "补了"})
        assert (await call(office, "POST", f"{here}/accept", json={}))["state"] == "completed"
        kinds = [event["kind"] for event in await call(office, "GET", f"{here}/events")]
        assert kinds[0], kinds[-1] == ("assigned", "accepted")


async def test_who_read_an_older_version_is_stopped(app: Litestar, year: Year) -> None:
    """`If-Match` with the version that was read: an act in between makes it 412."""
    given = await year.given()
    async with browser(app, year.town[Role.SECTOR_DEPARTMENT]) as owner:
        headers = await owner._token() | {"accept": "application/json"}
        etag = (await owner.get(f"{HERE}/{given.id}")).headers["etag"]
        await call(owner, "POST", f"{HERE}/{given.id}/receive")
        report = {"note": "x", "percent": 1}
        stale = await owner.client.post(f"{HERE}/{given.id}/report", json=report, headers=headers | {"if-match": etag})
        assert (stale.status_code, stale.json()["type"]) == (412, "/problems/stale")
        fresh = (await owner.get(f"{HERE}/{given.id}")).headers["etag"]
        answer = await owner.client.post(
            f"{HERE}/{given.id}/report", json=report, headers=headers | {"if-match": fresh}
        )
        assert answer.status_code == 200


async def test_a_long_list_is_walked_by_its_cursor(app: Litestar, year: Year) -> None:
    """Every row comes once, also when the list is read in stretches of two."""
    async with year.everything() as session:
        for number in range(3):
            await an_enterprise(session, year.town, name=f"示例{number}厂", sector="纺织")
    await year.all_given(department_ids=(), enterprises=EnterpriseFilter())
    async with browser(app, year.town[Role.TOWN_OFFICE]) as office:
        for path in (f"{HERE}?state=pending", "/api/v1/enterprises?headcount_over=0"):
            seen, cursor = [], ""
            while cursor is not None:
                found = await call(office, "GET", f"{path}&limit=2" + (f"&cursor={cursor}" if cursor else ""))
                seen += [row["id"] for row in found["items"]]
                cursor = found["next_cursor"]
            assert len(seen) == len(set(seen)) == 5


async def test_refusals_are_problems_in_chinese(app: Litestar, year: Year) -> None:
    """422 names the fields, 409 and 403 say why, 404 tells nothing."""
    given = await year.given()
    sector = str(year.town.departments["sector"])
    async with browser(app, year.town[Role.TOWN_OFFICE]) as office:
        order = {"node_id": str(year.node_id), "title": "", "due_on": str(DUE), "department_ids": [sector]}
        wrong = await office.send("POST", HERE, json=order)
        assert (wrong.status_code, wrong.json()["errors"]) == (422, {"title": "请写明要做的事"})
        assert (await office.send("POST", f"{HERE}/{given.id}/receive")).status_code == 403
        assert (await office.send("POST", f"{HERE}/{given.id}/accept", json={})).status_code == 409
        assert (await office.send("GET", f"{HERE}/{year.town.id}")).status_code == 404
        assert (await office.send("GET", f"{HERE}?limit=0")).status_code == 400
        assert (await office.send("POST", f"{HERE}/{given.id}/extension", json={"to": "x"})).status_code in {400, 403}
        short = {"to": str(DUE - timedelta(days=1)), "reason": "x"}
    async with browser(app, year.town[Role.SECTOR_DEPARTMENT]) as owner:
        assert "to" in (await owner.send("POST", f"{HERE}/{given.id}/extension", json=short)).json()["errors"]


async def test_targets_and_enterprises_are_read(app: Litestar, year: Year) -> None:
    """The same figures as on the page; an enterprise reads itself alone."""
    async with browser(app, year.town[Role.TOWN_LEADER]) as leader:
        found = await call(leader, "GET", "/api/v1/targets")
        assert (found["year"], found["reached"], found["applicable"], len(found["figures"])) == (2026, 1, 1, 8)
    async with browser(app, year.town[Role.SAFETY_OFFICER]) as own:
        listed = await call(own, "GET", "/api/v1/enterprises")
        assert [row["id"] for row in listed["items"]] == [str(year.town.enterprises[0])]
        assert (await call(own, "GET", f"/api/v1/enterprises/{year.town.enterprises[0]}"))["sector"] == "建材"
        assert (await own.send("GET", "/api/v1/targets")).status_code == 403
