"""district, township and user: places and accounts from the command line."""

import asyncio
import secrets
from collections.abc import Awaitable, Callable, Iterable
from typing import TypeVar
from uuid import UUID

import click
from sqlalchemy import select

from services.commands.choices import settings_or_exit
from services.commands.reaching import reached
from services.kernel.database import Database, login_urls
from services.kernel.installation import role_secret
from services.kernel.keys import MasterKey, master_key
from services.kernel.refusals import BadInput, Refusal
from services.kernel.table import Login
from services.launcher import stores
from services.tenancy import accounts, townships
from services.tenancy.operators import operator_work
from services.tenancy.roles import PLATFORM_ROLES, Role
from services.tenancy.townships import PLATFORM_TENANT, Tenant

T = TypeVar("T")
LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"


def with_database(act: Callable[[Database, MasterKey], Awaitable[T]]) -> T:
    """Run an act on the real logins; a refusal ends the command with its sentence."""
    settings = settings_or_exit()

    async def run(admin_url: str) -> T:
        database = Database(login_urls(admin_url, role_secret(settings), settings.role_urls))
        try:
            return await act(database, master_key(settings.home, settings.master_key_file))
        finally:
            await database.close()

    try:
        with reached(), stores(settings) as found:
            return asyncio.run(run(found.admin_url))
    except BadInput as wrong:
        raise click.ClickException("；".join(wrong.fields.values()) or wrong.sentence) from wrong
    except Refusal as refused:
        raise click.ClickException(str(refused)) from refused


async def place_id(database: Database, slug: str) -> UUID:
    """The id of a district or township by its short name; raises ClickException."""
    async with operator_work(database, login=Login.PLATFORM) as work:
        found = await work.first(select(Tenant.id).where(Tenant.slug == slug))
    if found is None:
        raise click.ClickException(f"没有叫 {slug} 的区县或镇街，用 anzhen township list 查看")
    return found


@click.group("district", help="区县。")
def district() -> None:
    """Commands about districts."""


@district.command("create", help="建立一个区县，例如：anzhen district create 500102 涪陵区 fuling")
@click.argument("code")
@click.argument("name")
@click.argument("slug")
def create_district(code: str, name: str, slug: str) -> None:
    """Make a district."""

    async def act(database: Database, _master: MasterKey) -> None:
        async with operator_work(database, login=Login.PLATFORM) as work:
            await townships.create_district(work, code=code, name=name, slug=slug)

    with_database(act)
    click.echo(f"已建立 {name}（{slug}）。下一步：anzhen township create {slug} {code}XXX 镇名 简称")


@click.group("township", help="镇街。")
def township() -> None:
    """Commands about townships."""


@township.command("create", help="在区县下建立一个镇街，例如：anzhen township create fuling 500102119 珍溪镇 zhenxi")
@click.argument("district_slug")
@click.argument("code")
@click.argument("name")
@click.argument("slug")
def create_township(district_slug: str, code: str, name: str, slug: str) -> None:
    """Make a township."""

    async def act(database: Database, _master: MasterKey) -> None:
        above = await place_id(database, district_slug)
        async with operator_work(database, login=Login.PLATFORM) as work:
            await townships.create_township(work, district_id=above, code=code, name=name, slug=slug)

    with_database(act)
    click.echo(f"已建立 {name}（{slug}）。下一步：anzhen user grant {slug} town_office 账号 姓名")


@township.command("list", help="列出全部区县和镇街。")
def list_places() -> None:
    """Print every place."""

    async def act(database: Database, _master: MasterKey) -> Iterable[Tenant]:
        async with operator_work(database, login=Login.PLATFORM) as work:
            return await work.all(select(Tenant).order_by(Tenant.code))

    for tenant in with_database(act):
        click.echo(
            f"{tenant.code:<10} {tenant.slug:<20} {tenant.full_name}  {'' if tenant.state == 'active' else '（已停用）'}"
        )


@click.group("user", help="账号。")
def user() -> None:
    """Commands about accounts."""


@user.command("grant", help="开通账号；PLACE 写镇街或区县的简称，三员写 platform。")
@click.argument("place")
@click.argument("role", type=click.Choice([role.value for role in (*accounts.GRANTED, *sorted(PLATFORM_ROLES))]))
@click.argument("login")
@click.argument("name")
def grant(place: str, role: str, login: str, name: str) -> None:
    """Grant an account and print its one-time code."""

    async def act(database: Database, master: MasterKey) -> accounts.Granted:
        tenant_id = PLATFORM_TENANT if place == "platform" else await place_id(database, place)
        async with operator_work(database, tenant_id=tenant_id) as work:
            return await accounts.grant(work, login=login, name=name, role=Role(role), master=master)

    granted = with_database(act)
    click.echo(f"已开通 {granted.user.login}（{Role(role).label}）。")
    if granted.activation:
        click.echo(f"激活码（只显示这一次，请当面交给本人）：{granted.activation.code}，在 /activate 设置口令。")


@user.command("password", help="给账号设置一个新的随机口令并显示一次，登录后须修改。")
@click.argument("login")
@click.option("--keep", is_flag=True, help="登录后不必修改（演示环境用）。")
def password(login: str, *, keep: bool) -> None:
    """Set a fresh password and print it once."""
    fresh = "-".join("".join(secrets.choice(LETTERS) for _ in range(4)) for _ in range(3))

    async def act(database: Database, _master: MasterKey) -> None:
        async with operator_work(database) as work:
            await accounts.set_password(work, login=login, password=fresh, must_change=not keep)

    with_database(act)
    click.echo(f"{login} 的新口令（只显示这一次）：{fresh}")


COMMANDS = (district, township, user)
