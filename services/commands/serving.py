"""serve: the web alone."""

import os
from importlib import import_module
from typing import Any

import click
from granian import Granian
from granian.constants import Interfaces, Loops

from services.commands.choices import settings_with_stores_or_exit
from services.kernel import gathering
from services.kernel.loading import kept_for_life


@click.command("serve", help="只启动网页服务。")
def serve() -> None:
    """The web alone, for systemd and containers."""
    settings = settings_with_stores_or_exit()
    gathering.begin(settings.home)
    os.environ[gathering.VARIABLE] = str(gathering.folder_of(settings.home))
    Granian(
        "services.commands.serving:application",
        factory=True,
        interface=Interfaces.ASGI,
        loop=Loops.uvloop,
        address=settings.host,
        port=settings.port,
        workers=settings.workers,
        respawn_failed_workers=True,
    ).serve()


def application() -> Any:
    """What each web process serves; imported here, so that the process that only watches them need not hold it."""
    with kept_for_life():
        return import_module("services.app").create_app()


COMMANDS = (serve,)
