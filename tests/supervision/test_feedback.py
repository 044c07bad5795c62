"""Whoever is supervised can say what they think of it, and gets an answer."""

import pytest

from services.kernel.database import Scope
from services.kernel.refusals import BadInput, Forbidden
from services.kernel.settings import Settings
from services.kernel.work import open_work
from services.supervision import feedback
from services.tenancy.roles import Role
from tests.conftest import OneConnection
from tests.factories import a_person, a_town
from tests.web import browser, running, words_of

pytestmark = pytest.mark.anyio


async def test_a_safety_officer_complains_and_the_office_answers_once(
    settings: Settings, sessions: OneConnection
) -> None:
    """The neighbour sees neither, the answer is given once, and a stranger finds the telephone numbers."""
    async with sessions.session(None, Scope()) as session:
        town = await a_town(session)
        neighbour = await a_person(
            session, town, Role.SAFETY_OFFICER, name="乙厂示例", enterprise_id=town.enterprises[1]
        )
        await session.commit()
    async with running(settings, sessions) as app:
        async with browser(app, town[Role.SAFETY_OFFICER]) as officer:
            refused = await officer.post("/feedback", {"kind": "burden", "words": " "})
            assert refused.status_code == 422
            assert "请写明情况" in words_of(refused)
            given = await officer.post(
                "/feedback", {"kind": "burden", "words": "同一张表报了三次", "page": "/assignments"}
            )
            assert given.status_code == 303
            assert "尚未答复" in words_of(await officer.get("/feedback"))
        async with browser(app, neighbour) as other:
            assert "同一张表" not in words_of(await other.get("/feedback"))
        office = town[Role.TOWN_OFFICE]
        async with open_work(sessions, office, office.rights) as work:
            (said,) = await feedback.visible(work)
            assert (said.page, said.enterprise_id) == ("/assignments", town.enterprises[0])
        async with browser(app, office) as desk:
            assert (await desk.post(f"/feedback/{said.id}/answer", {"answer": ""})).status_code == 422
            assert (await desk.post(f"/feedback/{said.id}/answer", {"answer": "已合并"})).status_code == 303
            assert (await desk.post(f"/feedback/{said.id}/answer", {"answer": "再答"})).status_code == 409
            assert "已合并" in words_of(await desk.get("/feedback"))
        async with browser(app) as stranger:
            assert "12350" in words_of(await stranger.get("/feedback"))


@pytest.mark.parametrize(("length", "accepted"), [(2000, True), (2001, False)])
async def test_two_thousand_characters_are_enough(sessions: OneConnection, length: int, *, accepted: bool) -> None:
    """One more is refused beside the field."""
    async with sessions.session(None, Scope()) as session:
        town = await a_town(session)
        await session.commit()
    officer, department = town[Role.LEGAL_REPRESENTATIVE], town[Role.SECTOR_DEPARTMENT]
    async with open_work(sessions, officer, officer.rights) as work:
        if accepted:
            said = await feedback.give(work, kind="suggestion", words="字" * length, page="/")
        else:
            with pytest.raises(BadInput):
                await feedback.give(work, kind="suggestion", words="字" * length, page="/")
            return
    async with open_work(sessions, department, department.rights) as work:
        with pytest.raises(Forbidden):
            await feedback.answer(work, said.id, words="我来答复")
