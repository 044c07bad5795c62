"""Every act on an assignment goes through its page, by the right person, and loses nothing when it is refused."""

from datetime import timedelta
from io import BytesIO
from typing import Any
from uuid import UUID

import pytest
from litestar import Litestar
from openpyxl import load_workbook
from sqlalchemy import func, select

from services.kernel.attachments import Attachment
from services.kernel.trail import AuditEntry
from services.supervision import assignments
from services.supervision.assignments.models import Assignment, AssignmentEvent
from services.supervision.registry import EnterpriseFacts
from services.tenancy.roles import Role
from services.tenancy.signing_in.person import Person
from tests.factories import a_district, a_person, an_enterprise, an_overseer
from tests.supervision.pictures import a_photo
from tests.supervision.year import DUE, NOW, Year, a_node
from tests.web import browser, words_of

pytestmark = pytest.mark.anyio
OWNER, OFFICE, LEADER = Role.SECTOR_DEPARTMENT, Role.TOWN_OFFICE, Role.TOWN_LEADER
ACTS: dict[str, dict[str, Any]] = {
    "receive": {},
    "report": {"note": "查了 3 家", "percent": "30"},
    "submit": {"note": "查完了"},
    "accept": {},
    "return": {"return_reason": "缺照片"},
    "extension": {"to": str(DUE + timedelta(days=9)), "extension_reason": "等专家"},
    "extension/decision": {"answer": "granted"},
    "transfer": {"transfer_reason": "不属本部门"},
    "urge": {},
    "cancel": {"cancel_reason": "并入另一项"},
}


async def press(app: Litestar, person: Person, one: UUID, act: str, **more: Any) -> Any:
    """One person presses one button."""
    async with browser(app, person) as page:
        return await page.post(f"/assignments/{one}/{act}", {**ACTS[act], **more.pop("data", {})}, **more)


async def state_of(year: Year, one: UUID) -> str:
    """The state in the database."""
    async with year.as_(OFFICE) as work:
        return (await assignments.one(work, one)).state


async def test_an_assignment_lives_its_life_on_the_pages(app: Litestar, year: Year) -> None:
    """Received, reported with a photo, submitted, sent back, submitted again and accepted: each act leads back with its words."""
    given = await year.given(evidence_wanted="现场照片")
    department, office = year.town[OWNER], year.town[OFFICE]
    photo = {"files": ("现场.jpg", a_photo(), "image/jpeg")}
    for person, act, options, state, done in (
        (department, "receive", {}, "in_progress", "received"),
        (department, "report", {"files": photo}, "in_progress", "reported"),
        (department, "submit", {}, "submitted", "submitted"),
        (office, "return", {}, "returned", "returned"),
        (department, "submit", {"data": {"note": "照片已补"}}, "submitted", "submitted"),
        (office, "accept", {}, "completed", "accepted"),
    ):
        answer = await press(app, person, given.id, act, **options)
        assert (answer.status_code, answer.headers["location"]) == (303, f"/assignments/{given.id}?done={done}")
        assert await state_of(year, given.id) == state
    async with browser(app, office) as page:
        shown = words_of(await page.get(f"/assignments/{given.id}?done=accepted"))
        for words in ("审核通过，任务已办结", "现场.jpg", "缺照片", "照片已补", "按期报送", "1 次"):
            assert words in shown


@pytest.mark.parametrize(
    ("role", "act", "allowed"),
    [
        (OWNER, "receive", True), (OFFICE, "receive", False), (LEADER, "receive", False),
        (OFFICE, "urge", True), (LEADER, "urge", True), (OWNER, "urge", False),
        (OFFICE, "cancel", True), (LEADER, "cancel", True), (OWNER, "cancel", False),
        (OWNER, "extension", True), (OFFICE, "extension", False), (LEADER, "extension", False),
        (OWNER, "accept", False), (OWNER, "return", False), (OWNER, "extension/decision", False),
        (LEADER, "report", False), (LEADER, "submit", False), (LEADER, "transfer", False),
        (Role.SAFETY_OFFICER, "accept", False), (Role.SAFETY_OFFICER, "urge", False), (Role.LEGAL_REPRESENTATIVE, "cancel", False),
    ],
)  # fmt: skip
async def test_an_act_is_open_to_some_roles_and_shut_to_the_others(
    app: Litestar, year: Year, role: Role, act: str, allowed: bool
) -> None:
    """The button works for whom the policy names; for everybody else nothing changes."""
    given = await year.given()
    answer = await press(app, year.town[role], given.id, act)
    assert answer.status_code == (303 if allowed else 403)
    async with year.as_(OFFICE) as work:
        assert (len(await assignments.events(work, given.id)) > 1) is allowed


async def test_a_page_offers_only_what_can_be_done(app: Litestar, year: Year) -> None:
    """The department sees 签收 and not 审核; after it has submitted, the office sees 审核 and the department does not."""
    given = await year.given()
    async with browser(app, year.town[OWNER]) as page:
        shown = (await page.get(f"/assignments/{given.id}")).text
        assert "签收任务" in shown
        assert "审核通过，办结" not in shown
    await press(app, year.town[OWNER], given.id, "receive")
    await press(app, year.town[OWNER], given.id, "submit")
    for role, offered in ((OFFICE, True), (LEADER, True), (OWNER, False)):
        async with browser(app, year.town[role]) as page:
            assert ("审核通过，办结" in (await page.get(f"/assignments/{given.id}")).text) is offered


async def test_a_bad_file_loses_nothing_that_was_typed(app: Litestar, year: Year) -> None:
    """The sentence stands beside the field, the words and figures are still there, and nothing was changed or kept."""
    given = await year.received()
    files = [("files", ("好.jpg", a_photo(), "image/jpeg")), ("files", ("坏.exe", b"MZ" + bytes(300), "image/jpeg"))]
    answer = await press(app, year.town[OWNER], given.id, "report", files=files)
    assert answer.status_code == 422
    assert 'id="files-error"' in answer.text
    assert "“坏.exe”没有收下" in words_of(answer)
    assert ("查了 3 家" in answer.text, 'value="30"' in answer.text) == (True, True)
    async with year.as_(OFFICE) as work:
        assert await work.count(select(Attachment)) == 0
        assert (await assignments.one(work, given.id)).percent == 0


@pytest.mark.parametrize(
    ("act", "data", "words"),
    [
        ("report", {"percent": "101"}, "0 到 100"),
        ("report", {"percent": "很多"}, "0 到 100"),
        ("report", {"note": " "}, "请写明进展情况"),
        ("submit", {"note": ""}, "请写明完成情况"),
        ("extension", {"to": "明天"}, "请选择日期"),
        ("extension", {"to": str(DUE)}, "要晚于现在的期限"),
        ("extension", {"extension_reason": "长" * 2001}, "最多 2000 字"),
    ],
)
async def test_what_is_wrong_stands_beside_its_field(
    app: Litestar, year: Year, act: str, data: dict[str, str], words: str
) -> None:
    """422 with the page itself; the state and the history stay as they were."""
    given = await year.received()
    answer = await press(app, year.town[OWNER], given.id, act, data=data)
    assert answer.status_code == 422
    assert words in words_of(answer)
    async with year.as_(OFFICE) as work:
        assert [event.kind for event in await assignments.events(work, given.id)] == ["assigned", "received"]


async def test_a_second_press_is_answered_and_changes_nothing(app: Litestar, year: Year) -> None:
    """Receiving twice, or acting on what another finished, is 409 with a sentence."""
    given = await year.given()
    await press(app, year.town[OWNER], given.id, "receive")
    answer = await press(app, year.town[OWNER], given.id, "receive")
    assert answer.status_code == 409
    assert "不必重复签收" in words_of(answer)


async def test_wanted_evidence_is_asked_for_beside_the_files(app: Litestar, year: Year) -> None:
    """Submitting without it shows the form again, with the words that were typed."""
    given = await year.received(evidence_wanted="现场照片")
    answer = await press(app, year.town[OWNER], given.id, "submit")
    assert (answer.status_code, "本任务要求：现场照片" in words_of(answer), "查完了" in answer.text) == (
        422,
        True,
        True,
    )


async def test_a_neighbour_finds_nothing_by_any_address(app: Litestar, year: Year) -> None:
    """The safety officer of another enterprise gets 404 wherever the role itself has the right, and 403 elsewhere."""
    given = await year.given(department_ids=(), enterprises=EnterpriseFacts(q="甲"))
    owner = year.town[Role.SAFETY_OFFICER]
    async with browser(app, owner) as page:
        await page.post(f"/assignments/{given.id}/receive")
        photo = {"files": ("现场.jpg", a_photo(), "image/jpeg")}
        await page.post(f"/assignments/{given.id}/attachments", files=photo)
    async with year.everything() as session:
        row = (await session.scalars(select(Attachment.id))).one()
        second = year.town.enterprises[1]
        neighbour = await a_person(session, year.town, Role.SAFETY_OFFICER, name="乙厂示例", enterprise_id=second)
    tried = 0
    async with browser(app, neighbour) as page, browser(app, owner) as own:
        for path, method, right in addresses(app):
            address = (
                path.replace("{assignment_id:uuid}", str(given.id))
                .replace("{attachment_id:uuid}", str(row))
                .replace("{enterprise_id:uuid}", str(year.town.enterprises[0]))
            )
            answer = await page.send(method, address, **sent(method, path))
            assert answer.status_code == (404 if right in neighbour.rights else 403), (method, address, answer.text)
            tried += right in neighbour.rights
            if method == "GET" and right in neighbour.rights:
                assert (await own.get(address)).status_code == 200, address
    assert tried >= 15


BODIES: dict[str, dict[str, Any]] = {
    "report": {"note": "x", "percent": 1},
    "submit": {"note": "x"},
    "extension": {"to": str(DUE + timedelta(days=3)), "reason": "x"},
}


def sent(method: str, path: str) -> dict[str, Any]:
    """What such a request carries, so that nothing but the row can be wrong with it."""
    if method == "GET":
        return {}
    if path.endswith("/attachments"):
        return {"files": {"file": ("a.jpg", a_photo(), "image/jpeg")}}
    return {"json": BODIES.get(path.rpartition("/")[2], {})}


def addresses(app: Litestar) -> list[tuple[str, str, str]]:
    """Every address of one assignment, attachment or enterprise, with its method and right."""
    wanted = ("{assignment_id", "{attachment_id", "{enterprise_id")
    return [
        (route.path, method, handler.opt["needs"])
        for route in app.routes
        for handler in getattr(route, "route_handlers", [])
        for method in handler.http_methods
        if method in {"GET", "POST"} and any(word in route.path for word in wanted) and "needs" in handler.opt
    ]


async def test_the_export_holds_exactly_what_is_filtered(app: Litestar, year: Year) -> None:
    """The workbook has the rows of the list with the same filter, all of them and no other, in the same order."""
    async with year.everything() as session:
        for number in range(55):
            await an_enterprise(session, year.town, name=f"示例{number:02}厂", sector="纺织")
    await year.all_given(department_ids=(), enterprises=EnterpriseFacts(sector="纺织"))
    await year.given(title="=部门的任务")
    async with browser(app, year.town[OFFICE]) as page:
        everything = await rows_of(page, "")
        assert len(everything) == 56
        assert "'=部门的任务" in {row[1] for row in everything}
        mine = await rows_of(page, "?owner=enterprise&sort=-owner")
        assert [row[5] for row in mine] == [f"示例{number:02}厂" for number in reversed(range(55))]
        assert await rows_of(page, "?state=late") == []
        one = await rows_of(page, "?q=示例07")
        assert [(row[5], row[8]) for row in one] == [("示例07厂", "待签收")]
        assert words_of(await page.get("/assignments?q=示例07")).count("示例07厂") >= 1
        assert "共 55 项任务" in words_of(await page.get("/assignments?owner=enterprise"))
        assert "示例00厂" not in words_of(await page.get("/assignments?owner=enterprise&sort=-owner"))
        assert "示例00厂" in words_of(await page.get("/assignments?owner=enterprise&sort=-owner&page=2"))


async def rows_of(page: Any, query: str) -> list[tuple[Any, ...]]:
    """The rows of the exported workbook below its heads."""
    answer = await page.get(f"/assignments/export.xlsx{query}")
    assert answer.status_code == 200
    sheet = load_workbook(BytesIO(answer.content)).active
    return [row for row in sheet.iter_rows(min_row=4, values_only=True) if row[0] is not None]


async def test_strange_filters_are_ignored_and_never_fail(app: Litestar, year: Year) -> None:
    """Addresses are typed by hand and sent around; nothing in them breaks the page."""
    await year.given()
    async with browser(app, year.town[OFFICE]) as page:
        for query in (
            "page=0",
            "page=-1",
            "page=99999999999",
            "plan=x",
            "state=%00",
            "sort=drop",
            "town=1",
            "q=%25_\\",
        ):
            assert (await page.get(f"/assignments?{query}")).status_code == 200, query


async def test_several_are_urged_at_once_and_the_list_keeps_its_filter(app: Litestar, year: Year) -> None:
    """Of three picked, the submitted one is left out; the answer says how many were urged."""
    open_ones = [await year.given(title=f"任务{number}") for number in range(2)]
    submitted = await year.handed_in()
    async with browser(app, year.town[OFFICE]) as page:
        page.client.headers["referer"] = "http://anzhen.test/assignments?owner=department&urged=9"
        answer = await page.post("/assignments/urge", {"ids": [str(one.id) for one in (*open_ones, submitted)]})
        assert answer.headers["location"] == "/assignments?owner=department&urged=2"
        assert "已催办 2 项" in words_of(await page.get(answer.headers["location"]))
        assert (await page.post("/assignments/urge", {})).status_code == 422


async def test_work_is_given_out_by_facts_with_a_look_before(app: Litestar, year: Year) -> None:
    """Suggested departments are ticked, the chosen enterprises are listed before sending, and nobody gets it twice."""
    async with year.everything() as session:
        await an_enterprise(session, year.town, name="示例冶炼厂", sector="冶金", is_smelter=True, headcount=101)
        office = year.town.departments["office"]
        node = a_node(
            year.town, year.plan_id, "14.", "投保安责险", position=5, enterprise_set="smelter", department_ids=[office]
        )
        session.add(node)
    here = f"/plans/{year.plan_id}/nodes/{node.id}/assign"
    async with browser(app, year.town[OFFICE]) as page:
        form = await page.get(here)
        assert f'value="{office}" checked' in form.text
        assert "选中 1 家" in words_of(form)
        data = {
            "title": "核查保单", "by": "workdays", "workdays": "5", "department_ids": str(office),
            "to_enterprises": "true", "headcount_over": "59",
        }  # fmt: skip
        look = words_of(await page.post(here, data | {"step": "preview"}))
        assert ("选中 3 家" in look, "示例冶炼厂" in look, "2026年3月13日" in look) == (True, True, True)
        part = words_of(await page.get(f"{here}/chosen", params=data | {"headcount_over": "100"}))
        assert ("选中 1 家" in part, "<html" in part) == (True, False)
        first = await page.post(here, data | {"headcount_over": "100", "step": "send"})
        assert first.headers["location"] == f"/assignments?node={node.id}&given=2&already=0"
        second = await page.post(here, data | {"step": "send"})
        assert "下发 2 家（个），2 家（个）已有同一任务，未重复下发" in words_of(
            await page.get(second.headers["location"])
        )
    async with year.as_(OFFICE) as work:
        found = await work.all(select(Assignment.owner_name).where(Assignment.node_id == node.id))
        assert len(found) == len(set(found)) == 4


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"title": ""}, "请写明要做的事"),
        ({"due_on": "2026-03-05"}, "期限不能早于今天"),
        ({"due_on": "下周"}, "请选择日期"),
        ({"by": "workdays", "workdays": "0"}, "1 到 250"),
        ({"by": "workdays", "workdays": "几"}, "请填写几个工作日"),
        ({"department_ids": ""}, "请至少选择一个"),
    ],
)
async def test_an_order_with_a_fault_comes_back_whole(
    app: Litestar, year: Year, wrong: dict[str, str], words: str
) -> None:
    """The sentence beside the field, everything typed still there, and nothing given out."""
    sector = str(year.town.departments["sector"])
    data = {
        "title": "排查",
        "text": "逐家逐项",
        "by": "date",
        "due_on": "2026-10-01",
        "department_ids": sector,
        "step": "send",
    }
    async with browser(app, year.town[OFFICE]) as page:
        answer = await page.post(f"/plans/{year.plan_id}/nodes/{year.node_id}/assign", data | wrong)
        assert answer.status_code == 422
        assert words in words_of(answer)
        assert "逐家逐项" in answer.text
    async with year.as_(OFFICE) as work:
        assert await work.count(select(Assignment)) == 0


async def test_a_day_off_is_shown_with_its_latest_day(app: Litestar, year: Year) -> None:
    """The form and the page of the assignment show both days."""
    given = await year.given(due_on=NOW.date().replace(month=10, day=1))
    async with browser(app, year.town[OWNER]) as page:
        assert "遇休假日，法定最迟 2026年10月8日" in words_of(await page.get(f"/assignments/{given.id}"))


async def test_the_board_counts_by_section_owner_and_enterprise(app: Litestar, year: Year) -> None:
    """n/m of each card, its late ones in words, and a link to exactly those rows."""
    done = await year.handed_in()
    async with year.as_(OFFICE) as work:
        await assignments.accept(work, done.id)
    await year.given(title="另一项", due_on=NOW.date())
    await year.all_given(department_ids=(), enterprises=EnterpriseFacts(q="甲"))
    async with browser(app, year.town[LEADER]) as page:
        shown = words_of(await page.get("/assignments/board"))
        assert ("1 /3" in shown, "33.3%" in shown, "开展专项执法" in shown) == (True, True, True)
        assert "1 /2" in words_of(await page.get("/assignments/board?by=owner"))
        by_enterprise = await page.get("/assignments/board?by=enterprise")
        assert "示例甲砖瓦厂" in words_of(by_enterprise)
        assert "经济发展办" not in words_of(by_enterprise)


async def test_the_district_reads_its_towns_and_leaves_a_note(app: Litestar, year: Year) -> None:
    """The list names the town, the look is in the district's trail, and another district sees nothing."""
    given = await year.given()
    async with year.everything() as session:
        overseer = await an_overseer(session, year.town.district_id, (year.town.id,))
        other = await an_overseer(session, await a_district(session, "邻区"), ())
    async with browser(app, overseer) as page:
        assert year.town.name in words_of(await page.get(f"/assignments?town={year.town.id}"))
        assert (await page.get(f"/assignments/{given.id}")).status_code == 200
        assert (await page.post(f"/assignments/{given.id}/cancel", ACTS["cancel"])).status_code == 403
    async with browser(app, other) as page:
        assert (await page.get(f"/assignments/{given.id}")).status_code == 404
    async with year.everything() as session:
        query = select(func.count()).where(AuditEntry.act == "town:looked_into", AuditEntry.about_id == year.town.id)
        assert await session.scalar(query.where(AuditEntry.tenant_id == year.town.district_id)) == 2


async def test_a_photo_is_shown_small_and_a_paper_is_saved(app: Litestar, year: Year) -> None:
    """Pictures open in the browser, texts are saved under their name, and neither can do anything there."""
    given = await year.received()
    files = [("files", ("现场.jpg", a_photo(), "image/jpeg")), ("files", ("台账.txt", "第一家".encode(), "text/plain"))]
    assert (await press(app, year.town[OWNER], given.id, "report", files=files)).status_code == 303
    async with year.as_(OFFICE) as work:
        photo, paper = await assignments.evidence(work, given.id)
        assert await work.count(select(AssignmentEvent).where(AssignmentEvent.kind == "progressed")) == 1
    async with browser(app, year.town[LEADER]) as page:
        small, whole = await page.get(f"/attachments/{photo.id}/small"), await page.get(f"/attachments/{photo.id}")
        assert len(small.content) < len(whole.content) == photo.bytes
        saved = await page.get(f"/attachments/{paper.id}")
        assert (saved.text, saved.headers["x-content-type-options"]) == ("第一家", "nosniff")
        assert saved.headers["content-disposition"].startswith("attachment; filename*=UTF-8''")
        assert whole.headers["content-disposition"].startswith("inline;")
        assert saved.headers["content-security-policy"] == "default-src 'none'; sandbox"
        assert (await page.get(f"/attachments/{paper.id}/small")).status_code == 404
