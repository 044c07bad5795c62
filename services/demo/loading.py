"""Bring the demo district to life in an empty database; a start that was cut off goes on where it was."""

from collections.abc import Callable
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession, create_async_engine

from services.demo import demo_district, history
from services.demo.load_duties import load_duties
from services.demo.load_people import load_people
from services.demo.load_places import load_enterprises, load_places
from services.demo.load_plans import load_plans
from services.demo.load_records import load_records
from services.demo.load_work import load_work
from services.kernel import clock
from services.kernel.database import Database, async_url, login_urls
from services.kernel.files import FileStore
from services.kernel.installation import role_secret
from services.kernel.keys import master_key
from services.kernel.settings import Settings
from services.supervision.assignments.models import Assignment
from services.tenancy.members.models import Member
from services.tenancy.townships.models import Tenant

Say = Callable[[str], None]


async def load_demo(settings: Settings, admin_url: str, say: Say) -> None:
    """Places, people, enterprises, plans and half a year of work and duties, each only where it is not there yet."""
    engine = create_async_engine(async_url(admin_url))
    database = Database(login_urls(admin_url, role_secret(settings), settings.role_urls))
    try:
        async with AsyncSession(engine, expire_on_commit=False) as session:
            await _load(session, database, settings, say)
    finally:
        await database.close()
        await engine.dispose()


async def _load(session: AsyncSession, database: Database, settings: Settings, say: Say) -> None:
    today = await _first_day(session)
    district = demo_district(today)
    if not await _any(session, Tenant):
        say("正在建立涪陵区和 27 个镇街……")
        tenants = await load_places(session, district)
        enterprises = await load_enterprises(session, district, tenants)
        master = master_key(settings.home, settings.master_key_file)
        accounts = await load_people(session, district, tenants, enterprises, master)
        await load_records(session, district, tenants, enterprises, master)
        await session.commit()
        tell_accounts(say, accounts)
    else:
        say("演示数据已在；忘记口令请运行 anzhen user password 账号 重新设置")
    if not await _any(session, Assignment):
        say("正在制定各镇街的年度要点并生成半年的工作记录……")
        await load_plans(session, database, district)
        await load_work(session, district, history(today))
        await load_duties(session, database, FileStore.of(settings.home, settings.files_url), district)
        await session.commit()


async def _first_day(session: AsyncSession) -> date:
    """The day on which this demo was first loaded: its facts stay the same at every later start."""
    first = await session.scalar(select(func.min(Tenant.created_at)))
    return clock.legal_day(first or clock.now())


async def _any(session: AsyncSession, table: type[Tenant | Member | Assignment]) -> bool:
    return await session.scalar(select(func.count()).select_from(table)) != 0


def tell_accounts(say: Say, accounts: list[tuple[str, str, str]]) -> None:
    """Print one sign-in per role; the passwords were made for this installation and are shown this once."""
    say("")
    say("演示账号（口令为本机随机生成，只显示这一次，请记下）：")
    for label, login, password in accounts:
        say(f"  账号 {login:<18} 口令 {password}   {label}")
    say("")
