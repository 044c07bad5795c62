"""A page that asks for a correction keeps nothing of the act, whatever the handler had changed before."""

import pytest
from sqlalchemy import func, select

from services.kernel.database import Scope
from services.kernel.refusals import BadInput
from services.kernel.settings import Settings
from services.portal.feedback import pages
from services.supervision.feedback import Feedback
from services.supervision.feedback import give as really_give
from services.tenancy.roles import Role
from tests.conftest import OneConnection
from tests.factories import a_town
from tests.web import browser, running

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize("refused", [True, False])
async def test_an_act_that_is_refused_halfway_leaves_no_row(
    settings: Settings, sessions: OneConnection, monkeypatch: pytest.MonkeyPatch, *, refused: bool
) -> None:
    """The same form is kept whole or not at all."""

    async def halfway(work: object, **words: str) -> None:
        await really_give(work, **words)  # type: ignore[arg-type]
        if refused:
            raise BadInput(fields={"words": "再想一想"})

    monkeypatch.setattr(pages.feedback, "give", halfway)
    async with sessions.session(None, Scope()) as session:
        town = await a_town(session)
        await session.commit()
    async with running(settings, sessions) as app, browser(app, town[Role.SAFETY_OFFICER]) as officer:
        answer = await officer.post("/feedback", {"kind": "fault", "words": "报不上去"})
    assert answer.status_code == (422 if refused else 303)
    async with sessions.session(None, Scope()) as session:
        assert await session.scalar(select(func.count()).select_from(Feedback)) == (0 if refused else 1)
