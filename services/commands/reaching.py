"""How a command ends when the database is not to be had."""

from collections.abc import Iterator
from contextlib import contextmanager

import click
from sqlalchemy.exc import DBAPIError

from services.launcher import CannotStart


@contextmanager
def reached() -> Iterator[None]:
    """A database that cannot be reached ends the command with one sentence; a statement that it refuses stays what it is."""
    try:
        yield
    except CannotStart as reason:
        raise click.ClickException(str(reason)) from reason
    except (OSError, DBAPIError) as error:
        if isinstance(error, DBAPIError) and error.statement is not None:
            raise
        why = str(error.orig or error) if isinstance(error, DBAPIError) else error.strerror or str(error)
        raise click.ClickException(
            f"没有连上数据库（{why.splitlines()[0]}）：请检查数据库是否在运行，ANZHEN_DATABASE_URL 写得对不对；"
            "不接受口令的是 anzhen_ 开头的账户时，请先运行 anzhen migrate"
        ) from error
