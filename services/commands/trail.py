"""audit verify and keys."""

import click

from services.commands.accounts import with_database
from services.kernel.database import Database
from services.kernel.keys import MasterKey, new_reporter_key


@click.group("audit", help="审计。")
def audit() -> None:
    """Commands about the trail."""


@click.group("keys", help="密钥。")
def keys() -> None:
    """Commands about keys."""


@keys.command("reporter", help="生成举报人信息的收件密钥；私钥只显示这一次，不保存在服务器上。")
def reporter() -> None:
    """Print a new pair."""
    made = new_reporter_key()
    click.echo(f"公钥（填入系统）：{made.public}")
    click.echo(f"私钥（请抄存于保险柜，丢失后举报人信息无法打开）：{made.private}")


COMMANDS = (audit, keys)
__all__ = ["COMMANDS", "Database", "MasterKey", "with_database"]
