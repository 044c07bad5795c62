"""serve: the web alone."""

import os

import click
from granian import Granian
from granian.constants import Interfaces, Loops

from services.commands.choices import settings_or_exit
from services.kernel import gathering


@click.command("serve", help="只启动网页服务。")
def serve() -> None:
    """The web alone, for systemd and containers."""
    settings = settings_or_exit()
    gathering.begin(settings.home)
    os.environ[gathering.VARIABLE] = str(gathering.folder_of(settings.home))
    Granian(
        "services.app:create_app",
        factory=True,
        interface=Interfaces.ASGI,
        loop=Loops.uvloop,
        address=settings.host,
        port=settings.port,
        workers=settings.workers,
        respawn_failed_workers=True,
    ).serve()


COMMANDS = (serve,)
