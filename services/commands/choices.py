"""The settings of a command."""

import click

from services.kernel.settings import Settings, SettingsError


def settings_or_exit() -> Settings:
    """The settings of this process; a wrong variable ends the command with one sentence."""
    try:
        return Settings.from_environment()
    except SettingsError as error:
        raise click.ClickException(str(error)) from error


def settings_with_stores_or_exit() -> Settings:
    """The settings of a process that brings no stores of its own; without their addresses it ends with one sentence."""
    settings = settings_or_exit()
    for name, url in (("ANZHEN_DATABASE_URL", settings.database_url), ("ANZHEN_REDIS_URL", settings.redis_url)):
        if not url:
            raise click.ClickException(
                f"没有设置 {name}：单独启动的进程要用现有的数据库和消息队列；使用内置的，请执行 anzhen up"
            )
    return settings
