"""demo and up: the whole town as one process tree."""

from collections.abc import Awaitable, Callable
from dataclasses import replace

import click

from services.commands.choices import settings_or_exit
from services.demo.loading import load_demo
from services.kernel.database import Database, login_urls
from services.kernel.installation import role_secret
from services.kernel.keys import following, master_key
from services.kernel.refusals import Refusal
from services.kernel.settings import Settings
from services.launcher import CannotStart, Stores, say, up
from services.migrations.migrate import migrate
from services.tenancy import tenant_keys

Before = Callable[[Stores], Awaitable[None]]


@click.command("demo", help="建立并启动演示环境：涪陵区和它的 27 个镇街。")
def demo() -> None:
    """Everything for a newcomer: stores, schema, the demo district, and the town running."""
    settings = replace(settings_or_exit(), demo=True, secure_cookies=False)

    async def prepare(stores: Stores) -> None:
        await upgrade(settings, stores)
        await load_demo(settings, stores.admin_url, say)

    start(settings, prepare)


@click.command("up", help="启动全部服务（未配置数据库时使用内置的）。")
def up_command() -> None:
    """One process tree until Ctrl-C; an embedded database is upgraded first, any other only by `anzhen migrate`."""
    settings = settings_or_exit()

    async def prepare(stores: Stores) -> None:
        if settings.database_url is None:
            await upgrade(settings, stores)
            await finish_rotation(settings, stores.admin_url)

    start(settings, prepare)


def start(settings: Settings, before: Before) -> None:
    """Run the tree; what keeps it from starting is one sentence, not a traceback."""
    try:
        up(settings, before=before)
    except CannotStart as reason:
        raise click.ClickException(str(reason)) from reason


async def upgrade(settings: Settings, stores: Stores) -> None:
    """Bring the schema to this program's revision."""
    say("正在检查数据库结构……")
    await migrate(stores.admin_url, role_secret(settings))


async def finish_rotation(settings: Settings, admin_url: str) -> None:
    """Before a start: a replacement of the master key that was cut off is brought to its end, or said to be open."""
    master = master_key(settings.home, settings.master_key_file)
    if master.file is None or following(master.file) is None:
        return
    database = Database(login_urls(admin_url, role_secret(settings), settings.role_urls))
    try:
        await tenant_keys.finish(database, master, say)
        if following(master.file):
            say(f"更换主密钥没有做完：请执行 anzhen keys rotate；不再更换就删除 {master.file}.next")
    except Refusal as refused:
        say(str(refused))
    finally:
        await database.close()


COMMANDS = (demo, up_command)
