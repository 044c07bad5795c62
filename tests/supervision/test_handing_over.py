"""Work is handed over to a department or to one of its people, from the page, and never to somebody who cannot do it."""

import re
from datetime import date
from typing import Any
from uuid import UUID

import pytest
from litestar import Litestar
from sqlalchemy import select

from services.kernel.clock import new_id
from services.notifications.messages.models import Message
from services.supervision import assignments
from services.supervision.assignments.jobs import tell_assignment
from services.tenancy.members.models import Department, Member
from services.tenancy.roles import Role
from services.tenancy.signing_in.person import Person
from tests.factories import a_person
from tests.supervision.year import DUE, Year
from tests.web import browser, words_of

pytestmark = pytest.mark.anyio
OWNER, OFFICE = Role.SECTOR_DEPARTMENT, Role.TOWN_OFFICE


async def a_colleague(year: Year, name: str = "王示例") -> Person:
    """One more person of the office."""
    async with year.everything() as session:
        return await a_person(session, year.town, OFFICE, name=name)


async def changed(year: Year, person: Person, **facts: Any) -> None:
    """Something about a person is otherwise from now on."""
    async with year.everything() as session:
        member = await session.get_one(Member, (year.town.id, person.member_id))
        for name, value in facts.items():
            setattr(member, name, value)


async def hand_over(app: Litestar, year: Year, one: UUID, to: str) -> Any:
    """The department presses 转办."""
    async with browser(app, year.town[OWNER]) as page:
        return await page.post(
            f"/assignments/{one}/transfer", {"to_owner": to, "transfer_reason": "由综合监管人员牵头"}
        )


async def test_the_page_offers_each_department_and_its_people(app: Litestar, year: Year) -> None:
    """One choice, departments as its heads; who has left is not among them."""
    colleague, gone = await a_colleague(year), await a_colleague(year, "赵离岗")
    await changed(year, gone, state="left", left_on=date(2026, 2, 1))
    given = await year.given()
    async with browser(app, year.town[OWNER]) as page:
        shown = (await page.get(f"/assignments/{given.id}")).text
    group = re.search(r'<optgroup label="应急办">(.*?)</optgroup>', shown)
    assert group, shown[shown.find("to_owner") :][:900]
    assert f'value="{year.town.departments["office"]}">应急办（整个部门）' in group[1]
    assert f'value="{year.town.departments["office"]}/{colleague.member_id}">王示例（' in group[1]
    assert "赵离岗" not in shown


async def test_a_named_person_gets_it_and_is_told(app: Litestar, year: Year) -> None:
    """It waits for that person alone, the history says from whom to whom, and the message goes to nobody else."""
    colleague = await a_colleague(year)
    given = await year.given()
    answer = await hand_over(app, year, given.id, f"{year.town.departments['office']}/{colleague.member_id}")
    assert (answer.status_code, answer.headers["location"]) == (303, "/assignments?done=transferred")
    async with browser(app, colleague) as page:
        shown = words_of(await page.get(f"/assignments/{given.id}"))
        assert "应急办 王示例：由综合监管人员牵头" in shown
        assert "签收任务" in shown
    async with browser(app, year.town[OFFICE]) as page:
        assert "签收任务" not in words_of(await page.get(f"/assignments/{given.id}"))
    async with year.as_(OFFICE) as work:
        event = (await assignments.events(work, given.id))[-1]
    async with year.as_system() as work:
        await tell_assignment(work, given.id, "transferred", event.id)
        told = await work.all(select(Message.member_id).where(Message.event == f"assignment:transferred:{event.id}"))
    assert told == [colleague.member_id]


@pytest.mark.parametrize(
    ("facts", "to", "words"),
    [
        ({"state": "left", "left_on": date(2026, 2, 1)}, "{office}/{person}", "王示例已离岗"),
        ({"role": "safety_officer"}, "{office}/{person}", "王示例不是本镇部门的人员"),
        ({}, "{leaders}/{person}", "王示例不在镇领导"),
        ({}, "{office}/{nobody}", "没有这个人"),
        ({}, "{office}/小王", "请选择转给哪个部门或哪个人"),
        ({}, "{nobody}", "没有这个部门"),
        ({}, "{ended}", "旧部门已撤销"),
        ({}, "{sector}", "请选择别的部门或人员"),
        ({}, "", "请选择转给哪个部门或哪个人"),
    ],
)
async def test_whoever_cannot_do_it_is_refused_beside_the_choice(
    app: Litestar, year: Year, facts: dict[str, Any], to: str, words: str
) -> None:
    """422 with the reason that was typed; the owner stays."""
    colleague = await a_colleague(year)
    await changed(year, colleague, **facts)
    async with year.everything() as session:
        old = Department(
            tenant_id=year.town.id, id=new_id(), name="旧部门", kind="sector", sectors=[], aliases=[],
            ended_on=date(2026, 2, 1),
        )  # fmt: skip
        session.add(old)
    given = await year.given()
    departments = year.town.departments
    address = to.format(
        person=colleague.member_id, nobody=new_id(), office=departments["office"], sector=departments["sector"],
        leaders=departments["leadership"], ended=old.id,
    )  # fmt: skip
    answer = await hand_over(app, year, given.id, address)
    assert answer.status_code == 422
    assert words in words_of(answer)
    assert ('id="to_owner-error"' in answer.text, "由综合监管人员牵头" in answer.text) == (True, True)
    async with year.as_(OFFICE) as work:
        assert (await assignments.one(work, given.id)).department_id == departments["sector"]


async def test_work_is_not_given_to_somebody_who_has_left(app: Litestar, year: Year) -> None:
    """交办 to a person: the page offers who is there, and one who left meanwhile stands beside 交给谁 with nothing lost."""
    colleague = await a_colleague(year)
    here = f"/plans/{year.plan_id}/nodes/{year.node_id}/assign"
    order = {"title": "查粉尘", "by": "date", "due_on": str(DUE), "member_ids": str(colleague.member_id)}
    async with browser(app, year.town[OFFICE]) as page:
        assert "王示例" in (await page.get(here)).text
        await changed(year, colleague, state="left", left_on=date(2026, 2, 1))
        refused = await page.post(here, {**order, "step": "send"})
        assert (refused.status_code, 'value="查粉尘"' in refused.text) == (422, True)
        assert "王示例已离岗" in words_of(refused)
        await changed(year, colleague, state="active", left_on=None)
        assert (await page.post(here, {**order, "step": "send"})).status_code == 303
    async with year.as_(colleague) as work:
        assert [one.owner_name for one in (await assignments.waiting(work)).own] == ["应急办 王示例"]
