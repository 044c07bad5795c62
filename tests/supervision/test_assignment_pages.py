"""Every act on an assignment goes through its page, by the right person, and loses nothing when it is refused."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from litestar import Litestar
from sqlalchemy import select

from services.kernel.attachments import Attachment
from services.supervision import assignments
from services.supervision.assignments.models import AssignmentEvent
from services.supervision.registry import EnterpriseFilter
from services.tenancy.roles import Role
from services.tenancy.signing_in.person import Person
from tests.factories import a_person
from tests.supervision.pictures import a_photo
from tests.supervision.year import DUE, Year
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
    given = await year.given(department_ids=(), enterprises=EnterpriseFilter(q="甲"))
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
            if "{" in address:  # a duty: tests/architecture/test_neighbours.py walks every address there is
                continue
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
