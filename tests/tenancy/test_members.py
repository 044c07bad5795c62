"""The office looks after its people and departments."""

import re
from contextlib import asynccontextmanager
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select, text

from services.kernel import clock
from services.kernel.database import Scope
from services.kernel.refusals import BadInput, Forbidden, NotFound, Stale
from services.kernel.settings import Settings
from services.kernel.table import Login
from services.kernel.trail import AuditEntry
from services.kernel.work import open_work
from services.tenancy import members
from services.tenancy.members import MemberFacts
from services.tenancy.roles import Role
from services.tenancy.signing_in.models import Membership
from tests.conftest import OneConnection
from tests.factories import Town, a_person
from tests.tenancy.doors import events_of, master_of, sign_in, town_of
from tests.web import browser, running, words_of

pytestmark = pytest.mark.anyio
PHONE = "13812345678"
NEW_PASSWORD = "浔阳江头夜送客 枫叶荻花"


def identity_work(sessions: OneConnection, person: Any) -> Any:
    """A person's Work on the identity login, as the pages of the office open it."""
    return open_work(sessions, person.acting_on(Login.IDENTITY), person.rights)


@asynccontextmanager
async def the_office(sessions: OneConnection, town: Town) -> Any:
    """The office's Work."""
    async with identity_work(sessions, town[Role.TOWN_OFFICE]) as work:
        yield work


def facts(town: Town, **more: Any) -> MemberFacts:
    """An inspector of the sector department."""
    given = {"name": "示例新人", "role": Role.SECTOR_DEPARTMENT, "department_id": town.departments["sector"]}
    return MemberFacts(**{**given, **more})


async def trail_of(sessions: OneConnection, about: Any) -> list[str]:
    """The acts on a thing."""
    async with sessions.session(None, Scope()) as session:
        query = select(AuditEntry.act).where(AuditEntry.about_id == about).order_by(AuditEntry.id)
        return list(await session.scalars(query))


def form_of(town: Town, **more: str) -> dict[str, str]:
    """The form of an inspector as a browser sends it."""
    return {
        "kind": "town",
        "name": "示例新人",
        "login": "shili.xinren",
        "role": "sector_department",
        "department_id": str(town.departments["sector"]),
        "phone": "138 1234 5678",
        "certificate_no": "渝示例001",
        "certificate_to": "2030-01-01",
        **more,
    }


async def test_a_new_person_activates_the_account_and_comes_in(settings: Settings, sessions: OneConnection) -> None:
    """The office adds somebody, hands the code over, and with it the person sets a password and is in; the code is spent."""
    town = await town_of(sessions)
    async with running(settings, sessions) as app, browser(app, town[Role.TOWN_OFFICE]) as office, browser(app) as door:
        shown = await office.post("/members/new", form_of(town))
        code = re.search(r"[a-z2-7]{4}(-[a-z2-7]{4}){3}", shown.text)
        assert code
        typed = {
            "login": "Shili.Xinren",
            "code": code[0].upper(),
            "password": NEW_PASSWORD,
            "password_again": NEW_PASSWORD,
        }
        assert (await sign_in(door, "shili.xinren", NEW_PASSWORD)).status_code == 422
        assert (await door.post("/activate", typed | {"code": "aaaa-bbbb-cccc-dddd"})).status_code == 422
        weak = await door.post("/activate", typed | {"password": "1234567890", "password_again": "1234567890"})
        assert (weak.status_code, "太常见" in words_of(weak)) == (422, True)
        assert (await door.post("/activate", typed)).status_code == 303
        assert (await door.get("/members")).status_code == 200
        assert (await door.post("/activate", typed)).status_code == 422
        assert code[0] not in (await office.get("/members")).text


@pytest.mark.parametrize(("days", "status"), [(7, 422), (6.999, 303)])
async def test_an_activation_code_lasts_seven_days(
    settings: Settings, sessions: OneConnection, clock_file: Any, days: float, status: int
) -> None:
    """At the end of the seventh day the code is worth nothing, a minute earlier it opens."""
    town = await town_of(sessions)
    async with the_office(sessions, town) as work:
        added = await members.add_member(work, facts(town), login="shili.xinren", master=master_of(settings))
    assert added.activation
    clock_file.write_text(str(days * 86_400))
    typed = {
        "login": "shili.xinren",
        "code": added.activation.code,
        "password": NEW_PASSWORD,
        "password_again": NEW_PASSWORD,
    }
    async with running(settings, sessions) as app, browser(app) as door:
        assert (await door.post("/activate", typed)).status_code == status


async def test_a_telephone_number_is_sealed_found_and_masked(settings: Settings, sessions: OneConnection) -> None:
    """The table holds no number; the ledger shows its ends, finds it when typed in full, and only then."""
    town = await town_of(sessions)
    async with running(settings, sessions) as app, browser(app, town[Role.TOWN_OFFICE]) as office:
        await office.post("/members/new", form_of(town))
        async with sessions.session(None, Scope()) as session:
            dump = str((await session.execute(text("TABLE member"))).all()) + str(
                (await session.execute(text("TABLE audit_entry"))).all()
            )
        assert PHONE not in dump
        listed = await office.get("/members")
        assert (PHONE in listed.text, "138****5678" in listed.text) == (False, True)
        for typed, found in (("138-1234-5678", True), ("13812345679", False), ("1381234", False), ("新人", True)):
            assert ("138****5678" in (await office.get("/members", params={"q": typed})).text) is found, typed


async def test_who_sees_a_whole_number_is_recorded(settings: Settings, sessions: OneConnection) -> None:
    """One press shows the number and leaves a row in the trail; other roles cannot press it."""
    town = await town_of(sessions)
    async with the_office(sessions, town) as work:
        added = await members.add_member(work, facts(town, phone=PHONE), login="xinren", master=master_of(settings))
    path = f"/members/{added.member.id}"
    async with running(settings, sessions) as app:
        async with browser(app, town[Role.TOWN_OFFICE]) as office:
            assert PHONE not in (await office.get(path)).text
            assert PHONE in (await office.post(f"{path}/reveal")).text
        async with browser(app, town[Role.TOWN_LEADER]) as leader:
            assert (await leader.post(f"{path}/reveal")).status_code == 403
    assert await trail_of(sessions, added.member.id) == ["member:added", "member:phone_revealed"]


async def test_the_same_number_is_asked_about_once(settings: Settings, sessions: OneConnection) -> None:
    """Somebody else's number is a slip until the office says that it is not; one's own is none."""
    town = await town_of(sessions)
    master = master_of(settings)
    async with the_office(sessions, town) as work:
        first = await members.add_member(work, facts(town, phone=PHONE), login="xinren", master=master)
        second = facts(town, name="示例另一人", phone="+86 138-1234-5678")
        with pytest.raises(BadInput) as refused:
            await members.add_member(work, second, login="lingyi", master=master)
        assert "示例新人也登记了这个号码" in refused.value.fields["phone"]
        again = facts(town, name="示例另一人", phone=PHONE, same_phone=True)
        await members.add_member(work, again, login="lingyi", master=master)
        mine = facts(town, phone=PHONE, post="科员")
        await members.change_member(work, first.member.id, mine, version=first.member.version, master=master)


async def test_the_same_number_in_two_towns_betrays_nothing(settings: Settings, sessions: OneConnection) -> None:
    """Another town's number is neither found nor asked about, and is sealed to other bytes."""
    ours, theirs = await town_of(sessions, "甲镇"), await town_of(sessions, "乙镇")
    master, rows = master_of(settings), []
    for town, login in ((ours, "jia"), (theirs, "yi")):
        async with the_office(sessions, town) as work:
            added = await members.add_member(
                work, facts(town, phone=PHONE, name=f"{login}某"), login=login, master=master
            )
            rows.append((added.member.phone, added.member.phone_index))
    assert rows[0][0] != rows[1][0]
    assert rows[0][1] != rows[1][1]


async def test_who_leaves_is_out_at_once(settings: Settings, sessions: OneConnection) -> None:
    """Membership and sessions end with the press of the button, the row and the trail stay."""
    town = await town_of(sessions)
    leaver = town[Role.SECTOR_DEPARTMENT]
    async with (
        running(settings, sessions) as app,
        browser(app, town[Role.TOWN_OFFICE]) as office,
        browser(app) as theirs,
    ):
        await sign_in(theirs, leaver.person)
        assert (await theirs.get("/members")).status_code == 200
        await office.post(f"/members/{leaver.member_id}/leave")
        assert (await theirs.get("/members")).status_code == 303
        assert leaver.person not in words_of(await office.get("/members"))
        assert leaver.person in words_of(await office.get("/members?state=left"))
        assert (await office.post(f"/members/{leaver.member_id}/leave")).status_code == 409
        assert (await office.get(f"/members/{leaver.member_id}")).status_code == 200
    assert await trail_of(sessions, leaver.member_id) == ["member:left"]


async def test_the_last_of_the_office_stays(settings: Settings, sessions: OneConnection) -> None:
    """The only one in the office can neither leave nor change role; with a second one there, one of them can."""
    town = await town_of(sessions)
    office = town[Role.TOWN_OFFICE]
    async with the_office(sessions, town) as work:
        with pytest.raises(members.LastOffice):
            await members.leave(work, office.member_id)
        member = await work.get(members.Member, office.member_id)
        with pytest.raises(members.LastOffice):
            await members.change_member(
                work, member.id, facts(town), version=member.version, master=master_of(settings)
            )
    async with sessions.session(None, Scope()) as session:
        await a_person(session, town, Role.TOWN_OFFICE, name="示例接替")
        await session.commit()
    async with the_office(sessions, town) as work:
        await members.leave(work, office.member_id)


async def test_the_second_of_two_editors_is_told(settings: Settings, sessions: OneConnection) -> None:
    """Who saves a form that somebody else has changed meanwhile loses nothing and overwrites nothing."""
    town = await town_of(sessions)
    person, master = town[Role.SECTOR_DEPARTMENT], master_of(settings)
    async with the_office(sessions, town) as work:
        seen = (await work.get(members.Member, person.member_id)).version
        await members.change_member(work, person.member_id, facts(town, post="科长"), version=seen, master=master)
        with pytest.raises(Stale):
            await members.change_member(work, person.member_id, facts(town, post="科员"), version=seen, master=master)


async def test_a_change_of_role_changes_what_one_may_do(settings: Settings, sessions: OneConnection) -> None:
    """Moved from a sector to the leadership, the person signs in as a leader; an empty number leaves the known one."""
    town = await town_of(sessions)
    person, master = town[Role.SECTOR_DEPARTMENT], master_of(settings)
    moved = {"name": "示例调动", "role": Role.TOWN_LEADER, "department_id": town.departments["leadership"]}
    async with the_office(sessions, town) as work:
        member = await work.get(members.Member, person.member_id)
        await members.keep_phone(work, member, PHONE, master=master)
        await work.flush()
        changed = MemberFacts(**moved, phone=None)
        await members.change_member(work, member.id, changed, version=member.version, master=master)
        assert await members.phone_of(work, member, master=master) == PHONE
        await members.change_member(
            work, member.id, MemberFacts(**moved, phone=""), version=member.version, master=master
        )
        assert await members.phone_of(work, member, master=master) is None
    async with running(settings, sessions) as app, browser(app) as door:
        await sign_in(door, person.person)
        frame = words_of(await door.get("/"))
        assert "示例调动" in frame
        assert "镇领导" in frame


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"name": "  "}, "name"),
        ({"name": "字" * 41}, "name"),
        ({"role": Role.TOWN_OFFICE}, "department_id"),
        ({"department_id": None}, "department_id"),
        ({"is_dedicated": True}, "is_dedicated"),
        ({"phone": "1381234567"}, "phone"),
        ({"email": "不是邮箱"}, "email"),
        ({"certificate_no": "渝001"}, "certificate_to"),
        ({"certificate_to": date(2030, 1, 1)}, "certificate_no"),
        (
            {"certificate_no": "1", "certificate_from": date(2030, 1, 2), "certificate_to": date(2030, 1, 1)},
            "certificate_to",
        ),
        ({"role": Role.DISTRICT_OVERSEER, "department_id": None}, "role"),
        ({"role": Role.PLATFORM_OPERATOR, "department_id": None}, "role"),
        ({"role": Role.SAFETY_OFFICER, "department_id": None}, "enterprise_id"),
    ],
)
async def test_what_cannot_be_true_is_refused_beside_its_field(
    settings: Settings, sessions: OneConnection, wrong: dict[str, Any], field: str
) -> None:
    """Each slip is named where it was made, and nothing is kept of the attempt."""
    town = await town_of(sessions)
    async with the_office(sessions, town) as work:
        with pytest.raises(BadInput) as refused:
            await members.add_member(work, facts(town, **wrong), login="xinren", master=master_of(settings))
        assert field in refused.value.fields
        assert await work.count(select(members.Member).where(members.Member.name == "示例新人")) == 0


async def test_a_form_in_error_keeps_what_was_typed_and_changes_nothing(
    settings: Settings, sessions: OneConnection
) -> None:
    """A login that somebody else has comes back with the form; neither account nor member was made."""
    town = await town_of(sessions)
    taken = town[Role.TOWN_LEADER].person
    async with running(settings, sessions) as app, browser(app, town[Role.TOWN_OFFICE]) as office:
        again = await office.post("/members/new", form_of(town, login=taken))
        assert again.status_code == 422
        assert "已有人使用" in words_of(again)
        assert 'value="渝示例001"' in again.text
        assert "示例新人" not in words_of(await office.get("/members"))


async def test_one_person_serves_two_enterprises_under_one_account(settings: Settings, sessions: OneConnection) -> None:
    """The same account and name get a second place, not a second password, and the same place only once."""
    town = await town_of(sessions)
    master = master_of(settings)
    first, second = town.enterprises
    given = {"name": "示例安全员", "role": Role.SAFETY_OFFICER, "phone": PHONE}
    async with the_office(sessions, town) as work:
        one = await members.add_member(
            work, MemberFacts(**given, enterprise_id=first, enterprise_name="甲厂"), login="aqy", master=master
        )
        two = await members.add_member(
            work, MemberFacts(**given, enterprise_id=second, enterprise_name="乙厂"), login="aqy", master=master
        )
        assert one.activation
        assert two.activation
        with pytest.raises(BadInput) as refused:
            await members.add_member(work, MemberFacts(**given, enterprise_id=second), login="aqy", master=master)
        assert "已有同样的岗位" in refused.value.fields["login"]


async def test_a_town_cannot_open_the_account_of_another_town(settings: Settings, sessions: OneConnection) -> None:
    """Who gives a person of the neighbour's a place gets no code for that account, neither now nor later."""
    ours, theirs = await town_of(sessions, "甲镇"), await town_of(sessions, "乙镇")
    target = theirs[Role.TOWN_OFFICE]
    async with the_office(sessions, ours) as work:
        added = await members.add_member(
            work, facts(ours, name=target.person), login=target.person, master=master_of(settings)
        )
        assert added.activation is None
        with pytest.raises(members.SeveralPlaces):
            await members.new_activation(work, added.member.id)
        with pytest.raises(NotFound):
            await members.new_activation(work, target.member_id)
        with pytest.raises(members.LoginTaken):
            await members.add_member(
                work, facts(ours, name="别人"), login=theirs[Role.TOWN_LEADER].person, master=master_of(settings)
            )
    async with the_office(sessions, theirs) as work:
        await members.add_member(work, facts(theirs, name="尚未激活"), login="weijihuo", master=master_of(settings))
    async with the_office(sessions, ours) as work:
        again = await members.add_member(
            work, facts(ours, name="尚未激活"), login="weijihuo", master=master_of(settings)
        )
        assert again.activation is None


async def test_a_new_code_voids_the_old_one_and_not_the_password(settings: Settings, sessions: OneConnection) -> None:
    """A colleague forgot the password: the office hands over a code; until it is used the old password works."""
    town = await town_of(sessions)
    person = town[Role.SECTOR_DEPARTMENT]
    async with the_office(sessions, town) as work:
        first = await members.new_activation(work, person.member_id)
        second = await members.new_activation(work, person.member_id)
    typed = {"login": person.person, "password": NEW_PASSWORD, "password_again": NEW_PASSWORD}
    async with running(settings, sessions) as app, browser(app) as door:
        assert (await sign_in(door, person.person)).status_code == 303
        assert (await door.post("/activate", typed | {"code": first.code})).status_code == 422
        assert (await door.post("/activate", typed | {"code": second.code})).status_code == 303
        assert (await sign_in(door, person.person)).status_code == 422
    events = await events_of(sessions, person.user_id)
    assert events[:2] == ["activation_issued", "activation_issued"]
    assert "activated" in events


async def test_the_office_needs_two_full_time_supervisors(settings: Settings, sessions: OneConnection) -> None:
    """Only active people of the office who are marked full-time count (三(一)2): 2 of 2 is enough, 1 of 2 lacks one."""
    town = await town_of(sessions)
    master = master_of(settings)
    office = {"role": Role.TOWN_OFFICE, "department_id": town.departments["office"], "is_dedicated": True}
    async with the_office(sessions, town) as work:
        assert await members.dedicated_supervisors(work) == 0
        one = await members.add_member(work, MemberFacts(name="专职甲", **office), login="zz.jia", master=master)
        await members.add_member(work, MemberFacts(name="专职乙", **office), login="zz.yi", master=master)
        assert await members.dedicated_supervisors(work) == members.DEDICATED_REQUIRED == 2
        await members.leave(work, one.member.id)
        assert await members.dedicated_supervisors(work) == 1
    async with running(settings, sessions) as app, browser(app, town[Role.TOWN_LEADER]) as leader:
        assert "还缺 1 人" in words_of(await leader.get("/members"))


@pytest.mark.parametrize(("days", "words"), [(-1, "逾期 1 天"), (0, "今天到期"), (7, "7 天后到期"), (8, "正常")])
async def test_a_certificate_that_runs_out_is_seen(
    settings: Settings, sessions: OneConnection, days: int, words: str
) -> None:
    """The ledger's light says how long a certificate is still valid; its last day still counts."""
    town = await town_of(sessions)
    last = clock.legal_day(clock.now()) + timedelta(days=days)
    async with the_office(sessions, town) as work:
        certified = facts(town, certificate_no="渝示例001", certificate_to=last)
        await members.add_member(work, certified, login="xinren", master=master_of(settings))
    async with running(settings, sessions) as app, browser(app, town[Role.TOWN_LEADER]) as leader:
        assert words in words_of(await leader.get("/members"))
        expired = words_of(await leader.get("/members?certificate=expired"))
        assert ("示例新人" in expired) is (days < 0)


async def test_departments_are_added_renamed_and_ended(settings: Settings, sessions: OneConnection) -> None:
    """Names are unique among the living; a department with people stays; its people's sectors follow it."""
    town = await town_of(sessions)
    person = town[Role.SECTOR_DEPARTMENT]
    async with the_office(sessions, town) as work:
        made = await members.add_department(
            work, name=" 规建办 ", kind="sector", sectors=["建材"], aliases=["规划建设办、城建办"]
        )
        assert (made.name, made.aliases) == ("规建办", ["规划建设办", "城建办"])
        with pytest.raises(BadInput) as refused:
            await members.add_department(work, name="规建办", kind="sector")
        assert "name" in refused.value.fields
        with pytest.raises(BadInput):
            await members.add_department(work, name="其他办", kind="sector", sectors=["养殖"])
        with pytest.raises(BadInput):
            await members.add_department(work, name="其他办", kind="office", sectors=["建材"])
        theirs = await work.get(members.Department, person.department_id)
        await members.change_department(
            work, theirs.id, version=theirs.version, name="经发办", sectors=["轻工"], aliases=["经济发展办"]
        )
        membership = await work.one(select(Membership).where(Membership.id == person.membership_id))
        await work.session.refresh(membership)
        assert membership.sectors == ["轻工"]
        with pytest.raises(members.DepartmentHasPeople):
            await members.end_department(work, theirs.id)
        await members.end_department(work, made.id)
        await members.add_department(work, name="规建办", kind="sector")
        with pytest.raises(BadInput):
            await members.add_member(
                work, facts(town, department_id=made.id), login="xinren", master=master_of(settings)
            )
    assert await trail_of(sessions, made.id) == ["department:added", "department:ended"]


async def test_departments_are_looked_after_on_their_page(settings: Settings, sessions: OneConnection) -> None:
    """The office adds and changes a department by form; sectors ticked come back ticked when something is wrong."""
    town = await town_of(sessions)
    async with running(settings, sessions) as app, browser(app, town[Role.TOWN_OFFICE]) as office:
        form = {"name": "", "kind": "sector", "sectors": ["建材", "轻工"], "aliases": "城建办"}
        again = await office.post("/members/departments", form)
        assert again.status_code == 422
        assert again.text.count(" checked") == 2
        assert (await office.post("/members/departments", form | {"name": "规建办"})).status_code == 303
        listed = await office.get("/members/departments")
        assert "城建办" in listed.text
        path = re.search(r'/members/departments/[0-9a-f-]{36}(?=">规建办)', listed.text)
        assert path
        form = {"name": "规划建设办", "version": "1", "sectors": "机械", "aliases": ""}
        assert (await office.post(path[0], form)).status_code == 303
        assert (await office.post(path[0], form)).status_code == 409
        assert (await office.post(f"{path[0]}/end")).status_code == 303
        assert "撤销" in words_of(await office.get("/members/departments"))


@pytest.mark.parametrize("role", [Role.TOWN_LEADER, Role.SECTOR_DEPARTMENT, Role.SAFETY_OFFICER])
async def test_only_the_office_changes_people(settings: Settings, sessions: OneConnection, role: Role) -> None:
    """Others may read the ledger at most; every act of theirs is refused before anything is looked at."""
    town = await town_of(sessions)
    async with identity_work(sessions, town[role]) as work:
        for act in (
            members.add_member(work, facts(town), login="x.y", master=master_of(settings)),
            members.change_member(work, town[role].member_id, facts(town), version=1, master=master_of(settings)),
            members.leave(work, town[role].member_id),
            members.reveal_phone(work, town[role].member_id, master=master_of(settings)),
            members.new_activation(work, town[role].member_id),
            members.add_department(work, name="办", kind="sector"),
            members.end_department(work, town.departments["sector"]),
        ):
            with pytest.raises(Forbidden):
                await act


async def test_a_neighbours_people_do_not_exist(settings: Settings, sessions: OneConnection) -> None:
    """By id the neighbour's member and department answer like ones that were never there."""
    ours, theirs = await town_of(sessions, "甲镇"), await town_of(sessions, "乙镇")
    async with running(settings, sessions) as app, browser(app, ours[Role.TOWN_OFFICE]) as office:
        for path in (
            f"/members/{theirs[Role.TOWN_OFFICE].member_id}",
            f"/members/departments/{theirs.departments['sector']}",
            "/members/00000000-0000-7000-8000-00000000dead",
        ):
            assert (await office.get(path)).status_code == 404
        assert (await office.post(f"/members/{theirs[Role.TOWN_LEADER].member_id}/leave")).status_code == 404
        form = form_of(ours, kind="enterprise", role="safety_officer", enterprise_id=str(theirs.enterprises[0]))
        form.pop("department_id")
        refused = await office.post("/members/new", form)
        assert (refused.status_code, "没有找到这家企业" in words_of(refused)) == (422, True)
