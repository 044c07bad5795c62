"""The office invites people of enterprises: a code on paper, no telephone needed, and nothing that can be guessed or used twice."""

import re
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from io import BytesIO
from pathlib import Path
from typing import Any

import httpx
import openpyxl
import pytest
from litestar import Litestar
from sqlalchemy import select

from services.kernel.database import Scope
from services.kernel.outbox import Outbox
from services.kernel.settings import Settings
from services.kernel.trail import AuditEntry
from services.tenancy.invitations.models import Invitation, InvitationKey
from services.tenancy.members.models import Member
from services.tenancy.roles import Role
from services.tenancy.signing_in.models import Membership, User, UserSession
from tests.conftest import OneConnection
from tests.factories import Town, a_person
from tests.tenancy.doors import move, sign_in, town_of, user_called
from tests.web import Browser, browser, running, words_of

pytestmark = pytest.mark.anyio
CODE = re.compile(r"<code>([a-z2-7]{4}(?:-[a-z2-7]{4}){3})</code>")
OWN = "一句只有我知道的话 7"
DAY = 86_400


@pytest.fixture
async def town(sessions: OneConnection) -> Town:
    """A town at the door."""
    return await town_of(sessions)


@pytest.fixture
async def app(settings: Settings, sessions: OneConnection) -> AsyncIterator[Litestar]:
    """The application."""
    async with running(settings, sessions) as app:
        yield app


async def rows(sessions: OneConnection, query: Any) -> list[Any]:
    """What stands in the database, past every wall."""
    async with sessions.session(None, Scope()) as session:
        return list((await session.scalars(query)).all())


async def invited(app: Litestar, town: Town, **more: str) -> str:
    """The office sends one invitation; its code."""
    typed = {"enterprise_id": str(town.enterprises[1]), "role": "safety_officer", "name": "示例王安全", **more}
    async with browser(app, town[Role.TOWN_OFFICE]) as office:
        answer = await office.post("/invitations/new", typed)
    assert answer.status_code == 200, words_of(answer)
    return CODE.findall(answer.text)[0]


@asynccontextmanager
async def phone(app: Litestar, code: str) -> AsyncIterator[Browser]:
    """Somebody's phone that has scanned a slip."""
    async with browser(app) as door:
        scanned = await door.get(f"/invitation?code={code}")
        assert (scanned.status_code, scanned.headers["location"]) == (303, "/invitation")
        yield door


async def accept(door: Browser, login: str = "wang.anquan", **more: str) -> httpx.Response:
    """A new account accepts."""
    typed = {"login": login, "password": OWN, "password_again": OWN, "name": "示例王安全", **more}
    return await door.post("/invitation/new", typed)


async def test_the_invited_person_makes_an_account_and_is_in(
    app: Litestar, town: Town, sessions: OneConnection
) -> None:
    """The page names town, enterprise and post; account, member, place, trail and message stand in one act."""
    code = await invited(app, town, phone="13800138000")
    async with phone(app, code) as door:
        shown = words_of(await door.get("/invitation"))
        assert all(
            word in shown for word in ("重庆市涪陵区示例镇", "示例镇示例乙砖瓦厂", "企业安全管理人员", "示例王安全")
        )
        answer = await accept(door)
        assert answer.headers["location"] == "/?done=invitation-accepted"
        home = words_of(await door.get(answer.headers["location"]))
        assert "示例镇示例乙砖瓦厂" in home
    member = (await rows(sessions, select(Member).where(Member.name == "示例王安全")))[0]
    assert (member.enterprise_id, member.role, member.phone is not None) == (
        town.enterprises[1],
        "safety_officer",
        True,
    )
    acts = await rows(
        sessions, select(AuditEntry.act).where(AuditEntry.act.like("invitation:%")).order_by(AuditEntry.id)
    )
    assert acts == ["invitation:sent", "invitation:opened", "invitation:accepted"]
    jobs = await rows(sessions, select(Outbox.job).where(Outbox.tenant_id == town.id))
    assert "notifications.doors:invitation_used" in jobs


async def test_the_code_itself_is_kept_nowhere(app: Litestar, town: Town, sessions: OneConnection) -> None:
    """The table holds a digest, and after use not even that."""
    code = await invited(app, town)
    kept = await rows(sessions, select(InvitationKey.code_hash))
    assert len(kept) == 1
    assert code not in kept[0]
    assert code.replace("-", "") not in kept[0]
    async with phone(app, code) as door:
        await accept(door)
    assert await rows(sessions, select(InvitationKey)) == []


async def test_a_code_works_once(app: Litestar, town: Town, sessions: OneConnection) -> None:
    """Whoever finds the slip afterwards reads what everybody reads who types nonsense."""
    code = await invited(app, town)
    async with phone(app, code) as door:
        await accept(door)
    async with phone(app, code) as finder:
        used, told = await finder.get("/invitation"), _without_token(finder)
        assert (await accept(finder, "zweite")).status_code == 422
    async with phone(app, "aaaa-bbbb-cccc-dddd") as stranger:
        unknown, told_stranger = await stranger.get("/invitation"), _without_token(stranger)
    assert used.status_code == unknown.status_code == 422
    assert told(used) == told_stranger(unknown)
    assert len(await rows(sessions, select(User).where(User.login == "zweite"))) == 0


def _without_token(door: Browser) -> Callable[[httpx.Response], str]:
    """A page as everybody reads it."""
    return lambda answer: answer.text.replace(door.client.cookies["anzhen_csrf"], "")


@pytest.mark.parametrize(("days", "status"), [(14 * DAY - 60, 200), (14 * DAY, 422)])
async def test_an_invitation_ends_after_fourteen_days(
    app: Litestar, town: Town, clock_file: Path, days: int, status: int
) -> None:
    """A minute before it opens, at the end of the fourteenth day it does not, and the ledger says 已过期."""
    code = await invited(app, town)
    move(clock_file, seconds=days)
    async with phone(app, code) as door:
        assert (await door.get("/invitation")).status_code == status
    async with browser(app, town[Role.TOWN_OFFICE]) as office:
        expired = await office.get("/invitations?state=expired")
        assert ("示例王安全" in expired.text) is (status == 422)


async def test_what_the_office_takes_back_opens_nothing(app: Litestar, town: Town, sessions: OneConnection) -> None:
    """撤回 is seen in the ledger, and a second 撤回 is refused."""
    code = await invited(app, town)
    (invitation,) = await rows(sessions, select(Invitation))
    async with browser(app, town[Role.TOWN_OFFICE]) as office:
        assert (await office.post(f"/invitations/{invitation.id}/revoke")).status_code == 303
        assert "已撤回" in words_of(await office.get("/invitations"))
        assert (await office.post(f"/invitations/{invitation.id}/revoke")).status_code == 409
    async with phone(app, code) as door:
        assert (await door.get("/invitation")).status_code == 422


async def test_somebody_who_guesses_codes_has_to_wait(app: Litestar, town: Town) -> None:
    """Fifty wrong codes from one address close it for codes and passwords alike; a right one in between counts nothing."""
    code = await invited(app, town)
    async with browser(app) as guesser:
        for number in range(50):
            await guesser.get(f"/invitation?code=aaaa-bbbb-cccc-{number:04d}")
            assert (await guesser.get("/invitation")).status_code == 422
            if number == 20:
                await guesser.get(f"/invitation?code={code}")
                assert (await guesser.get("/invitation")).status_code == 200
        await guesser.get(f"/invitation?code={code}")
        answer = await guesser.get("/invitation")
        assert answer.status_code == 429
        assert int(answer.headers["retry-after"]) > 0


async def test_the_same_person_gets_a_second_town(app: Litestar, town: Town, sessions: OneConnection) -> None:
    """A person with enterprises in two towns signs in once, accepts with one press, and is in the other town; the first stays."""
    other = await town_of(sessions, "邻镇")
    name = town[Role.SAFETY_OFFICER].person
    code = await invited(app, other, name=name)
    async with phone(app, code) as door:
        answer = await sign_in(door, name, next="/invitation")
        assert answer.headers["location"] == "/invitation"
        assert f"以{name}的账号接受" in words_of(await door.get("/invitation"))
        answer = await door.post("/invitation/accept")
        assert answer.headers["location"] == "/?done=place-added"
        assert "邻镇示例乙砖瓦厂" in words_of(await door.get("/"))
        assert "示例甲砖瓦厂" in words_of(await door.get("/memberships"))
    user = await user_called(sessions, name)
    places = await rows(sessions, select(Membership.tenant_id).where(Membership.user_id == user.id))
    assert sorted(places) == sorted([town.id, other.id])


async def test_an_account_of_another_name_cannot_take_it(app: Litestar, town: Town, sessions: OneConnection) -> None:
    """The slip is for 示例王安全; somebody else's account is refused and the code stays good."""
    code = await invited(app, town)
    async with phone(app, code) as door:
        await sign_in(door, town[Role.LEGAL_REPRESENTATIVE].person, next="/invitation")
        answer = await door.post("/invitation/accept")
        assert answer.status_code == 409
        assert "示例王安全" in words_of(answer)
    async with phone(app, code) as door:
        assert (await accept(door)).status_code == 303


async def test_a_slip_of_the_pen_spends_nothing(app: Litestar, town: Town) -> None:
    """A weak password and a login that is taken are said beside their fields; what was typed stays, and so does the code."""
    code = await invited(app, town)
    async with phone(app, code) as door:
        weak = await accept(door, password="kurz", password_again="kurz")
        taken = await accept(door, town[Role.SAFETY_OFFICER].person)
        assert (weak.status_code, taken.status_code) == (422, 422)
        assert 'value="wang.anquan"' in weak.text
        assert "已有人使用" in words_of(taken)
        assert (await accept(door)).status_code == 303


async def test_one_invitation_for_each_enterprise_without_anybody(
    app: Litestar, town: Town, sessions: OneConnection
) -> None:
    """The first enterprise has its people, the second gets an invitation; asked again, nobody is left. The table holds the codes."""
    async with browser(app, town[Role.TOWN_OFFICE]) as office:
        answer = await office.post("/invitations/batch", {"role": "safety_officer", "as": "slips"})
        assert [words in answer.text for words in ("示例乙砖瓦厂", "示例甲砖瓦厂")] == [True, False]
        assert len(CODE.findall(answer.text)) == 1
        again = await office.post("/invitations/batch", {"role": "safety_officer", "as": "slips"})
        assert CODE.findall(again.text) == []
        table = await office.post("/invitations/batch", {"role": "legal_representative", "as": "table"})
    sheet = openpyxl.load_workbook(BytesIO(table.content)).active
    assert sheet is not None
    code = str(sheet["E4"].value)
    async with phone(app, code) as door:
        assert "企业法定代表人" in words_of(await door.get("/invitation"))
        assert (await accept(door, name="")).status_code == 422
        assert (await accept(door, name="示例李法人")).status_code == 303


async def test_whoever_leaves_hands_over_in_one_act(app: Litestar, town: Town, sessions: OneConnection) -> None:
    """交接: the place and the sessions of the one end, the other is invited, and what was given by name is to go back."""
    leaver = town[Role.SAFETY_OFFICER]
    async with browser(app, leaver) as old, browser(app, town[Role.TOWN_OFFICE]) as office:
        assert (await old.get("/")).status_code == 200
        answer = await office.post(f"/invitations/hand-over/{leaver.member_id}", {"name": "示例新人", "phone": ""})
        assert answer.status_code == 200
        assert (await old.get("/")).headers["location"].startswith("/sign-in")
        code = CODE.findall(answer.text)[0]
        assert (await office.post(f"/invitations/hand-over/{leaver.member_id}", {"name": ""})).status_code == 409
    async with phone(app, code) as door:
        assert (await accept(door)).status_code == 303
    (invitation,) = await rows(sessions, select(Invitation))
    assert (invitation.follows, invitation.state) == (leaver.member_id, "used")
    jobs = await rows(sessions, select(Outbox).where(Outbox.tenant_id == town.id))
    assert [job.args for job in jobs if job.job.endswith("departures:left_behind")] == [[str(leaver.member_id)]]
    assert await rows(sessions, select(UserSession).where(UserSession.user_id == leaver.user_id)) == []


async def test_an_enterprise_looks_after_its_own_safety_officers_alone(
    app: Litestar, town: Town, sessions: OneConnection
) -> None:
    """Its head invites and hands over safety officers; not its own kind, nobody of another enterprise, and not by a guessed id."""
    async with sessions.session(None, Scope()) as session:
        neighbour = await a_person(session, town, Role.SAFETY_OFFICER, name="邻厂人", enterprise_id=town.enterprises[1])
        await session.commit()
    async with browser(app, town[Role.LEGAL_REPRESENTATIVE]) as head:
        page = words_of(await head.get("/invitations"))
        assert town[Role.SAFETY_OFFICER].person in page
        assert "邻厂人" not in page
        typed = {"enterprise_id": str(town.enterprises[1]), "role": "safety_officer", "name": "示例王安全"}
        sent = await head.post("/invitations/new", typed)
        assert "示例甲砖瓦厂" in sent.text
        assert "示例乙砖瓦厂" not in sent.text
        assert (await head.post("/invitations/new", {**typed, "role": "legal_representative"})).status_code == 422
        for member in (neighbour.member_id, town[Role.TOWN_OFFICE].member_id):
            assert (await head.get(f"/invitations/hand-over/{member}")).status_code == 404
            assert (await head.post(f"/invitations/hand-over/{member}", {"name": ""})).status_code == 404
        own = town[Role.LEGAL_REPRESENTATIVE].member_id
        assert (await head.post(f"/invitations/hand-over/{own}", {"name": ""})).status_code == 422
        officer = town[Role.SAFETY_OFFICER].member_id
        assert (await head.post(f"/invitations/hand-over/{officer}", {"name": "示例接任"})).status_code == 200
    assert [one.state for one in await rows(sessions, select(Member).where(Member.id == officer))] == ["left"]
    async with browser(app, neighbour) as other:
        assert (await other.get("/invitations")).status_code == 403


async def test_the_neighbours_office_sees_nothing_of_it(app: Litestar, town: Town, sessions: OneConnection) -> None:
    """Neither in the ledger, nor by the invitation's id, nor by the id of the neighbour's enterprise."""
    await invited(app, town)
    other = await town_of(sessions, "邻镇")
    (invitation,) = await rows(sessions, select(Invitation))
    async with browser(app, other[Role.TOWN_OFFICE]) as office:
        assert "示例王安全" not in (await office.get("/invitations")).text
        assert (await office.post(f"/invitations/{invitation.id}/revoke")).status_code == 404
        typed = {"enterprise_id": str(town.enterprises[0]), "role": "safety_officer", "name": ""}
        assert (await office.post("/invitations/new", typed)).status_code == 422


def a_sheet(*lines: tuple[object, ...]) -> bytes:
    """The office's own list, with a title above its heads."""
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for line in (("示例镇企业安全管理人员名单",), ("序号", "企业名称", "姓名", "岗位", "联系电话"), *lines):
        sheet.append(line)
    target = BytesIO()
    book.save(target)
    return target.getvalue()


async def test_the_offices_list_becomes_invitations(app: Litestar, town: Town, sessions: OneConnection) -> None:
    """Right rows are invited, wrong ones come back with their reasons and their numbers; the preview itself keeps nothing."""
    firm = "示例镇示例乙砖瓦厂"
    lines = [
        (1, firm, "示例赵一", "安全员", 13800138001),
        (2, firm, "示例赵一", "安全管理人员", ""),
        (3, "没有的厂", "示例钱二", "安全管理人员", ""),
        (4, firm, "示例孙三", "门卫", ""),
        (5, firm, "示例李四", "法定代表人", "12"),
        (6, firm, "", "法定代表人", ""),
    ]
    async with browser(app, town[Role.TOWN_OFFICE]) as office:
        file = {"file": ("名单.xlsx", a_sheet(*lines))}
        shown = await office.post("/invitations/import", files=file)
        assert "可以邀请 1 人，有误 5 行" in words_of(shown)
        assert await rows(sessions, select(Invitation)) == []
        carried = httpx.Response(200, text=shown.text).text.split('name="rows" value="')[1].split('"')[0]
        carried = carried.replace("&#34;", '"').replace("&quot;", '"')
        wrong = await office.post("/invitations/import/errors", {"rows": carried})
        sheet = openpyxl.load_workbook(BytesIO(wrong.content)).active
        assert sheet is not None
        assert [row[0] for row in sheet.iter_rows(min_row=4, values_only=True)] == [4, 5, 6, 7, 8]
        sent = await office.post("/invitations/import/send", {"rows": carried, "as": "slips"})
    assert len(CODE.findall(sent.text)) == 1
    assert "示例赵一" in sent.text
    (invitation,) = await rows(sessions, select(Invitation))
    assert invitation.phone is not None


@pytest.mark.parametrize(
    ("content", "words"),
    [(b"", "空"), (b"not a table", "xlsx"), (None, "岗位")],
    ids=["no file", "no table", "a head is missing"],
)
async def test_a_file_that_is_no_list_is_refused_with_a_reason(
    app: Litestar, town: Town, content: bytes | None, words: str
) -> None:
    """422 beside the field, and nothing else happens."""
    if content is None:
        book = openpyxl.Workbook()
        assert book.active is not None
        book.active.append(("企业", "姓名"))
        target = BytesIO()
        book.save(target)
        content = target.getvalue()
    async with browser(app, town[Role.TOWN_OFFICE]) as office:
        answer = await office.post("/invitations/import", files={"file": ("名单.xlsx", content)})
    assert answer.status_code == 422
    assert words in words_of(answer)
