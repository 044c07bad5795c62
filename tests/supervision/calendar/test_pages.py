"""The calendar as a page: read by whoever counts days, brought by the operator alone."""

from collections.abc import AsyncIterator

import pytest
from litestar import Litestar

from services.kernel.database import Scope
from services.kernel.settings import Settings
from services.tenancy.roles import Role
from services.tenancy.signing_in.person import Person
from tests.conftest import OneConnection
from tests.factories import Town, a_town, an_administrator
from tests.supervision.calendar.notices import PAPER, a_notice
from tests.web import browser, running, words_of

pytestmark = pytest.mark.anyio


@pytest.fixture
async def people(sessions: OneConnection) -> tuple[Town, Person]:
    """A town, and the platform's operator."""
    async with sessions.session(None, Scope()) as session:
        found = await a_town(session), await an_administrator(session, Role.PLATFORM_OPERATOR)
        await session.commit()
    return found


@pytest.fixture
async def app(settings: Settings, sessions: OneConnection, people: object) -> AsyncIterator[Litestar]:
    """The application, started."""
    async with running(settings, sessions) as app:
        yield app


def sent(text: str | bytes) -> dict[str, tuple[str, str | bytes, str]]:
    """A file of the form."""
    return {"file": ("2027.csv", text, "text/csv")}


async def test_a_file_goes_through_preview_and_confirmation(app: Litestar, people: tuple[Town, Person]) -> None:
    """The template is readable again; nothing holds before the confirmation; afterwards the same file has nothing to add."""
    async with browser(app, people[1]) as operator:
        template = (await operator.get("/calendar/template.csv")).content.decode("utf-8-sig")
        assert template.startswith("date,is_workday,name,source,status\r\n")
        shown = await operator.post("/calendar/new", files=sent(a_notice()))
        assert "254 → 2" in words_of(shown).replace("<b>", "")
        assert "暂定" in words_of(await operator.get("/calendar/2027"))
        stands_at = shown.text.partition('name="stands_at" value="')[2].partition('"')[0]
        answer = await operator.post("/calendar/confirm", {"text": a_notice(), "stands_at": stands_at})
        assert (answer.status_code, answer.headers["location"]) == (303, "/calendar?done=calendar-imported")
        assert PAPER in words_of(await operator.get("/calendar/2027"))
        assert (
            await operator.post("/calendar/confirm", {"text": a_notice("x"), "stands_at": stands_at})
        ).status_code == 422
        more = a_notice(f"2027-03-01,0,示例假,{PAPER},official")
        assert (await operator.post("/calendar/confirm", {"text": more, "stands_at": stands_at})).status_code == 409
        again = await operator.post("/calendar/new", files=sent(a_notice()))
        assert (again.status_code, "完全一致" in words_of(again)) == (422, True)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("日期,上班\n", "第 1 行应为列名"),
        (a_notice("2027-02-30,0,春节,示例,official"), "行无法识别"),
        (a_notice("2029-05-01,0,劳动节,示例,official"), "没有 2029 年 1 月 1 日"),
        (a_notice("2027-03-01,0,示例假,,official"), "要写明文号"),
        (a_notice(f"2027-03-01,0,{'假' * 31},示例,official"), "名称最多 30 字"),
        (a_notice("2199-01-01,0,元旦,示例,official"), "年份 2199 不对"),
        (a_notice("2027-03-01,0,示\x07假,示例,official"), "看不见的字符"),
        (a_notice('2027-03-01,0,"' + "长" * 140_000), "请检查引号"),
        (b"\x89PNG\r\n\x1a\n\xff\xff\xff", "不是文本文件"),
        (b"x" * 1_000_001, "文件太大"),
        ("", "请先选择文件"),
    ],
)
async def test_a_file_that_cannot_be_taken_says_why(
    app: Litestar, people: tuple[Town, Person], text: str | bytes, words: str
) -> None:
    """Beside the field, with the line where there is one; never an error of the house."""
    files = sent(text) if text else {"file": ("", b"", "application/octet-stream")}
    async with browser(app, people[1]) as operator:
        answer = await operator.post("/calendar/new", files=files)
    assert answer.status_code == 422
    assert words in words_of(answer)


@pytest.mark.parametrize("role", [Role.TOWN_LEADER, Role.TOWN_OFFICE, Role.SECTOR_DEPARTMENT, Role.SAFETY_OFFICER])
async def test_the_town_reads_and_is_refused_the_rest(app: Litestar, people: tuple[Town, Person], role: Role) -> None:
    """Twelve months with words in them; the form, its upload and the template answer 403, and no button leads there."""
    async with browser(app, people[0][role]) as reader:
        year = await reader.get("/calendar/2026")
        assert year.text.count('class="cal-month"') == 12
        assert "全年 248 个工作日" in words_of(year)
        assert "15—23日 春节放假" in words_of(year)
        assert '<td class="cal-swapped" title="春节调休上班">14<b>班</b></td>' in year.text
        assert "/calendar/new" not in (await reader.get("/calendar")).text
        for path in ("/calendar/new", "/calendar/template.csv"):
            assert (await reader.get(path)).status_code == 403
        assert (await reader.post("/calendar/confirm", {"text": a_notice()})).status_code == 403
        assert (await reader.get("/calendar/1999")).status_code == 404
        assert (await reader.get("/calendar/99999999999999999999")).status_code == 404
