"""A paper comes into the town office, or is refused without a trace."""

import re
from pathlib import Path

import pytest
from sqlalchemy import func, select

from services.kernel.database import Scope
from services.kernel.settings import Settings
from services.kernel.trail import AuditEntry
from services.supervision.plans.models import Notice, Plan, PlanNode
from services.tenancy.roles import Role
from tests.conftest import OneConnection
from tests.supervision.plans.desk import figures_of, nodes_of, town_of
from tests.supervision.plans.papers import old_word, paper, pictures_only, small_paper, with_macros, word_paper
from tests.web import Browser, browser, running, words_of

pytestmark = pytest.mark.anyio
PHOTO = b"\x89PNG\r\n\x1a\n" + bytes(500)
NO_NOTICE = "这是一封普通的信。\n天气很好，没有别的事。\n".encode()
REFUSED = {
    "no notice": ("信.txt", NO_NOTICE, "不像工作要点"),
    "encrypted": ("要点.docx", old_word(encrypted=True), "密码"),
    "old word": ("要点.doc", old_word(), "另存为"),
    "macros": ("要点.docx", with_macros(), "宏"),
    "pictures only": ("要点.docx", pictures_only(), "只有图片"),
    "photo": ("要点.png", PHOTO, "图片"),
    "empty": ("要点.txt", b"", "空的"),
    "renamed": ("要点.docx", small_paper(), "不是 Word 文档"),
    "21 MB": ("要点.txt", b"a" * (21 * 1024 * 1024), "超过 20 MB"),
}


async def upload(person: Browser, name: str, data: bytes, year: str = "") -> object:
    """Send the form of the page."""
    return await person.post("/plans/new/notice", {"notice_year": year}, files={"file": (name, data)})


async def rows_in(sessions: OneConnection) -> dict[str, int]:
    """How many rows of each kind there are, in all towns."""
    async with sessions.session(None, Scope()) as session:
        return {
            table.__tablename__: await session.scalar(select(func.count()).select_from(table))
            for table in (Notice, Plan, PlanNode)
        }


def files_in(home: Path) -> list[Path]:
    """What lies among the installation's files."""
    return [file for file in home.rglob("*") if file.is_file() and "keys" not in file.parts]


async def test_the_office_uploads_the_notice_and_every_character_has_its_node(
    settings: Settings, sessions: OneConnection
) -> None:
    """Three targets, sixteen tasks, three requirements; the stored spans cover the stored text without gap or overlap."""
    town = await town_of(sessions)
    async with running(settings, sessions) as app, browser(app, town[Role.TOWN_OFFICE]) as office:
        answer = await upload(office, "29号.txt", paper())
        assert answer.status_code == 303, words_of(answer)
        shown = await office.get(answer.headers["location"])
    plan_id = answer.headers["location"].split("/")[2].split("?")[0]
    figures = await figures_of(sessions, town, plan_id)
    assert (figures.targets, figures.tasks, figures.requirements) == (3, 16, 3)
    assert figures.covered == figures.characters > 2000
    nodes = sorted(await nodes_of(sessions, town, plan_id), key=lambda node: node.span_from)
    assert [node.span_from for node in nodes] == [0, *(node.span_to for node in nodes[:-1])]
    assert nodes[-1].span_to == figures.characters
    assert f"{figures.characters:,}/{figures.characters:,}" in words_of(shown).replace(" ", "")


async def test_an_upload_is_one_act_in_the_trail(settings: Settings, sessions: OneConnection) -> None:
    """One row tells the file's fingerprint and how many tasks were read."""
    town = await town_of(sessions)
    async with running(settings, sessions) as app, browser(app, town[Role.TOWN_OFFICE]) as office:
        await upload(office, "要点.txt", small_paper())
    async with sessions.session(None, Scope()) as session:
        rows = (await session.scalars(select(AuditEntry).where(AuditEntry.about_kind == "plan"))).all()
    assert [(row.act, row.detail["tasks"], len(row.detail["sha256"])) for row in rows] == [("plan:started", 3, 64)]


@pytest.mark.parametrize(
    ("name", "data"),
    [("要点.docx", word_paper()), ("要点.txt", small_paper()), ("要点.txt", small_paper().decode().encode("gb18030"))],
    ids=["docx", "utf-8", "gb18030"],
)
async def test_each_fit_format_gives_the_same_plan(
    settings: Settings, sessions: OneConnection, name: str, data: bytes
) -> None:
    """Word and both encodings of plain text are read alike."""
    town = await town_of(sessions)
    async with running(settings, sessions) as app, browser(app, town[Role.TOWN_OFFICE]) as office:
        answer = await upload(office, name, data)
    figures = await figures_of(sessions, town, answer.headers["location"].split("/")[2].split("?")[0])
    assert (figures.targets, figures.tasks, figures.requirements) == (2, 3, 1)
    assert figures.covered == figures.characters


@pytest.mark.parametrize(("name", "data", "said"), REFUSED.values(), ids=REFUSED)
async def test_a_refused_file_leaves_nothing_behind(
    settings: Settings, sessions: OneConnection, name: str, data: bytes, said: str
) -> None:
    """The reason stands beside the field, and there is no row and no file."""
    town = await town_of(sessions)
    async with running(settings, sessions) as app, browser(app, town[Role.TOWN_OFFICE]) as office:
        before = files_in(settings.home)
        answer = await upload(office, name, data, year="2026")
        assert answer.status_code == 422
        assert said in words_of(answer)
        assert 'value="2026"' in answer.text
        assert files_in(settings.home) == before
    assert set((await rows_in(sessions)).values()) == {0}


async def test_the_file_itself_is_kept_for_the_town(settings: Settings, sessions: OneConnection) -> None:
    """The review links to it, the town's own people open it, a neighbour and an enterprise do not."""
    town, neighbour = await town_of(sessions), await town_of(sessions, "邻镇")
    async with running(settings, sessions) as app, browser(app, town[Role.TOWN_OFFICE]) as office:
        answer = await upload(office, "要点.docx", word_paper())
        shown = (await office.get(answer.headers["location"])).text
        link = re.search(r"/attachments/[0-9a-f-]{36}", shown)
        assert link
        kept = await office.get(link[0])
        assert kept.content == word_paper()
        assert len(files_in(settings.home)) == 1
        for person in (neighbour[Role.TOWN_OFFICE], town[Role.SAFETY_OFFICER]):
            async with browser(app, person) as stranger:
                assert (await stranger.get(link[0])).status_code in {403, 404}


async def test_a_file_of_fifty_megabytes_is_turned_away_at_the_door(
    settings: Settings, sessions: OneConnection
) -> None:
    """It is refused before it is read."""
    town = await town_of(sessions)
    async with running(settings, sessions) as app, browser(app, town[Role.TOWN_OFFICE]) as office:
        answer = await upload(office, "要点.docx", bytes(50 * 1024 * 1024))
    assert answer.status_code == 413
    assert "20 MB" in words_of(answer)
    assert set((await rows_in(sessions)).values()) == {0}


async def test_the_same_file_twice_leads_to_the_first_draft(settings: Settings, sessions: OneConnection) -> None:
    """The second upload names the draft and makes nothing; once that is discarded the file may come again."""
    town = await town_of(sessions)
    async with running(settings, sessions) as app, browser(app, town[Role.TOWN_OFFICE]) as office:
        first = (await upload(office, "要点.txt", small_paper())).headers["location"].split("?")[0]
        again = await upload(office, "改了名.txt", small_paper())
        assert again.status_code == 422
        assert "已经上传过" in words_of(again)
        assert f'href="{first}"' in again.text
        assert (await rows_in(sessions))["plan"] == 1
        await office.post(f"{first}/discard")
        assert (await upload(office, "要点.txt", small_paper())).status_code == 303


async def test_the_same_file_in_another_town_is_unknown(settings: Settings, sessions: OneConnection) -> None:
    """Nothing betrays that a neighbour has uploaded the same paper."""
    town, neighbour = await town_of(sessions), await town_of(sessions, "邻镇")
    async with running(settings, sessions) as app:
        for place in (town, neighbour):
            async with browser(app, place[Role.TOWN_OFFICE]) as office:
                assert (await upload(office, "要点.txt", small_paper())).status_code == 303


@pytest.mark.parametrize(
    ("year", "status"), [("1999", 422), ("2000", 303), ("2100", 303), ("2101", 422), ("二〇二六", 422), ("-1", 422)]
)
async def test_a_year_is_one_that_can_be_meant(
    settings: Settings, sessions: OneConnection, year: str, status: int
) -> None:
    """From 2000 to 2100; anything else is said beside the field."""
    town = await town_of(sessions)
    async with running(settings, sessions) as app, browser(app, town[Role.TOWN_OFFICE]) as office:
        answer = await upload(office, "要点.txt", small_paper(), year=year)
    assert answer.status_code == status
    assert status == 303 or "年度应在" in words_of(answer)


async def test_a_form_without_a_file_says_so(settings: Settings, sessions: OneConnection) -> None:
    """Neither an empty form nor words in place of the file are a fault."""
    town = await town_of(sessions)
    async with running(settings, sessions) as app, browser(app, town[Role.TOWN_OFFICE]) as office:
        for sent in (
            {"files": {"file": ("", b"")}},
            {"files": {"other": ("a.txt", b"x")}},
            {"data": {"file": "words"}},
        ):
            answer = await office.post("/plans/new/notice", **sent)
            assert answer.status_code in {400, 422}, answer.status_code
    assert set((await rows_in(sessions)).values()) == {0}


@pytest.mark.parametrize(
    "role", [Role.TOWN_LEADER, Role.SECTOR_DEPARTMENT, Role.LEGAL_REPRESENTATIVE, Role.SAFETY_OFFICER]
)
async def test_only_the_office_uploads(settings: Settings, sessions: OneConnection, role: Role) -> None:
    """Nobody else begins a plan."""
    town = await town_of(sessions)
    async with running(settings, sessions) as app, browser(app, town[role]) as other:
        assert (await upload(other, "要点.txt", small_paper())).status_code == 403
    assert set((await rows_in(sessions)).values()) == {0}
