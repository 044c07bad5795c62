"""The platform's three administrators: towns are made, accounts granted, events read; and no business is seen."""

import contextlib
import re
from datetime import date
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.exc import DBAPIError, ProgrammingError
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from services.kernel.database import Database, Scope
from services.kernel.keys import MasterKey
from services.kernel.refusals import BadInput, Forbidden, NotFound
from services.kernel.settings import Settings
from services.kernel.table import Login, TenantTable
from services.kernel.trail import AuditEntry
from services.kernel.work import open_work
from services.tenancy import accounts, members, townships
from services.tenancy.operators import operator_work
from services.tenancy.roles import PLATFORM_ROLES, Role
from services.tenancy.signing_in.models import Membership, User
from services.tenancy.townships.models import PLATFORM_TENANT, Tenant
from tests.conftest import OneConnection
from tests.factories import PASSWORD, Town, a_town, an_administrator
from tests.tenancy.doors import code_at, events_of, master_of, set_up, sign_in, strict, town_of, user_called
from tests.web import browser, running, words_of

pytestmark = pytest.mark.anyio


async def administrator(sessions: OneConnection, role: Role) -> Any:
    """One of the three."""
    async with sessions.session(None, Scope()) as session:
        person = await an_administrator(session, role)
        await session.commit()
    return person


async def test_the_operator_makes_districts_and_towns(settings: Settings, sessions: OneConnection) -> None:
    """A district, then its town; the platform's trail keeps both; code, name and address are checked and unique."""
    operator = await administrator(sessions, Role.PLATFORM_OPERATOR)
    async with running(settings, sessions) as app, browser(app, operator) as desk:
        district = {
            "kind": "district",
            "name": "示例区",
            "code": "500199",
            "slug": "shiliqu",
            "full_name": "重庆市示例区",
        }
        assert (await desk.post("/townships/new", district)).status_code == 303
        form = await desk.get("/townships/new")
        district_id = re.search(r'value="([0-9a-f-]{36})"', form.text)
        assert district_id
        town = {"kind": "township", "district": district_id[1], "name": "示例镇", "code": "500199101", "slug": "shili"}
        for wrong in (
            {"code": "500102101"},
            {"code": "50019910"},
            {"slug": "示例"},
            {"slug": "platform"},
            {"name": " "},
            {"district": ""},
        ):
            assert (await desk.post("/townships/new", town | wrong)).status_code == 422, wrong
        assert (await desk.post("/townships/new", town)).status_code == 303
        assert (await desk.post("/townships/new", town | {"slug": "shili2"})).status_code == 422
        assert "重庆市示例区" in words_of(await desk.get("/townships"))
    async with sessions.session(None, Scope()) as session:
        acts = (await session.execute(select(AuditEntry.tenant_id, AuditEntry.act).order_by(AuditEntry.id))).all()
        made = (await session.scalars(select(Tenant).where(Tenant.slug == "shili"))).one()
    assert [tuple(row) for row in acts] == [
        (PLATFORM_TENANT, "district:created"),
        (PLATFORM_TENANT, "township:created"),
    ]
    assert made.full_name == "重庆市示例区示例镇"


async def test_a_suspended_town_is_closed_until_it_is_resumed(settings: Settings, sessions: OneConnection) -> None:
    """Its people are out at once and cannot come in; nothing of theirs is lost."""
    town = await town_of(sessions)
    operator = await administrator(sessions, Role.PLATFORM_OPERATOR)
    async with running(settings, sessions) as app, browser(app, operator) as desk, browser(app) as door:
        login = town[Role.SAFETY_OFFICER].person
        await sign_in(door, login)
        assert (await desk.post(f"/townships/{town.id}/suspend")).status_code == 303
        assert (await door.get("/")).status_code == 303
        assert (await sign_in(door, login)).status_code == 422
        assert (await desk.post(f"/townships/{town.id}/resume")).status_code == 303
        assert (await sign_in(door, login)).status_code == 303
        assert (await desk.post(f"/townships/{PLATFORM_TENANT}/suspend")).status_code == 404


async def test_a_towns_own_paper_binds_only_where_and_while_it_was_adopted(
    settings: Settings, sessions: OneConnection
) -> None:
    """Both days of the term count; another town is not touched; no day before the paper itself was in force."""
    town, other = await town_of(sessions), await town_of(sessions, "邻镇")
    operator = await administrator(sessions, Role.PLATFORM_OPERATOR)
    term = {"paper": "NOTICE", "from_on": "2021-04-01", "until": "2021-12-31"}
    async with running(settings, sessions) as app, browser(app, operator) as desk:
        address = f"/townships/{town.id}"
        assert (await desk.post(f"{address}/papers", {**term, "from_on": "2021-03-14"})).status_code == 422
        assert (await desk.post(f"{address}/papers", {**term, "until": "2021-03-31"})).status_code == 422
        assert (await desk.post(f"{address}/papers", {**term, "paper": "AQF21"})).status_code == 422
        assert (await desk.post(f"{address}/papers", {**term, "from_on": ""})).status_code == 422
        assert (await desk.post(f"{address}/papers", term)).status_code == 303
        assert "从 2021-04-01 起适用" in words_of(await desk.get(address))
    async with open_work(sessions, town[Role.TOWN_OFFICE].acting_on(Login.TOWN), frozenset()) as work:
        days = (date(2021, 3, 31), date(2021, 4, 1), date(2021, 12, 31), date(2022, 1, 1))
        assert [len(await townships.papers_on(work, day)) for day in days] == [0, 1, 1, 0]
    async with operator_work(sessions, login=Login.TOWN, tenant_id=other.id) as work:
        assert await townships.papers_on(work, date(2022, 1, 1)) == {"NOTICE"}


async def test_the_first_account_of_a_town_opens_it(settings: Settings, sessions: OneConnection) -> None:
    """The security administrator grants it, the code is handed over, and the office is in with a second factor of its own."""
    security = await administrator(sessions, Role.SECURITY_ADMINISTRATOR)
    async with operator_work(sessions, login=Login.PLATFORM) as work:
        district = await townships.create_district(work, code="500199", name="示例区", slug="shiliqu")
        town = await townships.create_township(
            work, district_id=district.id, code="500199101", name="示例镇", slug="shili"
        )
    new = "浔阳江头夜送客 枫叶荻花"
    async with running(strict(settings), sessions) as app, browser(app, security) as desk, browser(app) as door:
        form = {
            "tenant": str(town.id),
            "role": "town_office",
            "name": "示例主任",
            "login": "shili.zhuren",
            "phone": "13812345678",
        }
        assert (await desk.post("/accounts/new", form | {"role": "safety_officer"})).status_code == 422
        assert (await desk.post("/accounts/new", form | {"role": "audit_administrator"})).status_code == 422
        assert (await desk.post("/accounts/new", form | {"tenant": str(district.id)})).status_code == 422
        assert (await desk.post("/accounts/new", form | {"tenant": str(PLATFORM_TENANT)})).status_code == 404
        shown = await desk.post("/accounts/new", form)
        code = re.search(r"[a-z2-7]{4}(-[a-z2-7]{4}){3}", shown.text)
        assert code
        typed = {"login": "shili.zhuren", "code": code[0], "password": new, "password_again": new}
        assert (await door.post("/activate", typed)).status_code == 303
        assert (await door.get("/members")).headers["location"].startswith("/sign-in/second-factor")
        await set_up(door)
        ledger = words_of(await door.get("/members"))
        assert "示例主任" in ledger
        assert "应急办" in words_of(await door.get("/members/departments"))
    async with sessions.session(None, Scope()) as session:
        acts = (
            await session.scalars(select(AuditEntry.act).where(AuditEntry.tenant_id == town.id).order_by(AuditEntry.id))
        ).all()
        assert list(acts) == ["department:added", "member:added"]
    user = await user_called(sessions, "shili.zhuren")
    assert (await events_of(sessions, user.id))[:3] == ["activation_issued", "account_granted", "activated"]


async def test_a_district_gets_its_overseer(settings: Settings, sessions: OneConnection) -> None:
    """An overseer belongs to a district, an office to a town; the wrong pair is refused with a sentence."""
    town = await town_of(sessions)
    security = await administrator(sessions, Role.SECURITY_ADMINISTRATOR)
    given = {"login": "qu.dudao", "name": "示例督导", "master": master_of(settings)}
    async with accounts.within(sessions, security, town.id) as work:
        with pytest.raises(BadInput):
            await accounts.grant(work, role=Role.DISTRICT_OVERSEER, **given)
    async with accounts.within(sessions, security, town.district_id) as work:
        with pytest.raises(BadInput):
            await accounts.grant(work, role=Role.TOWN_OFFICE, **given)
        granted = await accounts.grant(work, role=Role.DISTRICT_OVERSEER, **given)
    assert granted.activation
    assert granted.member
    assert granted.member.tenant_id == town.district_id


async def test_no_two_of_the_three_are_one_person(settings: Settings, sessions: OneConnection) -> None:
    """An administrator becomes neither a second administrator nor a member of a town, and no member an administrator."""
    town = await town_of(sessions)
    security = await administrator(sessions, Role.SECURITY_ADMINISTRATOR)
    office, master = town[Role.TOWN_OFFICE], master_of(settings)
    async with operator_work(sessions) as work:
        for role in (Role.AUDIT_ADMINISTRATOR, Role.SECURITY_ADMINISTRATOR):
            with pytest.raises(members.OneAdministrator) as refused:
                await accounts.grant(work, login=security.person, name=security.person, role=role, master=master)
            assert "三员须由三个人分别担任" in refused.value.fields["login"]
        with pytest.raises(members.OneAdministrator):
            await accounts.grant(
                work, login=office.person, name=office.person, role=Role.AUDIT_ADMINISTRATOR, master=master
            )
        granted = await accounts.grant(
            work, login="shenji", name="示例审计", role=Role.AUDIT_ADMINISTRATOR, master=master
        )
        assert granted.activation
    async with operator_work(sessions, tenant_id=town.id) as work:
        with pytest.raises(members.OneAdministrator):
            await accounts.grant(work, login="shenji", name="示例审计", role=Role.TOWN_OFFICE, master=master)
        with pytest.raises(BadInput):
            await accounts.grant(work, login="new.one", name="新人", role=Role.PLATFORM_OPERATOR, master=master)


async def test_the_database_itself_refuses_a_second_administrator(sessions: OneConnection) -> None:
    """Even a program that asks nobody cannot make one person two of the three."""
    security = await administrator(sessions, Role.SECURITY_ADMINISTRATOR)
    from services.kernel.clock import new_id
    from tests.factories import THEN

    async with sessions.session(Login.IDENTITY, Scope()) as session:
        session.add(
            Membership(
                id=new_id(),
                user_id=security.user_id,
                tenant_id=PLATFORM_TENANT,
                role="audit_administrator",
                sectors=[],
                created_at=THEN,
            )
        )
        with pytest.raises(DBAPIError, match="uq_membership_one_administrator"):
            await session.flush()


async def test_the_security_administrator_makes_no_administrators(settings: Settings, sessions: OneConnection) -> None:
    """The three are made at the command line alone; the other two hold no right over accounts at all."""
    people = {role: await administrator(sessions, role) for role in PLATFORM_ROLES}
    async with accounts.within(sessions, people[Role.SECURITY_ADMINISTRATOR], PLATFORM_TENANT) as work:
        with pytest.raises(Forbidden):
            await accounts.grant(
                work, login="x.y", name="示例", role=Role.PLATFORM_OPERATOR, master=master_of(settings)
            )
    for role in (Role.PLATFORM_OPERATOR, Role.AUDIT_ADMINISTRATOR):
        async with running(settings, sessions) as app, browser(app, people[role]) as desk:
            assert (await desk.get("/accounts")).status_code == 403
            assert (await desk.post(f"/accounts/{people[role].user_id}/lock")).status_code == 403


async def test_an_account_is_locked_and_unlocked(settings: Settings, sessions: OneConnection) -> None:
    """Locked: out at once in every place, the right password is refused like a wrong one; unlocked: as before."""
    town = await town_of(sessions)
    security = await administrator(sessions, Role.SECURITY_ADMINISTRATOR)
    person = town[Role.SAFETY_OFFICER]
    async with running(settings, sessions) as app, browser(app, security) as desk, browser(app) as door:
        await sign_in(door, person.person)
        assert (await desk.post(f"/accounts/{person.user_id}/lock")).status_code == 303
        assert (await door.get("/")).status_code == 303
        assert "账号或密码不正确" in words_of(await sign_in(door, person.person))
        assert "已停用" in words_of(await desk.get(f"/accounts/{person.user_id}"))
        assert (await desk.post(f"/accounts/{person.user_id}/unlock")).status_code == 303
        assert (await sign_in(door, person.person)).status_code == 303
        assert (await desk.post(f"/accounts/{security.user_id}/lock")).status_code == 409
        assert (await desk.post(f"/accounts/{town.id}/lock")).status_code == 404


async def test_a_lost_phone_is_replaced_by_the_security_administrator(
    settings: Settings, sessions: OneConnection, clock_file: Any
) -> None:
    """After the reset the old authenticator is worth nothing, sessions are over, and a new one is set up at the door."""
    town = await town_of(sessions)
    security = await administrator(sessions, Role.SECURITY_ADMINISTRATOR)
    office = town[Role.TOWN_OFFICE]
    async with running(strict(settings), sessions) as app, browser(app, security) as desk, browser(app) as door:
        await sign_in(door, office.person)
        old, codes = await set_up(door)
        assert (await desk.post(f"/accounts/{office.user_id}/second-factor/reset")).status_code == 303
        assert (await door.get("/")).headers["location"].startswith("/sign-in?")
        await sign_in(door, office.person)
        assert (await door.get("/")).headers["location"].startswith("/sign-in/second-factor")
        new, _ = await set_up(door)
        assert new != old
        clock_file.write_text("60")
        await sign_in(door, office.person)
        assert (await door.post("/sign-in/code", {"code": code_at(old)})).status_code == 422
        assert (await door.post("/sign-in/code", {"code": codes[0]})).status_code == 422


async def test_the_audit_administrator_reads_the_door(settings: Settings, sessions: OneConnection) -> None:
    """Every sign-in is on the ledger with its outcome, can be filtered, and no other role sees it."""
    town = await town_of(sessions)
    audit = await administrator(sessions, Role.AUDIT_ADMINISTRATOR)
    login = town[Role.SAFETY_OFFICER].person
    async with running(settings, sessions) as app, browser(app, audit) as desk, browser(app) as door:
        await sign_in(door, login, "错误的口令 000")
        await sign_in(door, login)
        both = words_of(await desk.get("/audit/sign-ins"))
        assert "登录成功" in both
        rows = (await desk.get("/audit/sign-ins?outcome=refused")).text
        assert rows.count(login) == 1
        assert (await desk.get("/audit/sign-ins", params={"login": login})).text.count(f">{login}<") == 2
        assert "没有符合条件的记录" in (await desk.get("/audit/sign-ins?until=2020-01-01")).text
        for person in (town[Role.TOWN_OFFICE], await administrator(sessions, Role.SECURITY_ADMINISTRATOR)):
            async with browser(app, person) as other:
                assert (await other.get("/audit/sign-ins")).status_code == 403


async def test_the_command_line_sets_up_a_town_from_nothing(settings: Settings, sessions: OneConnection) -> None:
    """District, town, department, member, administrator and password without a single request."""
    master: MasterKey = master_of(settings)
    async with operator_work(sessions, login=Login.PLATFORM) as work:
        district = await townships.create_district(work, code="500199", name="示例区", slug="shiliqu")
        town = await townships.create_township(
            work, district_id=district.id, code="500199101", name="示例镇", slug="shili"
        )
    async with operator_work(sessions, tenant_id=town.id) as work:
        department = await members.add_department(work, name="应急办", kind="office")
        facts = members.MemberFacts(name="示例主任", role=Role.TOWN_OFFICE, department_id=department.id)
        await members.add_member(work, facts, login="zhuren", master=master)
        await accounts.set_password(work, login="Zhuren", password=PASSWORD)
        with pytest.raises(NotFound):
            await accounts.set_password(work, login="nobody", password=PASSWORD)
        with pytest.raises(BadInput):
            await accounts.set_password(work, login="zhuren", password="short")
    async with running(settings, sessions) as app, browser(app) as door:
        assert (await sign_in(door, "zhuren")).status_code == 303
        assert "示例主任" in words_of(await door.get("/members"))


async def test_an_administrator_sees_no_business_rows(database: Database, everything: AsyncEngine) -> None:
    """On the real login every tenant table is refused or empty for each of the three, whatever a town has written."""
    async with AsyncSession(everything, expire_on_commit=False) as session:
        town: Town = await a_town(session)
        people = [await an_administrator(session, role) for role in sorted(PLATFORM_ROLES)]
        await session.commit()
    async with open_work(database, town[Role.TOWN_OFFICE], town[Role.TOWN_OFFICE].rights) as work:
        work.record("town:worked", await work.get(members.Member, town[Role.TOWN_OFFICE].member_id))
    tables = [mapper.class_ for mapper in TenantTable.registry.mappers if issubclass(mapper.class_, TenantTable)]
    assert await rows_seen(database, town[Role.TOWN_OFFICE], members.Member) == 5
    assert len(tables) > 10
    for person in people:
        seen = [table.__tablename__ for table in tables if await rows_seen(database, person, table)]
        assert seen == []


async def rows_seen(database: Database, person: Any, table: Any) -> int:
    """How many rows of a table somebody's own login shows; a table that it may not even ask shows none."""
    with contextlib.suppress(ProgrammingError):
        async with open_work(database, person, person.rights) as work:
            return len(await work.all(select(table)))
    return 0


async def test_granting_to_oneself_is_not_possible(settings: Settings, sessions: OneConnection) -> None:
    """The security administrator cannot become a town's office."""
    town = await town_of(sessions)
    security = await administrator(sessions, Role.SECURITY_ADMINISTRATOR)
    async with accounts.within(sessions, security, town.id) as work:
        with pytest.raises(members.OneAdministrator):
            await accounts.grant(
                work, login=security.person, name=security.person, role=Role.TOWN_OFFICE, master=master_of(settings)
            )
    async with sessions.session(None, Scope()) as session:
        assert (await session.get_one(User, security.user_id)).state == "active"
