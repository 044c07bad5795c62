"""The command line `anzhen`."""

from collections.abc import Mapping
from importlib import import_module

import click

from services.kernel.loading import kept_for_life

MODULES: Mapping[str, tuple[str, ...]] = {
    "running": ("demo", "up"),
    "serving": ("serve",),
    "working": ("work", "schedule"),
    "schema": ("migrate", "openapi"),
    "accounts": ("district", "township", "user"),
    "notices": ("plan",),
    "duties": ("duties",),
    "trail": ("audit",),
    "keys": ("keys",),
    "calendar": ("calendar",),
    "backup": ("backup",),
    "restore": ("restore",),
    "doctor": ("doctor",),
}
"""The commands of each module of services.commands."""


class WhenCalled(click.Group):
    """A group that imports the module of a command when it is called: each process of the tree needs only one of them."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click asks so
        """In the order of MODULES."""
        return [name for names in MODULES.values() for name in names]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        """The command of that name."""
        module = next((module for module, names in MODULES.items() if cmd_name in names), None)
        if module is None:
            return None
        with kept_for_life():
            found: tuple[click.Command, ...] = import_module(f"services.commands.{module}").COMMANDS
        return next(command for command in found if command.name == cmd_name)


@click.group(cls=WhenCalled, help="安镇：乡镇工贸企业安全生产监管。")
def main() -> None:
    """`anzhen`, also as `python -m services`."""


if __name__ == "__main__":
    main(prog_name="anzhen")
