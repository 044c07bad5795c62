"""calendar: the legal calendar from the command line."""

from pathlib import Path

import click

from services.commands.accounts import with_database
from services.kernel.calendar_days import decoded, read
from services.kernel.database import Database
from services.kernel.keys import MasterKey
from services.kernel.refusals import BadInput
from services.kernel.table import Login
from services.supervision import calendar as calendars
from services.tenancy.operators import operator_work


@click.group("calendar", help="工作日历。")
def calendar() -> None:
    """Commands about the calendar."""


@calendar.command("list", help="列出各年度：正式或暂定、工作日天数、依据。")
def list_command() -> None:
    """Print every year."""

    async def act(database: Database, _master: MasterKey) -> None:
        async with operator_work(database, login=Login.PLATFORM) as work:
            for year in reversed(await calendars.years(work)):
                state = "正式" if year.is_official else "暂定"
                click.echo(f"{year.year} {state} {year.workdays} 个工作日 {'、'.join(year.papers)}")

    with_database(act)


@calendar.command("import", help="导入一年的放假安排（CSV，格式同网页上的模板）；未办结的期限随后自动重新计算。")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def import_command(file: Path) -> None:
    """Take a year over and print what changed; exit 1 with one sentence where the file is none."""
    try:
        days = read(decoded(file.read_bytes()))
    except BadInput as wrong:
        raise click.ClickException(wrong.sentence) from wrong

    async def act(database: Database, _master: MasterKey) -> int:
        async with operator_work(database, login=Login.PLATFORM) as work:
            found = await calendars.preview(work, days)
            for before, after in found.years:
                click.echo(f"{after.year} 年：{before.workdays} → {after.workdays} 个工作日")
            for one in found.differences:
                worked = "上班" if one.after.is_workday else "休息"
                click.echo(f"  {one.after.day} {worked} {one.after.name}")
            return await calendars.bring(work, days, stands_at=found.stands_at)

    changed = with_database(act)
    click.echo("已启用，未办结的期限由后台重新计算。" if changed else "与现有日历一致，没有变动。")


COMMANDS = (calendar,)
