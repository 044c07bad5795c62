"""work and schedule: what runs beside the web."""

import sys

import click

from services import background
from services.commands.choices import settings_with_stores_or_exit
from services.kernel.logs import configure_logs


@click.command("work", help="只启动后台任务进程。")
def work() -> None:
    """One worker until SIGTERM."""
    configure_logs()
    sys.exit(background.work(settings_with_stores_or_exit()))


@click.command("schedule", help="只启动定时任务进程。")
def schedule() -> None:
    """One scheduler until SIGTERM; any number of them fire each slot once."""
    configure_logs()
    sys.exit(background.schedule(settings_with_stores_or_exit()))


COMMANDS = (work, schedule)
