"""Programs look after people, accounts and places as the pages do: the same rights, the same refusals, no secret in a list."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from litestar import Litestar
from sqlalchemy import select

from services.kernel.database import Scope
from services.kernel.settings import Settings
from services.kernel.trail import AuditEntry
from services.tenancy.roles import Role
from services.tenancy.signing_in.person import Person
from services.tenancy.townships.models import PLATFORM_TENANT
from tests.conftest import OneConnection
from tests.factories import Town, a_town, an_administrator, an_overseer
from tests.tenancy.doors import town_of, user_called
from tests.web import Browser, browser, running

pytestmark = pytest.mark.anyio
PEOPLE, DEPARTMENTS = "/api/v1/members", "/api/v1/departments"
ACCOUNTS, PLACES = "/api/v1/accounts", "/api/v1/townships"
PHONE, MASKED = "13812345678", "138****5678"
NOWHERE = "01900000-0000-7000-8000-000000000000"
SECRETS = ("password", "hash", "totp", "activation", "secret", "code", PHONE)


@pytest.fixture
async def app(settings: Settings, sessions: OneConnection) -> AsyncIterator[Litestar]:
    """The application, started."""
    async with running(settings, sessions) as app:
        yield app


@pytest.fixture
async def town(sessions: OneConnection) -> Town:
    """The town."""
    return await town_of(sessions)


async def administrator(sessions: OneConnection, role: Role) -> Person:
    """One of the platform's three."""
    async with sessions.session(None, Scope()) as session:
        person = await an_administrator(session, role)
        await session.commit()
    return person


async def call(page: Browser, method: str, path: str, **options: Any) -> Any:
    """The answer of a call that went well."""
    answer = await page.send(method, path, **options)
    assert answer.is_success, answer.text
    return answer.json()


async def put(page: Browser, path: str, read: int | None, body: dict[str, Any]) -> Any:
    """Write a thing of which version `read` was read."""
    headers = await page._token() | ({"if-match": f'"{read}"'} if read is not None else {})
    return await page.client.put(path, json=body, headers=headers)


def inspector(town: Town, **more: Any) -> dict[str, Any]:
    """An inspector of the sector department, as a program sends one."""
    return {
        "name": "示例新人",
        "login": "shili.xinren",
        "role": "sector_department",
        "department_id": str(town.departments["sector"]),
        "phone": "138 1234 5678",
        **more,
    }


async def acts(sessions: OneConnection) -> list[str]:
    """What the trail keeps, in order."""
    async with sessions.session(None, Scope()) as session:
        return list(await session.scalars(select(AuditEntry.act).order_by(AuditEntry.id)))


async def test_the_office_adds_a_person_who_is_found_and_can_come_in(app: Litestar, town: Town) -> None:
    """The code comes once with the answer; the person is found by name, number, role and department, and by no other."""
    async with browser(app, town[Role.TOWN_OFFICE]) as office:
        added = await call(office, "POST", PEOPLE, json=inspector(town))
        assert (added["member"]["phone"], added["activation"]["login"]) == (MASKED, "shili.xinren")
        assert (added["member"]["department"], added["member"]["state"]) == ("经济发展办", "active")
        sector = town.departments["sector"]
        for found, asked in (
            (True, "q=示例新人"),
            (True, f"q={PHONE}"),
            (True, f"role=sector_department&department={sector}"),
            (False, "q=13900000000"),
            (False, "role=town_office"),
            (False, f"department={town.departments['office']}"),
            (False, "certificate=valid"),
            (False, "state=left"),
            (False, "cursor=ffffffff-ffff-7fff-bfff-ffffffffffff"),
        ):
            listed = await call(office, "GET", f"{PEOPLE}?{asked}")
            assert (added["member"]["id"] in [row["id"] for row in listed["items"]]) is found, asked
        assert (await call(office, "GET", f"{PEOPLE}?role=sector_department"))["total"] == 2
    assert (await user_called(app.state.sessions, "shili.xinren")).state == "invited"


async def test_the_office_changes_a_person_and_sees_one_out(app: Litestar, town: Town, sessions: OneConnection) -> None:
    """The version that was read is asked for; who left is listed as such; each look at a number is recorded."""
    async with browser(app, town[Role.TOWN_OFFICE]) as office:
        added = (await call(office, "POST", PEOPLE, json=inspector(town)))["member"]
        here = f"{PEOPLE}/{added['id']}"
        body = inspector(town, post="副主任", phone=None)
        del body["login"]
        owed, old = await put(office, here, None, body), await put(office, here, added["version"] - 1, body)
        assert (owed.status_code, owed.json()["errors"].keys()) == (428, {"If-Match"})
        assert (old.status_code, old.json()["type"]) == (412, "/problems/stale")
        changed = await put(office, here, added["version"], body)
        assert (changed.status_code, changed.json()["post"], changed.json()["phone"]) == (200, "副主任", MASKED)
        assert changed.headers["etag"].startswith(f'"{added["version"] + 1}-')
        assert changed.headers["etag"] == (await office.get(here)).headers["etag"]
        safety = body | {"role": "safety_officer"}
        assert (await put(office, here, added["version"] + 1, safety)).json()["errors"] == {"role": "请选择岗位"}
        assert (await call(office, "POST", f"{here}/reveal")) == {"phone": PHONE}
        assert (await call(office, "POST", f"{here}/activation"))["login"] == "shili.xinren"
        assert (await call(office, "POST", f"{here}/leave"))["state"] == "left"
        assert (await office.send("POST", f"{here}/leave")).status_code == 409
        assert added["id"] in [row["id"] for row in (await call(office, "GET", f"{PEOPLE}?state=left"))["items"]]
        assert added["id"] not in [row["id"] for row in (await call(office, "GET", PEOPLE))["items"]]
    kept = ["member:added", "member:changed", "member:phone_revealed", "member:activation_issued", "member:left"]
    assert [act for act in await acts(sessions) if act.startswith("member:")] == kept


async def test_an_enterprise_person_belongs_to_an_enterprise_of_this_town(
    app: Litestar, town: Town, sessions: OneConnection
) -> None:
    """The neighbour's enterprise is as unknown as one that does not exist."""
    other = await town_of(sessions, "邻镇")
    officer = {"name": "示例安全员", "login": "shili.anquan", "role": "safety_officer"}
    async with browser(app, town[Role.TOWN_OFFICE]) as office:
        for wrong in (str(other.enterprises[0]), NOWHERE, None):
            answer = await office.send("POST", PEOPLE, json=officer | {"enterprise_id": wrong})
            assert (answer.status_code, answer.json()["errors"].keys()) == (422, {"enterprise_id"})
        own = str(town.enterprises[0])
        added = await call(office, "POST", PEOPLE, json=officer | {"enterprise_id": own})
        assert (added["member"]["enterprise_id"], added["member"]["department"]) == (own, None)


async def test_the_neighbour_towns_people_and_departments_are_not_found(
    app: Litestar, town: Town, sessions: OneConnection
) -> None:
    """Read, changed, shown, sent away or ended: 404 each time, and in no list."""
    other = await town_of(sessions, "邻镇")
    stranger, department = other[Role.SECTOR_DEPARTMENT].member_id, other.departments["sector"]
    async with browser(app, town[Role.TOWN_OFFICE]) as office:
        for act in ("leave", "reveal", "activation"):
            assert (await office.send("POST", f"{PEOPLE}/{stranger}/{act}")).status_code == 404, act
        assert (await office.send("GET", f"{PEOPLE}/{stranger}")).status_code == 404
        assert (await put(office, f"{PEOPLE}/{stranger}", 1, inspector(town))).status_code == 404
        assert (await office.send("GET", f"{DEPARTMENTS}/{department}")).status_code == 404
        assert (await put(office, f"{DEPARTMENTS}/{department}", 1, {"name": "x"})).status_code == 404
        assert (await office.send("POST", f"{DEPARTMENTS}/{department}/end")).status_code == 404
        people = {row["id"] for row in (await call(office, "GET", PEOPLE))["items"]}
        assert str(town[Role.SECTOR_DEPARTMENT].member_id) in people
        assert str(stranger) not in people
        listed = {row["id"] for row in await call(office, "GET", DEPARTMENTS)}
        assert listed == {str(own) for own in town.departments.values()}


async def test_a_department_reads_the_ledger_and_writes_nothing(app: Litestar, town: Town) -> None:
    """403 as a problem in Chinese; an enterprise does not even read."""
    own = f"{PEOPLE}/{town[Role.SECTOR_DEPARTMENT].member_id}"
    async with browser(app, town[Role.SECTOR_DEPARTMENT]) as sector:
        assert (await call(sector, "GET", PEOPLE))["total"] == 5
        assert len(await call(sector, "GET", DEPARTMENTS)) == 3
        refused = await sector.send("POST", PEOPLE, json=inspector(town))
        assert (refused.status_code, refused.json()["type"], refused.json()["title"]) == (
            403,
            "/problems/forbidden",
            "没有权限",
        )
        for method, path in (("GET", own), ("PUT", own), ("POST", f"{own}/reveal"), ("POST", DEPARTMENTS)):
            assert (await sector.send(method, path, json={})).status_code == 403, path
        for path in (ACCOUNTS, PLACES):
            assert (await sector.send("GET", path)).status_code == 403
    async with browser(app, town[Role.SAFETY_OFFICER]) as enterprise:
        assert (await enterprise.send("GET", PEOPLE)).status_code == 403


async def test_bad_input_is_a_problem_with_a_sentence_per_field(app: Litestar, town: Town) -> None:
    """RFC 9457 with `errors`; whatever is sent, nothing breaks and nobody is added."""
    async with browser(app, town[Role.TOWN_OFFICE]) as office:
        wrong = await office.send("POST", PEOPLE, json=inspector(town, name=" ", phone="12", email="x"))
        assert (wrong.status_code, wrong.headers["content-type"]) == (422, "application/problem+json")
        assert wrong.json()["errors"].keys() == {"name", "phone", "email"}
        assert wrong.json()["title"] == "有几处需要改一下"
        for field, value in (
            ("role", "platform_operator"),
            ("role", "district_overseer"),
            ("role", ""),
            ("login", "a b"),
            ("login", "\0"),
            ("department_id", NOWHERE),
            ("department_id", None),
            ("certificate_to", "2030-01-01"),
        ):
            answer = await office.send("POST", PEOPLE, json=inspector(town, **{field: value}))
            assert answer.status_code == 422, (field, value)
            assert answer.json()["errors"].keys() <= {field, "certificate_no"}, (field, value)
        bodies: list[Any] = [{}, [], {"certificate_to": "明天"}, {"department_id": "x"}, {"name": 1}]
        for body in bodies:
            assert (await office.send("POST", PEOPLE, json=body)).status_code in {400, 422}, body
        for asked in ("limit=0", "limit=201", "cursor=x", "role=x", "state=x", "certificate=x", "department=x"):
            assert (await office.send("GET", f"{PEOPLE}?{asked}")).status_code == 400, asked
        assert (await call(office, "GET", f"{PEOPLE}?q=%00%25_'"))["items"] == []
        assert (await call(office, "GET", PEOPLE))["total"] == 5
        kept = await call(office, "POST", PEOPLE, json=inspector(town, name="示例\0新人", post="职\0务"))
        assert (kept["member"]["name"], kept["member"]["post"]) == ("示例新人", "职务")


async def test_the_office_looks_after_its_departments(app: Litestar, town: Town) -> None:
    """Added, renamed and ended; one with people stays, and an ended one is listed only where asked for."""
    async with browser(app, town[Role.TOWN_OFFICE]) as office:
        new = {"name": "示例商务办", "kind": "sector", "sectors": ["商贸"], "aliases": ["商务局、商办"]}
        wrong = await office.send("POST", DEPARTMENTS, json=new | {"name": "", "sectors": ["航天"], "kind": "x"})
        assert (wrong.status_code, wrong.json()["errors"].keys()) == (422, {"name", "sectors", "kind"})
        made = await call(office, "POST", DEPARTMENTS, json=new)
        assert (made["aliases"], made["people"]) == (["商务局", "商办"], 0)
        here = f"{DEPARTMENTS}/{made['id']}"
        renamed = await put(office, here, made["version"], {"name": "示例经贸办", "sectors": ["商贸", "轻工"]})
        assert (renamed.status_code, renamed.json()["name"]) == (200, "示例经贸办")
        assert (await put(office, here, made["version"], {"name": "示例又改"})).status_code == 412
        assert (await office.send("POST", f"{DEPARTMENTS}/{town.departments['sector']}/end")).status_code == 409
        assert (await call(office, "POST", f"{here}/end"))["ended_on"] is not None
        assert made["id"] not in [row["id"] for row in await call(office, "GET", DEPARTMENTS)]
        ended = await call(office, "GET", f"{DEPARTMENTS}?with_ended=true")
        assert ended[-1]["id"] == made["id"]
        assert {row["name"]: row["people"] for row in ended} == {
            "镇领导": 1,
            "应急办": 1,
            "经济发展办": 1,
            "示例经贸办": 0,
        }


async def test_the_security_administrator_grants_and_looks_after_an_account(
    app: Litestar, town: Town, sessions: OneConnection
) -> None:
    """Granted in a town, given a new code, its second factor reset, locked and unlocked; but never the own one."""
    security = await administrator(sessions, Role.SECURITY_ADMINISTRATOR)
    async with browser(app, security) as desk:
        new = {
            "tenant_id": str(town.id),
            "role": "town_office",
            "login": "Shili.Ban",
            "name": "示例主任",
            "phone": PHONE,
        }
        assert (await desk.send("POST", ACCOUNTS, json={})).json()["errors"].keys() == {"role", "tenant_id"}
        for role in ("sector_department", "security_administrator", "platform_operator"):
            answer = await desk.send("POST", ACCOUNTS, json=new | {"role": role})
            assert (answer.status_code, answer.json()["errors"].keys()) == (422, {"role"}), role
        assert (await desk.send("POST", ACCOUNTS, json=new | {"login": "\0"})).status_code == 422
        for nowhere in (NOWHERE, str(PLATFORM_TENANT)):
            assert (await desk.send("POST", ACCOUNTS, json=new | {"tenant_id": nowhere})).status_code == 404
        granted = await call(desk, "POST", ACCOUNTS, json=new)
        assert granted["activation"]["login"] == granted["login"] == "shili.ban"
        here = f"{ACCOUNTS}/{granted['id']}"
        assert (await call(desk, "GET", here))["places"] == [{"place": "示例镇", "role": "town_office"}]
        assert (await call(desk, "POST", f"{here}/activation"))["code"] != granted["activation"]["code"]
        assert (await call(desk, "POST", f"{here}/second-factor/reset"))["has_second_factor"] is False
        assert (await call(desk, "POST", f"{here}/lock"))["state"] == "locked"
        found = await call(desk, "GET", f"{ACCOUNTS}?state=locked&role=town_office&tenant={town.id}&q=SHILI")
        assert [row["id"] for row in found["items"]] == [granted["id"]]
        assert (await call(desk, "POST", f"{here}/unlock"))["state"] == "invited"
        assert (await call(desk, "GET", f"{ACCOUNTS}?state=locked"))["total"] == 0
        for act in ("lock", "activation", "second-factor/reset"):
            assert (await desk.send("POST", f"{ACCOUNTS}/{security.user_id}/{act}")).status_code == 409, act
            assert (await desk.send("POST", f"{ACCOUNTS}/{NOWHERE}/{act}")).status_code == 404, act
        assert (await desk.send("GET", PEOPLE)).status_code == 403
    kept = ["account:activation_issued", "account:second_factor_reset", "account:locked", "account:unlocked"]
    assert [act for act in await acts(sessions) if act.startswith("account:")] == kept


async def test_a_locked_account_is_out_at_once(app: Litestar, town: Town, sessions: OneConnection) -> None:
    """The leader's very next request finds the door."""
    security, leader = await administrator(sessions, Role.SECURITY_ADMINISTRATOR), town[Role.TOWN_LEADER]
    async with browser(app, security) as desk, browser(app, leader) as theirs:
        assert (await theirs.send("GET", PEOPLE)).status_code == 200
        await call(desk, "POST", f"{ACCOUNTS}/{leader.user_id}/lock")
        assert (await theirs.send("GET", PEOPLE)).status_code == 401


async def test_the_operator_makes_a_township_and_closes_it_for_a_while(app: Litestar, sessions: OneConnection) -> None:
    """A district and its township; codes and addresses are checked; the trail keeps each act once."""
    operator = await administrator(sessions, Role.PLATFORM_OPERATOR)
    async with browser(app, operator) as desk:
        district = await call(
            desk,
            "POST",
            PLACES,
            json={
                "kind": "district",
                "name": "示例区",
                "code": "500199",
                "slug": "shiliqu",
                "full_name": "示例市示例区",
            },
        )
        new = {"district_id": district["id"], "name": "示例镇", "code": "500199101", "slug": "shili"}
        for field, value in (
            ("code", "500102101"),
            ("code", "50019910"),
            ("slug", "示例"),
            ("slug", "shiliqu"),
            ("name", "\0"),
            ("full_name", "长" * 101),
            ("district_id", None),
        ):
            answer = await desk.send("POST", PLACES, json=new | {field: value})
            assert (answer.status_code, answer.json()["errors"].keys()) == (422, {field}), (field, value)
        assert (await desk.send("POST", PLACES, json=new | {"district_id": NOWHERE})).status_code == 404
        assert (await desk.send("POST", PLACES, json=new | {"kind": "platform"})).status_code == 400
        made = await call(desk, "POST", PLACES, json=new | {"full_name": "示例市\0示例区示例镇"})
        assert (made["full_name"], made["state"]) == ("示例市示例区示例镇", "active")
        here = f"{PLACES}/{made['id']}"
        assert (await call(desk, "POST", f"{here}/suspend"))["state"] == "suspended"
        assert (await call(desk, "GET", here))["state"] == "suspended"
        assert (await call(desk, "POST", f"{here}/resume"))["state"] == "active"
        assert (await desk.send("POST", f"{PLACES}/{PLATFORM_TENANT}/suspend")).status_code == 404
        assert (await desk.send("GET", ACCOUNTS)).status_code == 403
        listed = await call(desk, "GET", PLACES)
        assert (listed["districts"][-1], listed["townships"][-1]["id"]) == (district, made["id"])
    kept = ["district:created", "township:created", "township:suspended", "township:resumed"]
    assert [act for act in await acts(sessions) if act.split(":")[0] in {"district", "township"}] == kept


async def test_the_district_reads_its_own_places_and_makes_none(app: Litestar, sessions: OneConnection) -> None:
    """Another district's towns are not in its directory."""
    async with sessions.session(None, Scope()) as session:
        own, other = await a_town(session), await a_town(session, "邻区示例镇")
        overseer = await an_overseer(session, own.district_id, (own.id,))
        await session.commit()
    async with browser(app, overseer) as district:
        listed = await call(district, "GET", PLACES)
        assert [row["id"] for row in listed["districts"]] == [str(own.district_id)]
        assert [row["id"] for row in listed["townships"]] == [str(own.id)]
        assert (await district.send("POST", PLACES, json={})).status_code == 403
        assert (await district.send("POST", f"{PLACES}/{other.id}/suspend")).status_code == 403


async def test_nobody_gets_a_secret_in_a_list(app: Litestar, town: Town, sessions: OneConnection) -> None:
    """Neither numbers in full nor codes, hashes or keys; a program learns the masked number and no more."""
    security = await administrator(sessions, Role.SECURITY_ADMINISTRATOR)
    async with browser(app, town[Role.TOWN_OFFICE]) as office, browser(app, security) as desk:
        added = await call(office, "POST", PEOPLE, json=inspector(town))
        code = added["activation"]["code"]
        for page, path in (
            (office, PEOPLE),
            (office, f"{PEOPLE}?q={PHONE}"),
            (office, f"{PEOPLE}/{added['member']['id']}"),
            (office, DEPARTMENTS),
            (desk, ACCOUNTS),
            (desk, f"{ACCOUNTS}?q=shili.xinren"),
        ):
            text = (await page.get(path)).text
            assert not [word for word in (*SECRETS, code) if word in text], path
        assert MASKED in (await office.get(PEOPLE)).text
