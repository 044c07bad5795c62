"""What a town shows to everybody: its published plans and the roots of its trail, and nothing besides."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime
from uuid import UUID

import pytest
from sqlalchemy import select, text, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from services.kernel.database import Database, Scope
from services.kernel.settings import Settings
from services.kernel.table import Login
from services.kernel.trail import AuditRoot
from services.supervision import plans
from services.tenancy.roles import Role
from services.tenancy.townships import Tenant
from tests.conftest import OneConnection
from tests.factories import Town, a_town
from tests.supervision.plans.desk import a_draft, a_published_plan, a_signed_plan, at_work, nodes_of, town_of
from tests.web import Browser, browser, running, words_of

pytestmark = pytest.mark.anyio


@asynccontextmanager
async def a_citizen(settings: Settings, sessions: OneConnection) -> AsyncIterator[Browser]:
    """Somebody without an account."""
    async with running(settings, sessions) as app, browser(app) as citizen:
        yield citizen


async def amended(sessions: OneConnection, town: Town, plan_id: UUID, reason: str) -> plans.PlanNode:
    """The town withdraws the plan's first task, and says why."""
    task = next(node for node in await nodes_of(sessions, town, plan_id) if node.kind == "task")
    async with at_work(sessions, town[Role.TOWN_OFFICE]) as work:
        seen = (await plans.get_plan(work, plan_id)).version
        await plans.amend(work, plan_id, plans.Amendment(reason=reason, withdrawn=frozenset({task.id})), seen=seen)
    return task


async def test_everybody_reads_the_published_plan_without_an_account(
    settings: Settings, sessions: OneConnection
) -> None:
    """Title, tasks, departments and days stand there; who made and signed it does not, and no other browser keeps the page."""
    town = await town_of(sessions, "甲示例镇")
    nodes = await nodes_of(sessions, town, await a_published_plan(sessions, town))
    async with a_citizen(settings, sessions) as citizen:
        answer = await citizen.get(f"/t/{town.slug}")
    words = words_of(answer)
    assert answer.status_code == 200
    assert [node.heading for node in nodes if node.kind == "task" and node.heading not in words] == []
    assert "2026年12月31日" in words
    assert "经济发展办" in words
    assert not [person.person for person in town.people.values() if person.person in answer.text]
    assert answer.headers["cache-control"] == "private, no-cache"
    assert "default-src 'none'" in answer.headers["content-security-policy"]


async def test_programs_read_the_same_plan(settings: Settings, sessions: OneConnection) -> None:
    """Anybody between may keep it for five minutes, so no cookie goes with it."""
    town = await town_of(sessions)
    nodes = await nodes_of(sessions, town, await a_published_plan(sessions, town))
    async with a_citizen(settings, sessions) as citizen:
        answer = await citizen.client.get(f"/api/v1/public/towns/{town.slug}/plan")
        listed = await citizen.client.get("/api/v1/public/towns")
    plan = answer.json()["plan"]
    assert answer.json()["town"]["slug"] == town.slug
    assert [i["heading"] for i in plan["items"] if i["kind"] == "task"] == [
        n.heading for n in nodes if n.kind == "task"
    ]
    assert (plan["year"], plan["state"], plan["closed_on"]) == (2026, "published", None)
    assert answer.headers["cache-control"] == "public, max-age=300"
    assert "set-cookie" not in answer.headers
    assert [one["slug"] for one in listed.json()] == [town.slug]


@pytest.mark.parametrize("until", [a_draft, a_signed_plan])
async def test_a_plan_that_is_not_published_is_nowhere(settings: Settings, sessions: OneConnection, until) -> None:  # type: ignore[no-untyped-def]
    """The town's page says that there is none yet; the plan's year answers 404, for programs too."""
    town = await town_of(sessions)
    await until(sessions, town)
    async with a_citizen(settings, sessions) as citizen:
        page = await citizen.get(f"/t/{town.slug}")
        year = await citizen.get(f"/t/{town.slug}/2026")
        program = await citizen.get(f"/api/v1/public/towns/{town.slug}/plan")
    assert page.status_code == 200
    assert "还没有公布年度工作要点" in words_of(page)
    assert "工作要点》" not in words_of(page)
    assert (year.status_code, program.status_code) == (404, 404)


async def test_an_amendment_is_shown_with_its_reason(settings: Settings, sessions: OneConnection) -> None:
    """What it withdrew is marked, and counts no more."""
    town = await town_of(sessions)
    plan_id = await a_published_plan(sessions, town)
    task = await amended(sessions, town, plan_id, "区里统一部署，本项由区级实施")
    async with a_citizen(settings, sessions) as citizen:
        words = words_of(await citizen.get(f"/t/{town.slug}"))
        plan = (await citizen.get(f"/api/v1/public/towns/{town.slug}/plan")).json()["plan"]
    assert "区里统一部署，本项由区级实施" in words
    assert "第 1 次修订撤销" in words
    assert [item["id"] for item in plan["items"] if item["withdrawn_in"] == 1] == [str(task.id)]
    assert [amendment["number"] for amendment in plan["amendments"]] == [1]


async def test_a_closed_year_stays_readable_beside_the_new_one(settings: Settings, sessions: OneConnection) -> None:
    """The newest plan stands on the page, the earlier one behind its year."""
    town = await town_of(sessions)
    old = await a_published_plan(sessions, town, year=2025)
    async with at_work(sessions, town[Role.TOWN_OFFICE]) as work:
        await plans.conclude(work, old)
    await a_published_plan(sessions, town, year=2026)
    async with a_citizen(settings, sessions) as citizen:
        page = await citizen.get(f"/t/{town.slug}")
        year = await citizen.get(f"/t/{town.slug}/2025")
    assert f'href="/t/{town.slug}/2025"' in page.text
    assert f'href="/t/{town.slug}/2026"' not in page.text
    assert "已办结" in words_of(year)


async def test_a_towns_plan_stands_under_its_own_address_only(settings: Settings, sessions: OneConnection) -> None:
    """Also for an official of the other town who is signed in."""
    ours, theirs = await town_of(sessions, "甲示例镇"), await town_of(sessions, "乙示例镇")
    await amended(sessions, ours, await a_published_plan(sessions, ours), "只有甲示例镇说过的原因")
    await a_draft(sessions, theirs)
    async with running(settings, sessions) as app:
        for person in (None, ours[Role.TOWN_OFFICE], theirs[Role.TOWN_OFFICE]):
            async with browser(app, person) as reader:
                assert "只有甲示例镇说过的原因" in (await reader.get(f"/t/{ours.slug}")).text
                assert "只有甲示例镇说过的原因" not in (await reader.get(f"/t/{theirs.slug}")).text


async def test_an_address_that_leads_nowhere_says_where_to_look(settings: Settings, sessions: OneConnection) -> None:
    """An unknown name, a suspended town, a name that no text may hold; the list names only towns that can be read."""
    town = await town_of(sessions, "停办示例镇")
    async with sessions.session(None, Scope()) as session:
        await session.execute(update(Tenant).where(Tenant.id == town.id).values(state="suspended"))
        await session.commit()
    async with a_citizen(settings, sessions) as citizen:
        unknown, suspended = await citizen.get("/t/nowhere"), await citizen.get(f"/t/{town.slug}")
        broken, towns = await citizen.get("/t/%00"), await citizen.get("/t/")
        program = await citizen.get(f"/api/v1/public/towns/{town.slug}/plan")
    assert (unknown.status_code, suspended.status_code, broken.status_code) == (404, 404, 400)
    assert "镇街名单" in words_of(unknown)
    assert "已暂停" in words_of(suspended)
    assert (program.status_code, program.headers["content-type"]) == (404, "application/problem+json")
    assert "停办示例镇" not in words_of(towns)


async def test_a_division_code_leads_to_the_towns_address(settings: Settings, sessions: OneConnection) -> None:
    """Whoever only knows the code is sent on."""
    town = await town_of(sessions)
    async with a_citizen(settings, sessions) as citizen:
        answer = await citizen.get("/t/500102119")
    assert (answer.status_code, answer.headers["location"]) == (301, f"/t/{town.slug}")


async def test_the_roots_of_the_trail_can_be_copied_by_everybody(settings: Settings, sessions: OneConnection) -> None:
    """Each day's root with how many of the town's records it holds fast, and what it does not prove."""
    town = await town_of(sessions)
    day, root = date(2026, 1, 5), bytes(range(32))
    heads = [{"tenant": str(town.id), "seq": 1234, "digest": "00"}]
    made_at = datetime(2026, 1, 5, 16, 1, tzinfo=UTC)
    async with sessions.session(None, Scope()) as session:
        session.add(AuditRoot(day=day, root=root, previous=bytes(32), heads=heads, made_at=made_at))
        await session.commit()
    async with a_citizen(settings, sessions) as citizen:
        words = words_of(await citizen.get(f"/t/{town.slug}"))
    assert root.hex() in words
    assert "1,234 条" in words
    assert "不能证明" in words


async def test_the_sign_in_page_leads_to_the_public_pages(settings: Settings, sessions: OneConnection) -> None:
    """Nobody has to know the address."""
    async with a_citizen(settings, sessions) as citizen:
        assert 'href="/t/"' in (await citizen.get("/sign-in")).text


PUBLIC_OF_A_NODE = frozenset(
    [
        "id",
        "parent_id",
        "kind",
        "role",
        "label",
        "heading",
        "text",
        "span",
        "numbers",
        "documents",
        "named_owners",
        "department_ids",
        "enterprise_set",
        "due_on",
        "due_words",
        "evidence_wanted",
        "withdrawn_in",
    ]
)


def test_a_version_keeps_nothing_of_a_node_that_is_not_public() -> None:
    """Everybody may read a version's nodes as they stand: who adds a field to them decides that it is public."""
    node = plans.PlanNode(id=UUID(int=1), department_ids=[])
    assert plans.snapshot(node).keys() == PUBLIC_OF_A_NODE


CLOSED = (
    "SELECT * FROM plan",
    "SELECT made_by FROM plan",
    "SELECT signed_name FROM plan",
    "SELECT made_by_name FROM plan_version",
    "SELECT text FROM notice",
    "SELECT heading FROM plan_node",
    "SELECT name FROM member",
    "SELECT act FROM audit_entry",
    "SELECT aliases FROM department",
    "SELECT * FROM tenant",
    'SELECT login FROM "user"',
    "UPDATE plan SET title = title",
    "DELETE FROM published_plan",
    "SET ROLE anzhen_town",
)


async def test_the_real_login_reads_what_is_published_and_nothing_else(
    database: Database, everything: AsyncEngine
) -> None:
    """On a connection of its own, past the application: two towns, one published and one draft."""
    async with AsyncSession(everything, expire_on_commit=False) as session:
        ours, theirs = await a_town(session, "甲示例镇"), await a_town(session, "乙示例镇")
        await session.commit()
    await a_published_plan(database, ours)
    await a_draft(database, ours, year=2027)
    await a_draft(database, theirs)

    async def read(statement: str, tenant: UUID | None) -> list[object]:
        async with database.session(Login.PUBLIC, Scope(tenant_id=tenant)) as session:
            return list((await session.scalars(text(statement))).all())

    for source in ("published_plan", "plan"):
        years = f"SELECT year FROM {source}"  # noqa: S608
        assert (await read(years, ours.id), await read(years, theirs.id), await read(years, None)) == ([2026], [], [])
    assert set(await read("SELECT name FROM published_department", theirs.id)) == {"镇领导", "应急办", "经济发展办"}
    assert await read("SELECT current_user::text", None) == ["anzhen_public"]
    for statement in CLOSED:
        with pytest.raises(DBAPIError, match=r"permission denied|relation .* does not exist"):
            await read(statement, ours.id)
    async with AsyncSession(everything) as session:
        assert len((await session.scalars(select(plans.Plan))).all()) == 3
