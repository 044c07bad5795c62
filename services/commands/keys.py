"""keys: the reporter's pair, and a new master key in the place of the old one."""

import click

from services.commands.accounts import with_database
from services.kernel.database import Database
from services.kernel.keys import MasterKey, new_reporter_key
from services.tenancy import tenant_keys


@click.group("keys", help="密钥。")
def keys() -> None:
    """Commands about keys."""


@keys.command("reporter", help="生成举报人信息的收件密钥；私钥只显示这一次，不保存在服务器上。")
def reporter() -> None:
    """Print a new pair."""
    made = new_reporter_key()
    click.echo(f"公钥（填入系统）：{made.public}")
    click.echo(f"私钥（请抄存于保险柜，丢失后举报人信息无法打开）：{made.private}")


@keys.command("rotate", help="更换主密钥；可在系统运行时执行，中断后重新执行即可接着做完。")
def rotate() -> None:
    """Replace the master key, and say what was done."""

    async def act(database: Database, master: MasterKey) -> None:
        await tenant_keys.rotate(database, master, lambda words: click.echo(f"✓ {words}"))

    try:
        with_database(act)
    except OSError as error:
        raise click.ClickException(
            f"写不了主密钥文件（{error.strerror}）。已加密的信息都还打得开，处理后重新执行即可接着做完"
        ) from error
    click.echo("请另存一份新主密钥。旧主密钥在 anzhen doctor 提示可以删除之前请勿删除；恢复以前的备份仍需要它。")


COMMANDS = (keys,)
