"""The settings of a command."""

import click

from services.kernel.settings import Settings, SettingsError


def settings_or_exit() -> Settings:
    """The settings of this process; a wrong variable ends the command with one sentence."""
    try:
        return Settings.from_environment()
    except SettingsError as error:
        raise click.ClickException(str(error)) from error
