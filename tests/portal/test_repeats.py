"""`Idempotency-Key`: a program that heard no answer asks again, and the act is done once."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from services.kernel import clock, tidying
from services.kernel.database import Database, Scope
from services.kernel.installation import web_secret
from services.kernel.repeats import Answer, Asked, KeptAnswer, UnderWay, first_answer, keep
from services.kernel.settings import Settings
from services.kernel.table import Login
from services.kernel.work import open_work
from services.supervision.accidents.models import Accident
from services.tenancy import repeating
from services.tenancy.policy import rights
from services.tenancy.roles import Role
from services.tenancy.signing_in.models import User
from tests.architecture.test_rights import everybody, filled, handlers, needed
from tests.conftest import OneConnection
from tests.factories import a_town
from tests.supervision.plans.papers import small_paper
from tests.tenancy.doors import town_of
from tests.tenancy.programs import calling, let_in, token_of
from tests.web import Browser, browser, running

pytestmark = pytest.mark.anyio
ACCIDENTS, PEOPLE = "/api/v1/accidents", "/api/v1/members"
ACCIDENT = {"occurred_on": "2026-06-30", "place": "示例车间", "summary": "示例事故"}


async def send(page: Browser, path: str, key: str, **options: Any) -> Any:
    """POST under a key."""
    headers = await page._token() | {"idempotency-key": key, "accept": "application/json"}
    return await page.client.post(path, headers=headers, **options)


async def how_many(sessions: OneConnection, table: Any) -> int:
    """The rows of a table."""
    async with sessions.session(None, Scope()) as session:
        return await session.scalar(select(func.count()).select_from(table)) or 0


async def test_the_same_act_is_done_once_and_answered_alike(settings: Settings, sessions: OneConnection) -> None:
    """The same bytes and status, marked as repeated; without a key each request is an act of its own and keeps nothing."""
    town = await town_of(sessions)
    async with running(settings, sessions) as app, browser(app, town[Role.TOWN_OFFICE]) as office:
        first = await send(office, ACCIDENTS, "k-1", json=ACCIDENT)
        again = await send(office, ACCIDENTS, '"k-1"', json=ACCIDENT)
        assert (first.status_code, first.content) == (again.status_code, again.content) == (201, first.content)
        assert (again.headers["idempotency-replayed"], "idempotency-replayed" in first.headers) == ("true", False)
        assert again.headers["content-type"] == first.headers["content-type"]
        assert await how_many(sessions, Accident) == 1
        assert (await send(office, ACCIDENTS, "k-2", json=ACCIDENT)).json()["id"] != first.json()["id"]
        other = await send(office, ACCIDENTS, "k-1", json=ACCIDENT | {"place": "别处"})
        assert (other.status_code, other.json()["type"]) == (422, "/problems/key-reused")
        elsewhere = await send(office, f"{ACCIDENTS}/{first.json()['id']}/conclusion", "k-1", json=ACCIDENT)
        assert elsewhere.status_code == 422
        for bad in ("", " ", "带汉字".encode(), "x" * 256):
            refused = await send(office, ACCIDENTS, bad, json=ACCIDENT)  # type: ignore[arg-type]
            assert (refused.status_code, refused.json()["errors"].keys()) == (422, {"Idempotency-Key"})
        await office.send("POST", ACCIDENTS, json=ACCIDENT)
        assert await how_many(sessions, KeptAnswer) == 2


async def test_a_key_belongs_to_who_sent_it(settings: Settings, sessions: OneConnection) -> None:
    """Another person, another town and a program may use the same word for their own acts."""
    town = await town_of(sessions)
    issued = await let_in(sessions, town)
    async with sessions.session(None, Scope()) as session:
        other = await a_town(session, "邻区示例镇")
        await session.commit()
    made = set()
    async with running(settings, sessions) as app:
        for person in (town[Role.TOWN_OFFICE], other[Role.TOWN_OFFICE]):
            async with browser(app, person) as office:
                made.add((await send(office, ACCIDENTS, "1", json=ACCIDENT)).json()["id"])
        async with calling(app, await token_of(app, issued)) as program:
            answers = [await program.post(ACCIDENTS, json=ACCIDENT, headers={"idempotency-key": "1"}) for _ in range(2)]
            made |= {one.json()["id"] for one in answers}
    assert (len(made), answers[1].headers["idempotency-replayed"]) == (3, "true")


async def test_what_was_refused_changed_nothing_and_may_be_tried_again(
    settings: Settings, sessions: OneConnection
) -> None:
    """A mistake is corrected under the same key; what changed nothing has nothing to repeat."""
    town = await town_of(sessions)
    async with running(settings, sessions) as app, browser(app, town[Role.TOWN_OFFICE]) as office:
        for body, status in (({"place": 1}, 400), (ACCIDENT | {"place": ""}, 422), (ACCIDENT, 201), (ACCIDENT, 201)):
            assert (await send(office, ACCIDENTS, "k", json=body)).status_code == status
    assert await how_many(sessions, Accident) == 1


async def test_a_kept_answer_is_sealed_and_goes_after_a_day(settings: Settings, sessions: OneConnection) -> None:
    """A code that is shown once is repeated to who asked, and stands nowhere in the database in the open."""
    town = await town_of(sessions)
    new = {"name": "示例新人", "role": "town_leader", "login": "shili.xinren"}
    async with running(settings, sessions) as app, browser(app, town[Role.TOWN_OFFICE]) as office:
        body = new | {"department_id": str(town.departments["leadership"])}
        first, again = [await send(office, PEOPLE, "k", json=body) for _ in range(2)]
        assert first.status_code == 201, first.text
        code = first.json()["activation"]["code"]
        assert again.json()["activation"]["code"] == code
    async with sessions.session(None, Scope()) as session:
        row = (await session.scalars(select(KeptAnswer))).one()
        assert code.encode() not in row.answer
        assert (await session.scalar(select(func.count()).where(User.login == "shili.xinren"))) == 1
    for hours, left in ((23, 1), (25, 0)):
        later = clock.now() + timedelta(hours=hours)
        worker = town[Role.TOWN_OFFICE].acting_on(Login.WORKER)
        async with open_work(sessions, worker, frozenset(), now=later) as work:
            await tidying.tidy(work)
        assert await how_many(sessions, KeptAnswer) == left


async def test_a_form_with_a_file_is_the_same_whatever_parts_it(settings: Settings, sessions: OneConnection) -> None:
    """Each retry of a program writes another boundary between the parts; another file is another act."""
    town = await town_of(sessions)
    paper = small_paper()
    async with running(settings, sessions) as app, browser(app, town[Role.TOWN_OFFICE]) as office:
        first, again, other = [
            await send(office, "/api/v1/plans", "k", files={"file": ("要点.txt", data)}, data={"year": "2026"})
            for data in (paper, paper, paper + b"\n")
        ]
    assert (first.status_code, again.content) == (201, first.content)
    assert first.request.headers["content-type"] != again.request.headers["content-type"]
    assert again.headers["etag"] == first.headers["etag"]
    assert (other.status_code, other.json()["type"]) == (422, "/problems/key-reused")


async def test_every_act_of_the_api_honours_the_key(settings: Settings, sessions: OneConnection) -> None:
    """Each POST route is asked with a key whose answer is kept already, and gives that answer instead of acting."""
    people = await everybody(sessions)
    wrong = []
    async with running(settings, sessions) as app:
        routes = [(p, str(needed(h))) for m, p, h in handlers(app) if m == "POST" and p.startswith("/api/v1")]
        for path, right in routes:
            role = next(role for role, person in people.items() if right in rights()[role])
            async with browser(app, people[role]) as caller:
                for body in ({"json": {}}, {"files": {"file": ("x.txt", b"x")}}):
                    told = await _kept_before(caller, filled(path), body)
                    if told.status_code != 400:
                        break
            if (told.status_code, told.headers.get("idempotency-replayed")) != (218, "true"):
                wrong.append(f"{role} {path}: {told.status_code} {told.text[:120]}")
    assert len(routes) > 30
    assert wrong == []


async def _kept_before(caller: Browser, path: str, body: dict[str, Any]) -> Any:
    """The answer to an act whose first answer was kept a moment before."""
    original = repeating.first_answer

    async def kept(work: Any, one: Asked) -> Answer | None:
        await keep(work, one, Answer(218, {}, b""))
        await work.flush()
        return await original(work, one)

    repeating.first_answer = kept
    try:
        return await send(caller, path, "walk", **body)
    finally:
        repeating.first_answer = original


async def test_of_two_at_once_one_acts_and_the_other_is_told_to_come_back(
    database: Database, settings: Settings, everything: Any
) -> None:
    """The second does not wait with a connection in its hand: 409 now, the first's answer in a second."""
    async with everything.connect() as admin:
        sessions = OneConnection(admin)
        async with sessions.session(None, Scope()) as session:
            town = await a_town(session)
        await admin.commit()
    office = town[Role.TOWN_OFFICE]
    asked = Asked(who=office.caller, key="k", fingerprint=b"f", secret=web_secret(settings).encode())
    begun, ended = asyncio.Event(), asyncio.Event()

    async def slow() -> None:
        async with open_work(database, office.acting_on(Login.TOWN), office.rights) as work:
            assert await first_answer(work, asked) is None
            begun.set()
            await ended.wait()
            await keep(work, asked, Answer(201, {"etag": '"1"'}, b"{}"))

    async with asyncio.TaskGroup() as both:
        both.create_task(slow())
        await begun.wait()
        with pytest.raises(UnderWay) as refused:
            async with open_work(database, office.acting_on(Login.TOWN), office.rights) as work:
                await first_answer(work, asked)
        assert refused.value.headers["Retry-After"] == "1"
        ended.set()
    async with open_work(database, office.acting_on(Login.TOWN), office.rights) as work:
        assert await first_answer(work, asked) == Answer(201, {"etag": '"1"'}, b"{}")
