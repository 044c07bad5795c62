"""migrate and openapi."""

import asyncio
import json
import sys
from pathlib import Path

import click

from services.app import create_app
from services.commands.choices import settings_or_exit
from services.commands.reaching import reached
from services.kernel.installation import role_secret
from services.kernel.schema import role_statements
from services.launcher import stores
from services.migrations.migrate import migrate


@click.command("migrate", help="把数据库升级到当前版本；重复运行无害。")
@click.option("--print-roles", is_flag=True, help="只打印建立数据库登录的语句，交给数据库管理员执行。")
def migrate_command(*, print_roles: bool) -> None:
    """Upgrade the schema, or print what a DBA must run."""
    settings = settings_or_exit()
    if print_roles:
        click.echo(";\n".join(role_statements(role_secret(settings), frozenset())) + ";")
        return
    with reached(), stores(settings) as found:
        asyncio.run(migrate(found.admin_url, role_secret(settings)))
    click.echo("数据库已是最新版本。")


@click.command("openapi", help="打印接口说明（OpenAPI JSON）。")
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help="写入文件而不是打印。")
def openapi_command(out: Path | None) -> None:
    """The JSON API described."""
    described = create_app(settings_or_exit()).openapi_schema.to_schema()
    text = json.dumps(described, ensure_ascii=False, indent=2)
    if out:
        out.write_text(text + "\n", encoding="utf-8")
    else:
        sys.stdout.write(text + "\n")


COMMANDS = (migrate_command, openapi_command)
