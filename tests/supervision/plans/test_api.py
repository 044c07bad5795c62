"""Programs do what pages do, with the version they read in If-Match."""

from uuid import UUID

import pytest
from httpx import Response

from services.kernel.settings import Settings
from services.tenancy.roles import Role
from tests.conftest import OneConnection
from tests.supervision.plans.desk import a_draft, a_published_plan, named, nodes_of, town_of
from tests.supervision.plans.papers import old_word, small_paper
from tests.web import Browser, browser, running

pytestmark = pytest.mark.anyio
API = "/api/v1/plans"


async def call(program: Browser, method: str, path: str, *, match: str = "", **options: object) -> Response:
    """One call, naming the version that was read."""
    headers = {"if-match": match} if match else {}
    program.client.headers.update(headers)
    answer = await program.send(method, f"{API}{path}", **options)
    program.client.headers.pop("if-match", None)
    return answer


async def test_a_program_takes_a_plan_from_the_file_to_the_signature(
    settings: Settings, sessions: OneConnection
) -> None:
    """Upload, edit, split, merge, send, sign, publish, amend: each answer carries the next version."""
    town = await town_of(sessions)
    async with running(settings, sessions) as app, browser(app, town[Role.TOWN_OFFICE]) as office:
        made = await call(office, "POST", "", files={"file": ("要点.txt", small_paper())}, data={"year": "2026"})
        assert made.status_code == 201, made.text
        plan_id, etag = made.json()["id"], made.headers["etag"]
        assert made.json()["figures"]["tasks"] == 3
        nodes = (await call(office, "GET", f"/{plan_id}/nodes")).json()
        task = next(node for node in nodes if node["heading"] == "明确监管责任")
        change = {"department_ids": [str(town.departments["office"])], "due_on": "2026-06-30", "enterprise_set": "all"}
        edited = await call(office, "PATCH", f"/{plan_id}/nodes/{task['id']}", match=etag, json=change)
        assert (edited.status_code, edited.json()["due_on"], edited.json()["text"]) == (200, "2026-06-30", task["text"])
        at = task["span"][0] + len("1. 明确监管责任。镇应急办会同各行业部门编制责任清单。")
        halves = await call(office, "POST", f"/{plan_id}/nodes/{task['id']}/split", match='"9"', json={"at": at})
        assert halves.json()["heading"].startswith("每季度")
        moved = await call(
            office,
            "POST",
            f"/{plan_id}/nodes/{halves.json()['id']}/move",
            match='"9"',
            json={"kind": "text", "parent_id": task["id"]},
        )
        assert moved.json()["kind"] == "text"
        joined = await call(
            office, "POST", f"/{plan_id}/nodes/{moved.json()['id']}/merge", match='"9"', json={"into": "previous"}
        )
        assert (joined.json()["id"], joined.json()["text"]) == (task["id"], task["text"])
        second = next(node for node in nodes if node["heading"] == "配强监管力量")
        await call(office, "PATCH", f"/{plan_id}/nodes/{second['id']}", match='"9"', json={"enterprise_set": "all"})
        sent = await call(office, "POST", f"/{plan_id}/send")
        assert sent.status_code == 200, sent.text
        assert sent.json()["figures"]["covered"] == sent.json()["figures"]["characters"]
        async with browser(app, town[Role.TOWN_LEADER]) as leader:
            signed = await call(leader, "POST", f"/{plan_id}/sign", match=sent.headers["etag"])
            assert signed.json()["signed_name"] == town[Role.TOWN_LEADER].person
        published = await call(office, "POST", f"/{plan_id}/publish")
        assert published.json()["state"] == "published"
        amendment = {"reason": "提前", "changes": {task["id"]: {"due_on": "2026-05-31"}}}
        amended = await call(office, "POST", f"/{plan_id}/amendments", match=published.headers["etag"], json=amendment)
        assert (amended.status_code, amended.json()["amendment"]) == (201, 1)
        versions = (await call(office, "GET", f"/{plan_id}/versions")).json()
        assert [version["number"] for version in versions] == [1, 0]
        listed = (await call(office, "GET", "?year=2026&state=published")).json()
        assert [row["id"] for row in listed] == [plan_id]
        assert (await call(office, "GET", "?year=2025")).json() == []


async def test_refusals_are_problems(settings: Settings, sessions: OneConnection) -> None:
    """Each has its type and its status; what a form would show beside a field stands under errors."""
    town = await town_of(sessions)
    plan_id = await a_draft(sessions, town)
    node = named(await nodes_of(sessions, town, plan_id), "明确监管责任")
    there = f"/{plan_id}/nodes/{node.id}"
    async with running(settings, sessions) as app, browser(app, town[Role.TOWN_OFFICE]) as office:
        assert (await call(office, "PATCH", there, match='"1"', json={"heading": "先改的"})).status_code == 200
        answers = {
            "version-owed": await call(office, "PATCH", there, json={"heading": "无版本"}),
            "stale": await call(office, "PATCH", there, match='"1"', json={"heading": "旧版本"}),
            "node-cannot-be-changed": await call(office, "POST", f"{there}/split", match='"2"', json={"at": -5}),
            "already-uploaded": await call(office, "POST", "", files={"file": ("要点.txt", small_paper())}),
            "file-kind-refused": await call(office, "POST", "", files={"file": ("要点.doc", old_word())}),
            "plan-not-signed": await call(office, "POST", f"/{plan_id}/publish"),
            "plan-not-ready": await call(office, "POST", f"/{plan_id}/send"),
            "plan-not-published": await call(
                office, "POST", f"/{plan_id}/amendments", match='"1"', json={"reason": "x"}
            ),
        }
        for code, answer in answers.items():
            assert 400 < answer.status_code < 500, answer.text
            assert answer.json()["type"] == f"/problems/{code}", answer.text
        for body in ({"due_on": "2026-02-30"}, {"department_ids": ["x"]}, {"heading": 7}, []):
            answer = await call(office, "PATCH", there, match='"2"', json=body)
            assert answer.status_code in {400, 422}, (body, answer.status_code)
        for broken in (b'{"heading": "\\ud800"}', b'{"heading": "\\u0000"', b"\xff\xfe", b""):
            answer = await call(office, "PATCH", there, match='"2"', content=broken)
            assert answer.status_code in {200, 400, 422}, (broken, answer.status_code)


async def test_nobody_signs_or_reads_out_of_turn(settings: Settings, sessions: OneConnection) -> None:
    """The office cannot sign, an enterprise sees nothing, another town finds nothing."""
    town, neighbour = await town_of(sessions), await town_of(sessions, "邻镇")
    plan_id: UUID = await a_published_plan(sessions, town)
    async with running(settings, sessions) as app:
        async with browser(app, town[Role.TOWN_OFFICE]) as office:
            assert (await call(office, "POST", f"/{plan_id}/sign", match='"1"')).status_code == 403
        async with browser(app, town[Role.SAFETY_OFFICER]) as enterprise:
            assert (await call(enterprise, "GET", f"/{plan_id}")).status_code == 403
        async with browser(app, neighbour[Role.TOWN_OFFICE]) as stranger:
            for path in ("", "/nodes", "/versions"):
                assert (await call(stranger, "GET", f"/{plan_id}{path}")).status_code == 404
