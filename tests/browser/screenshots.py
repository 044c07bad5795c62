"""Makes the pictures of the README anew: `python -m tests.browser.screenshots [name …]`, from the demo district, in real browsers."""

import asyncio
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from playwright.async_api import Browser, async_playwright
from sqlalchemy import make_url, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.demo.load_plans import a_member
from services.demo.loading import load_demo
from services.kernel import clock
from services.kernel.database import Scope
from services.kernel.installation import role_secret
from services.kernel.settings import Settings
from services.kernel.table import Login
from services.kernel.work import open_work
from services.launcher import stores
from services.migrations.migrate import migrate
from services.regulation.notices import demo_plan
from services.supervision import plans
from services.supervision.assignments.models import Assignment
from services.supervision.plans.models import Plan, PlanNode
from services.supervision.registry import Enterprise
from services.tenancy.policy import rights
from services.tenancy.roles import Role
from services.tenancy.signing_in.models import Membership, User
from services.tenancy.signing_in.sessions import cookie_name, start_session
from services.tenancy.townships.models import Tenant
from tests.browser.harness.browser import chromium
from tests.browser.served import Served, serve

PICTURES = Path(__file__).parents[2] / "infra" / "pictures"
PC, PHONE, WALL = (1366, 768), (390, 844), (1920, 1080)


@dataclass(frozen=True, slots=True)
class Picture:
    """One page as one person sees it."""

    name: str
    login: str | None
    path: str
    size: tuple[int, int] = PC
    theme: str = "light"


PICTURES_OF = (
    Picture("sign-in", None, "/sign-in"),
    Picture("public-towns", None, "/t/"),
    Picture("public-town", None, "/t/zhenxi"),
    Picture("public-town-phone-dark", None, "/t/zhenxi", PHONE, "dark"),
    Picture("office-home", "zhenxi.office1", "/"),
    Picture("office-plans", "zhenxi.office1", "/plans"),
    Picture("office-review", "zhenxi.office1", "/plans/{draft}"),
    Picture("office-plan", "zhenxi.office1", "/plans/{plan}"),
    Picture("office-upload", "zhenxi.office1", "/plans/new"),
    Picture("office-assign", "zhenxi.office1", "/plans/{plan}/nodes/{node}/assign"),
    Picture("office-assignments", "zhenxi.office1", "/assignments"),
    Picture("office-board", "zhenxi.office1", "/assignments/board"),
    Picture("office-assignment", "zhenxi.office1", "/assignments/{assignment}"),
    Picture("office-enterprises", "zhenxi.office1", "/enterprises"),
    Picture("office-enterprise", "zhenxi.office1", "/enterprises/{enterprise}"),
    Picture("office-imports", "zhenxi.office1", "/enterprises/imports"),
    Picture("office-duties", "zhenxi.office1", "/duties"),
    Picture("office-invitations", "zhenxi.office1", "/invitations"),
    Picture("office-targets", "zhenxi.office1", "/targets"),
    Picture("office-members", "zhenxi.office1", "/members"),
    Picture("leader-home", "zhenxi.leaders1", "/"),
    Picture("leader-home-dark", "zhenxi.leaders1", "/", PC, "dark"),
    Picture("department-home", "zhenxi.industry1", "/"),
    Picture("enterprise-home", "zhenxi-35.legal", "/", PHONE),
    Picture("enterprise-home-dark", "zhenxi-35.legal", "/", PHONE, "dark"),
    Picture("enterprise-assignments", "zhenxi-35.safety", "/assignments", PHONE),
    Picture("enterprise-assignment", "zhenxi-35.legal", "/assignments/{own}", PHONE),
    Picture("enterprise-duty", "zhenxi-35.legal", "/duties/{mine}/I07/{year}", PHONE),
    Picture("officer-home", "zhenxi-35.safety", "/", PHONE),
    Picture("two-towns", "shared.safety", "/profile", PHONE),
    Picture("messages", "zhenxi.office1", "/messages"),
    Picture("district-towns", "fuling.overseer1", "/", WALL),
    Picture("operator-calendar", "platform.operator", "/calendar/{year}"),
    Picture("operator-queues", "platform.operator", "/queues"),
    Picture("security-accounts", "platform.security", "/accounts"),
    Picture("audit-trail", "platform.audit", "/audit"),
)


async def main(*names: str) -> None:
    """Load the demo into a database of its own and photograph the pages."""
    wanted = [picture for picture in PICTURES_OF if not names or picture.name in names]
    PICTURES.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="anzhen-pictures-") as folder:
        home = Path(folder)
        home.chmod(0o711)
        settings = Settings(home=home, demo=True, secure_cookies=False)
        with stores(settings) as found:
            admin = make_url(found.admin_url)
            await migrate(admin, role_secret(settings))
            await load_demo(settings, found.admin_url, lambda _line: None)
            async with serve(admin, home, role_secret(settings)) as served, async_playwright() as playwright:
                browser = await playwright.chromium.launch(**chromium().launching())
                places = await _places(served)
                for picture in wanted:
                    await take(browser, served, picture, places)
                await browser.close()


async def take(browser: Browser, served: Served, picture: Picture, places: dict[str, str]) -> None:
    """One picture, of the whole first screen."""
    width, height = picture.size
    context = await browser.new_context(
        base_url=served.url,
        viewport={"width": width, "height": height},
        device_scale_factor=2 if picture.size == PHONE else 1,
        color_scheme=picture.theme,
        locale="zh-CN",
        timezone_id="Asia/Shanghai",
        is_mobile=picture.size == PHONE,
        has_touch=picture.size == PHONE,
    )
    if picture.login:
        token = await _cookie(served, picture.login)
        await context.add_cookies([{"name": cookie_name(secure=False), "value": token, "url": served.url}])
    page = await context.new_page()
    answer = await page.goto(picture.path.format(**places))
    assert answer is not None
    print(f"{answer.status} {picture.name}")  # noqa: T201 - told to whoever runs it
    await page.wait_for_load_state("networkidle")
    await page.screenshot(path=PICTURES / f"{picture.name}.png")
    await context.close()


async def _cookie(served: Served, login: str) -> str:
    async with served.database.session(Login.IDENTITY, Scope()) as session:
        query = (
            select(User.id, Membership.id).join(Membership, Membership.user_id == User.id).where(User.login == login)
        )
        user_id, membership_id = (await session.execute(query.order_by(Membership.id))).first()  # type: ignore[misc]
        now = clock.now()
        token, row = start_session(
            session, user_id=user_id, membership_id=membership_id, now=now, address="127.0.0.1", agent="Chromium"
        )
        row.second_factor_at = now
        await session.commit()
    return token


async def _places(served: Served) -> dict[str, str]:
    async with served.everything() as session:
        town = (await session.scalars(select(Tenant).where(Tenant.slug == "zhenxi"))).one()
        plan = (await session.scalars(select(Plan).where(Plan.tenant_id == town.id, Plan.state == "published"))).one()
        nodes = select(PlanNode).where(PlanNode.plan_id == plan.id, PlanNode.kind == "task").order_by(PlanNode.position)
        node = (await session.scalars(nodes.offset(10).limit(1))).one()
        submitted = await _one(session, town.id, Assignment.state == "submitted")
        own = await _one(session, town.id, Assignment.owner_name.like("渠溪示例榨菜%"))
        mine = (await session.scalars(select(Enterprise.id).where(Enterprise.name.like("渠溪示例榨菜%")))).first()
        smelter = select(Enterprise.id).where(Enterprise.tenant_id == town.id, Enterprise.is_smelter)
        enterprise = (await session.scalars(smelter.order_by(Enterprise.name).limit(1))).one()
        draft = await _draft(served, session, town, plan.year + 1)
    return {
        "draft": str(draft),
        "plan": str(plan.id),
        "node": str(node.id),
        "assignment": str(submitted),
        "own": str(own),
        "mine": str(mine),
        "enterprise": str(enterprise),
        "year": str(plan.year),
    }


async def _draft(served: Served, session: AsyncSession, town: Tenant, year: int) -> object:
    office = await a_member(session, town.id, Role.TOWN_OFFICE)
    async with open_work(served.database, office, rights()[Role.TOWN_OFFICE]) as work:
        plan = await plans.upload_notice(work, data=demo_plan(year).encode(), filename=f"{year}年工作要点.txt")
    return plan.id


async def _one(session: AsyncSession, tenant_id: object, condition: object) -> object:
    query = select(Assignment.id).where(Assignment.tenant_id == tenant_id, condition).order_by(Assignment.id)  # type: ignore[arg-type]
    return (await session.scalars(query.limit(1))).first()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
