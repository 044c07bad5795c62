"""Accidents and feedback for programs: the same acts, rights and sentences as on the pages."""

from typing import Any

import pytest
from litestar import Litestar

from services.tenancy.roles import Role
from tests.factories import a_person, a_town
from tests.supervision.test_api import call
from tests.supervision.year import Year
from tests.web import browser

pytestmark = pytest.mark.anyio
ACCIDENTS = "/api/v1/accidents"
FEEDBACK = "/api/v1/feedback"
FACTS: dict[str, Any] = {"occurred_on": "2026-02-20", "place": "示例车间", "summary": "示例经过", "deaths": 2}


async def test_an_accident_is_recorded_and_what_is_learnt_later_is_added(app: Litestar, year: Year) -> None:
    """A third death within the window raises the level; 非责任 is no longer counted; the leader reads it all."""
    about = {"enterprise_id": str(year.town.enterprises[0]), "loss_fen": 12_500_000}
    async with browser(app, year.town[Role.TOWN_OFFICE]) as office:
        one = await call(office, "POST", ACCIDENTS, json=FACTS | about)
        assert (one["level"], one["level_label"], one["counts"]) == ("ordinary", "一般事故", True)
        here = f"{ACCIDENTS}/{one['id']}"
        graver = await call(office, "POST", f"{here}/deaths", json={"died_on": "2026-03-01"})
        assert (graver["level"], graver["deaths"], graver["died_later"]) == ("larger", 2, ["2026-03-01"])
        concluded = await call(office, "POST", f"{here}/conclusion", json={"responsibility": "非责任"})
        assert (concluded["responsibility"], concluded["counts"]) == ("非责任", False)
    async with browser(app, year.town[Role.TOWN_LEADER]) as leader:
        assert await call(leader, "GET", ACCIDENTS) == [concluded]
        assert await call(leader, "GET", f"{ACCIDENTS}?year=2025") == []
        assert (await leader.send("GET", f"{ACCIDENTS}?year=1999")).status_code == 400


async def test_an_accident_is_refused_with_a_sentence_for_each_field(app: Litestar, year: Year) -> None:
    """Everything wrong at once; a death before the accident and a word that is no conclusion as well."""
    wrong = {"occurred_on": "2026-03-07", "place": " ", "summary": "字" * 501, "deaths": -1, "loss_fen": -1}
    async with browser(app, year.town[Role.TOWN_OFFICE]) as office:
        refused = await office.send("POST", ACCIDENTS, json=wrong)
        assert refused.headers["content-type"].startswith("application/problem+json")
        assert (refused.status_code, set(refused.json()["errors"])) == (422, {*wrong} - {"loss_fen"} | {"loss"})
        assert await call(office, "GET", ACCIDENTS) == []
        assert (await office.send("POST", ACCIDENTS, json={"place": "示例车间"})).status_code == 400
        here = f"{ACCIDENTS}/{(await call(office, 'POST', ACCIDENTS, json=FACTS))['id']}"
        early = await office.send("POST", f"{here}/deaths", json={"died_on": "2026-02-19"})
        assert (early.status_code, set(early.json()["errors"])) == (422, {"died_on"})
        unknown = await office.send("POST", f"{here}/conclusion", json={"responsibility": "不知道"})
        assert (unknown.status_code, set(unknown.json()["errors"])) == (422, {"responsibility"})


async def test_accidents_are_the_offices_to_write_and_each_towns_own(app: Litestar, year: Year) -> None:
    """A leader may not record and a department not read; another town's accident and enterprise do not exist."""
    async with year.everything() as session:
        other = await a_town(session, "别处示例镇")
    async with browser(app, year.town[Role.TOWN_OFFICE]) as office:
        one = await call(office, "POST", ACCIDENTS, json=FACTS)
        foreign = FACTS | {"enterprise_id": str(other.enterprises[0])}
        assert (await office.send("POST", ACCIDENTS, json=foreign)).status_code == 404
    async with browser(app, other[Role.TOWN_OFFICE]) as stranger:
        assert await call(stranger, "GET", ACCIDENTS) == []
        death = await stranger.send("POST", f"{ACCIDENTS}/{one['id']}/deaths", json={"died_on": "2026-03-01"})
        said = {"responsibility": "责任"}
        conclusion = await stranger.send("POST", f"{ACCIDENTS}/{one['id']}/conclusion", json=said)
        assert (death.status_code, conclusion.status_code) == (404, 404)
    async with browser(app, year.town[Role.TOWN_LEADER]) as leader:
        assert (await leader.send("POST", ACCIDENTS, json=FACTS)).status_code == 403
    async with browser(app, year.town[Role.SECTOR_DEPARTMENT]) as department:
        assert (await department.send("GET", ACCIDENTS)).status_code == 403


async def test_feedback_is_given_by_an_enterprise_and_answered_once(app: Litestar, year: Year) -> None:
    """The neighbour sees nothing of it, its author may not answer, the office does and not twice."""
    async with year.everything() as session:
        neighbour = await a_person(
            session, year.town, Role.SAFETY_OFFICER, name="乙厂示例", enterprise_id=year.town.enterprises[1]
        )
    async with browser(app, year.town[Role.SAFETY_OFFICER]) as officer:
        said = {"kind": "burden", "words": "同一张表报了三次", "page": "/assignments?q=x"}
        one = await call(officer, "POST", FEEDBACK, json=said)
        assert (one["kind_label"], one["page"], one["answer"]) == ("反映基层负担", "/assignments", None)
        here = f"{FEEDBACK}/{one['id']}/answer"
        assert (await officer.send("POST", here, json={"answer": "我自己答"})).status_code == 403
    async with browser(app, neighbour) as next_door:
        assert await call(next_door, "GET", FEEDBACK) == []
    async with browser(app, year.town[Role.TOWN_OFFICE]) as office:
        assert [row["id"] for row in await call(office, "GET", FEEDBACK)] == [one["id"]]
        assert (await call(office, "POST", here, json={"answer": "已合并"}))["answer"] == "已合并"
        again = await office.send("POST", here, json={"answer": "再答"})
        assert (again.status_code, "已经答复过" in again.json()["detail"]) == (409, True)
    async with browser(app, year.town[Role.SAFETY_OFFICER]) as officer:
        (row,) = await call(officer, "GET", FEEDBACK)
        assert (row["answer"], row["answered_by"]) == ("已合并", year.town[Role.TOWN_OFFICE].person)


async def test_feedback_is_refused_beside_its_fields(app: Litestar, year: Year) -> None:
    """A kind there is not, no words, no answer; another town's feedback does not exist."""
    async with year.everything() as session:
        other = await a_town(session, "别处示例镇")
    async with browser(app, year.town[Role.TOWN_OFFICE]) as office:
        one = await call(office, "POST", FEEDBACK, json={"kind": "fault", "words": "打不开"})
        for said, field in (
            ({"kind": "praise", "words": "很好"}, "kind"),
            ({"kind": "fault", "words": " "}, "words"),
        ):
            refused = await office.send("POST", FEEDBACK, json=said)
            assert (refused.status_code, set(refused.json()["errors"])) == (422, {field})
        empty = await office.send("POST", f"{FEEDBACK}/{one['id']}/answer", json={"answer": ""})
        assert (empty.status_code, empty.json()["errors"]) == (422, {"answer": "请写明答复"})
    async with browser(app, other[Role.TOWN_OFFICE]) as stranger:
        foreign = await stranger.send("POST", f"{FEEDBACK}/{one['id']}/answer", json={"answer": "好"})
        assert foreign.status_code == 404
    async with browser(app, year.town[Role.SECTOR_DEPARTMENT]) as department:
        assert await call(department, "GET", FEEDBACK) == []


async def test_a_character_that_no_database_keeps_is_refused(app: Litestar, year: Year) -> None:
    """NUL in a text is the caller's fault and not ours; nothing was kept."""
    async with browser(app, year.town[Role.TOWN_OFFICE]) as office:
        for path, body in ((ACCIDENTS, FACTS | {"place": "甲\0乙"}), (FEEDBACK, {"kind": "fault", "words": "甲\0乙"})):
            refused = await office.send("POST", path, json=body)
            assert (refused.status_code, "控制字符" in refused.json()["detail"]) == (400, True)
            assert await call(office, "GET", path) == []
