"""The office keeps the record of an enterprise on its pages; the enterprise proposes, the office decides, others look on."""

import re
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from litestar import Litestar
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from services.kernel.keys import master_key
from services.kernel.settings import Settings
from services.kernel.table import Login
from services.kernel.trail import AuditEntry
from services.kernel.work import open_work
from services.supervision import people, registry
from services.supervision.changes.jobs import tell_asker, tell_office
from services.supervision.changes.models import ChangeRequest
from services.supervision.people.models import EnterprisePerson
from services.supervision.registry import Enterprise
from services.tenancy.roles import Role
from services.tenancy.tenant_keys import keys_of
from tests.conftest import OneConnection
from tests.factories import a_town, an_enterprise, an_overseer
from tests.supervision.registry.office import CODE, WRITTEN
from tests.supervision.year import NOW, Year, a_year
from tests.web import Browser, browser, running, words_of

pytestmark = pytest.mark.anyio
TODAY = NOW.date()
FORM: dict[str, Any] = {**WRITTEN, "valid_from": "2026-01-05", "industry_code": "3031"}


@pytest.fixture
async def year(sessions: OneConnection) -> Year:
    """A town in the middle of its year."""
    return await a_year(sessions)


@pytest.fixture
async def app(settings: Settings, year: Year, clock_file: Path) -> AsyncIterator[Litestar]:
    """The application on the morning of 6 March 2026, in a town that has keys."""
    clock_file.write_text(str((NOW - datetime.now(UTC)).total_seconds()), encoding="ascii")
    async with year.sessions.session(Login.IDENTITY, year.town[Role.TOWN_OFFICE].scope) as session:
        await keys_of(session, year.town.id, master=master_key(settings.home, settings.master_key_file), make_at=NOW)
        await session.commit()
    async with running(settings, year.sessions) as app:
        yield app


async def a_registered(office: Browser, **facts: Any) -> str:
    """The address of an enterprise that the office has registered."""
    answer = await office.post("/enterprises/new", {**FORM, **facts})
    assert answer.status_code == 303, words_of(answer)
    return answer.headers["location"].split("?")[0]


def hidden(page: str) -> dict[str, str]:
    """What the form of a confirmation carries on."""
    return dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', page))


async def test_an_enterprise_is_registered_and_nothing_typed_is_lost(app: Litestar, year: Year) -> None:
    """What cannot be accepted stands beside its field, the rest stays; a namesake is asked about once (A182)."""
    async with browser(app, year.town[Role.TOWN_OFFICE]) as office:
        assert (await office.get("/enterprises/new")).status_code == 200
        wrong = await office.post("/enterprises/new", {**FORM, "credit_code": "91500102MA5ABC0I6J", "tags": ["dust"]})
        assert wrong.status_code == 422
        assert "请核对是否应为" in wrong.text
        assert 'value="示例纸箱厂"' in wrong.text
        assert re.search(r'value="dust" checked', wrong.text)
        assert 'value="[]"' not in wrong.text
        address = await a_registered(office, tags=["dust"])
        taken = await office.post("/enterprises/new", {**FORM, "name": "另一家"})
        assert (taken.status_code, "已有企业使用这个信用代码" in taken.text) == (422, True)
        namesake = {**FORM, "credit_code": "", "no_code_reason": "正在办理"}
        assert "同名企业" in (await office.post("/enterprises/new", namesake)).text
        assert (await office.post("/enterprises/new", {**namesake, "same_name": "true"})).status_code == 303
        told = words_of(await office.get(address))
    assert "建材行业" in told
    assert "粉尘涉爆" in told
    assert "还没有填写涉爆粉尘作业人数" in told


async def test_a_change_is_compared_before_it_is_saved_and_the_past_stays_as_it_was(app: Litestar, year: Year) -> None:
    """Before and after are shown, going back loses nothing, and the page can be asked for a past day."""
    async with browser(app, year.town[Role.TOWN_OFFICE]) as office:
        address = await a_registered(office)
        changed = {**FORM, "headcount_temporary": "5", "valid_from": "2026-02-15", "step": "check"}
        seen = hidden((await office.get(f"{address}/change")).text)
        shown = await office.post(f"{address}/change", {**changed, "version": seen["version"]})
        assert re.search(r"从业人员（人） 100 人 101 人", words_of(shown))
        carried = hidden(shown.text)
        back = await office.post(f"{address}/change", {**carried, "step": "edit"})
        assert 'value="2026-02-15"' in back.text
        assert (await office.post(f"{address}/change", {**carried, "step": "save"})).status_code == 303
        assert (await office.post(f"{address}/change", {**carried, "step": "save"})).status_code == 409
        assert "101 人" in words_of(await office.get(address))
        past = words_of(await office.get(f"{address}?on=2026-02-14"))
        assert "按 2026年2月14日 的情况" in past
        assert "100 人" in past
        assert "档案从 2026年1月5日 开始" in words_of(await office.get(f"{address}?on=2026-01-04"))
        assert (await office.get(f"{address}?on=never")).status_code == 200
        same = await office.post(f"{address}/change", {**changed, "version": "9"})
        assert "enterprise-same" in same.headers["location"]


async def test_an_enterprise_leaves_with_a_day_and_a_reason(app: Litestar, year: Year) -> None:
    """Then it is no longer in the ledger, and its record can still be read."""
    async with browser(app, year.town[Role.TOWN_OFFICE]) as office:
        address = await a_registered(office)
        version = hidden((await office.get(f"{address}/leave")).text)["version"]
        refused = await office.post(
            f"{address}/leave", {"left_on": "2026-03-01", "left_reason": "", "version": version}
        )
        assert (refused.status_code, "请写明迁出或注销的原因" in refused.text) == (422, True)
        left = {"left_on": "2026-03-01", "left_reason": "迁往李渡街道", "version": version}
        assert (await office.post(f"{address}/leave", left)).status_code == 303
        assert "示例纸箱厂" not in words_of(await office.get("/enterprises"))
        assert "已注销或迁出" in words_of(await office.get(address))
        assert "已注销或迁出" not in words_of(await office.get(f"{address}?on=2026-02-28"))


async def test_people_are_masked_found_by_exact_words_and_revealed_with_a_reason(app: Litestar, year: Year) -> None:
    """Nobody reads a name or number on a page or in a dump; who looks says why."""
    person = {"post": "legal_representative", "name": "高示例", "phone": "154 0000 0001", "id_number": "11010519491231002X", "from_on": "2026-01-05"}  # fmt: skip
    async with browser(app, year.town[Role.TOWN_OFFICE]) as office:
        address = await a_registered(office)
        refused = await office.post(f"{address}/people/new", {**person, "id_number": "110105194912310021"})
        assert (refused.status_code, "校验位不符" in refused.text) == (422, True)
        assert (await office.post(f"{address}/people/new", person)).status_code == 303
        assert "请用“交接”办理" in (await office.post(f"{address}/people/new", {**person, "name": "别人"})).text
        told = words_of(await office.get(address))
        assert "高**" in told
        assert "154****0001" in told
        assert "高示例" not in told
        for asked in ("高示例", "15400000001", "11010519491231002x"):
            assert "高**" in words_of(await office.get("/enterprises/people", params={"q": asked}))
        assert "没有找到" in words_of(await office.get("/enterprises/people", params={"q": "高示"}))
        async with year.everything() as session:
            row = (await session.scalars(select(EnterprisePerson))).one()
        assert "高示例".encode() not in row.name
        assert "请写明查看原因" in (await office.post(f"/enterprises/people/{row.id}/reveal", {"reason": " "})).text
        assert "高示例" in (await office.post(f"/enterprises/people/{row.id}/reveal", {"reason": "电话核实"})).text
        shown = await office.get(f"/enterprises/people/{row.id}")
        assert "高示例" not in shown.text
        kept = {"act": "change", "version": row.version, "from_on": "2026-01-06"}
        assert (await office.post(f"/enterprises/people/{row.id}", kept)).status_code == 303
        assert "高示例" in (await office.post(f"/enterprises/people/{row.id}/reveal", {"reason": "再核实"})).text
    async with year.everything() as session:
        acts = select(AuditEntry).where(AuditEntry.act == "enterprise_person:revealed").order_by(AuditEntry.id)
        revealed = (await session.scalars(acts)).all()[0]
    assert (revealed.detail["reason"], revealed.enterprise_id) == ("电话核实", row.enterprise_id)


async def test_a_post_is_handed_over_without_a_day_between(app: Litestar, year: Year) -> None:
    """The old one until the day before, the new one from the day on; a certificate's days follow from its issue (A170)."""
    async with browser(app, year.town[Role.TOWN_OFFICE]) as office:
        address = await a_registered(office)
        welder = {"post": "special_operator", "name": "甲示例", "from_on": "2026-01-05", "certificate_kind": "焊接与热切割", "certificate_issued_on": "2018-07-01"}  # fmt: skip
        await office.post(f"{address}/people/new", welder)
        async with year.everything() as session:
            row = (await session.scalars(select(EnterprisePerson))).one()
        days = (row.certificate_review_due, row.certificate_expires_on)
        assert [str(day) for day in days] == ["2021-07-01", "2024-07-01"]
        given = {"act": "hand_over", "version": row.version, "name": "乙示例", "from_on": "2026-03-01", "certificate_kind": "焊接与热切割", "certificate_issued_on": "2025-07-01"}  # fmt: skip
        assert (await office.post(f"/enterprises/people/{row.id}", given)).status_code == 303
        for day, name in (("2026-02-28", "甲**"), ("2026-03-01", "乙**")):
            assert f"特种作业人员 {name}" in words_of(await office.get(f"{address}?on={day}"))


async def test_sites_are_added_changed_and_closed(app: Litestar, year: Year) -> None:
    """A place that is closed is still told of the days before."""
    site = {
        "name": "二号车间",
        "use": "生产",
        "village": "500102119202",
        "address": "示例路9号",
        "opened_on": "2026-02-01",
    }
    async with browser(app, year.town[Role.TOWN_OFFICE]) as office:
        address = await a_registered(office)
        assert (await office.post(f"{address}/sites/new", {**site, "latitude": "29.8"})).status_code == 422
        assert (await office.post(f"{address}/sites/new", site)).status_code == 303
        found = re.search(r"/enterprises/sites/[0-9a-f-]{36}", (await office.get(address)).text)
        assert found
        version = hidden((await office.get(found[0])).text)["version"]
        assert (await office.post(found[0], {**site, "name": "三号车间", "version": version})).status_code == 303
        version = hidden((await office.get(found[0])).text)["version"]
        assert (
            await office.post(found[0], {"act": "close", "closed_on": "2026-03-01", "version": version})
        ).status_code == 303
        assert "三号车间（生产）" not in words_of(await office.get(address))
        assert "三号车间 （生产）" in words_of(await office.get(f"{address}?on=2026-03-01")).replace(
            "车间（", "车间 （"
        )


async def test_an_enterprise_proposes_and_the_office_decides(app: Litestar, year: Year) -> None:
    """Both see before and after; the registry changes with the approval and not before, and both are told."""
    enterprise_id = year.town.enterprises[0]
    async with year.everything() as session:
        known = await session.get(Enterprise, (year.town.id, enterprise_id))
        assert known
    form = {"valid_from": "2026-03-01", "headcount_own": "101", "ownership": "民营", "village_code": known.village_code,
            "address": known.address, "industry_code": known.industry_code, "production_state": "正常", "size": "小"}  # fmt: skip
    async with browser(app, year.town[Role.SAFETY_OFFICER]) as officer:
        assert "申请变更" in words_of(await officer.get(f"/enterprises/{enterprise_id}"))
        assert (await officer.get("/enterprises/changes/new")).status_code == 200
        unsaid = await officer.post("/enterprises/changes/new", form)
        assert (unsaid.status_code, "请写明变更的原因" in unsaid.text) == (422, True)
        same = await officer.post("/enterprises/changes/new", {**form, "headcount_own": "60", "reason": "没有变化"})
        assert "没有需要变更的地方" in same.text
        asked = await officer.post("/enterprises/changes/new", {**form, "credit_class": "A", "reason": "新招 41 人"})
        assert asked.status_code == 303
        assert (
            await officer.post("/enterprises/changes/new", {**form, "headcount_own": "102", "reason": "再招"})
        ).status_code == 409
    address = asked.headers["location"].split("?")[0]
    async with browser(app, year.town[Role.TOWN_OFFICE]) as office:
        assert "申请变更档案" in words_of(await office.get("/"))
        shown = await office.get(address)
        assert "自有人员（人） 60 人 101 人" in words_of(shown)
        assert "信用类别" not in words_of(shown)
        version = hidden(shown.text)["version"]
        assert (await office.post(f"{address}/refuse", {"version": version, "note": ""})).status_code == 422
        assert (await office.post(f"{address}/approve", {"version": version})).status_code == 303
        assert (await office.post(f"{address}/approve", {"version": version})).status_code == 409
    async with year.as_(Role.TOWN_OFFICE) as work:
        assert (await registry.as_of(work, enterprise_id, TODAY))["headcount"] == 101
        assert (await registry.as_of(work, enterprise_id, TODAY - timedelta(days=6)))["headcount"] == 60
        row = (await work.all(select(ChangeRequest)))[0]
    async with year.as_system() as work:
        await tell_office(work, row.id)
        await tell_asker(work, row.id)
    for role, words in ((Role.TOWN_OFFICE, "企业变更申请"), (Role.SAFETY_OFFICER, "变更申请已同意")):
        async with browser(app, year.town[role]) as reader:
            assert words in words_of(await reader.get("/messages"))


async def test_a_proposal_is_withdrawn_or_refused_with_a_reason_and_not_overtaken(app: Litestar, year: Year) -> None:
    """What the office changed meanwhile is not silently overwritten."""
    enterprise_id = year.town.enterprises[0]
    async with browser(app, year.town[Role.LEGAL_REPRESENTATIVE]) as legal:
        form = dict(
            re.findall(r'name="(\w+)"[^>]* value="([^"]*)"', (await legal.get("/enterprises/changes/new")).text)
        )
        form |= {
            "ownership": "民营",
            "production_state": "停产",
            "size": "小",
            "reason": "检修",
            "valid_from": "2026-03-06",
        }
        form = {
            name: value
            for name, value in form.items()
            if name not in {"_csrf_token", "tags", "circumstances", "has_safety_office"}
        }
        first = (await legal.post("/enterprises/changes/new", form)).headers["location"].split("?")[0]
        assert (await legal.post(f"{first}/withdraw")).status_code == 303
        second = (await legal.post("/enterprises/changes/new", form)).headers["location"].split("?")[0]
    async with year.as_(Role.TOWN_OFFICE) as work:
        changes: dict[str, Any] = {"production_state": "半停产", "credit_code": CODE}
        await registry.change(work, enterprise_id, changes, valid_from=TODAY, source="office", note="", version=None)
    async with browser(app, year.town[Role.TOWN_OFFICE]) as office:
        version = hidden((await office.get(second)).text)["version"]
        overtaken = await office.post(f"{second}/approve", {"version": version})
        assert (overtaken.status_code, "档案又改过" in overtaken.text) == (409, True)
        assert (await office.post(f"{second}/refuse", {"version": version, "note": "请重新填报"})).status_code == 303
    async with browser(app, year.town[Role.LEGAL_REPRESENTATIVE]) as legal:
        assert "请重新填报" in words_of(await legal.get(second))


async def test_others_look_on_or_stay_outside(app: Litestar, year: Year) -> None:
    """Departments read their sectors, enterprises themselves, the next town nothing (A183)."""
    async with year.everything() as session:
        textile = await an_enterprise(session, year.town, name="示例纺织厂", sector="纺织")
        neighbour = await a_town(session, "邻镇", district_id=year.town.district_id)
        code = {"credit_code": CODE, "no_code_reason": None}
        await an_enterprise(session, year.town, name="两镇示例厂", **code)
        await an_enterprise(session, neighbour, name="两镇示例厂邻镇分厂", **code)
        overseer = await an_overseer(session, year.town.district_id, (year.town.id, neighbour.id))
    brick, other = year.town.enterprises
    async with browser(app, year.town[Role.SECTOR_DEPARTMENT]) as department:
        assert (await department.get(f"/enterprises/{brick}")).status_code == 200
        assert (await department.get(f"/enterprises/{textile.id}")).status_code == 404
        assert (await department.get(f"/enterprises/{brick}/change")).status_code == 403
    async with browser(app, year.town[Role.SAFETY_OFFICER]) as officer:
        assert (await officer.get(f"/enterprises/{brick}")).status_code == 200
        assert (await officer.get(f"/enterprises/{other}")).status_code == 404
        assert (await officer.get("/enterprises/people")).status_code == 403
    async with browser(app, neighbour[Role.TOWN_OFFICE]) as office:
        for path in ("", "/change", "/leave", "/people/new", "/sites/new"):
            assert (await office.get(f"/enterprises/{brick}{path}")).status_code == 404
    async with browser(app, overseer) as district:
        told = words_of(await district.get("/enterprises/by-code"))
        assert "两镇示例厂邻镇分厂" in told
        assert "示例纺织厂" not in told
        assert "示例纺织厂" in words_of(await district.get("/enterprises/by-code?q=纺织"))


async def test_a_town_without_keys_gets_them_with_its_first_person(
    database: Any, everything: Any, settings: Settings
) -> None:
    """On the real logins: only the identity login can make them."""
    async with AsyncSession(everything, expire_on_commit=False) as session:
        town = await a_town(session)
        await session.commit()
    office = town[Role.TOWN_OFFICE]
    async with open_work(database, office, office.rights, NOW) as work:
        facts = people.PersonFacts(post="principal", name="高示例", from_on=TODAY, phone="15400000001")
        row = await people.add(work, town.enterprises[0], facts, master=master_key(settings.home, None))
    async with open_work(database, office, office.rights, NOW) as work:
        shown = await people.reveal(work, row.id, "核实", master=master_key(settings.home, None))
    assert shown == {"name": "高示例", "phone": "15400000001", "id_number": None}
