"""Write the next migration from what the models say: `python -m services.migrations.make "what the town gains"`."""

import asyncio
import re
import sys
import tempfile
from pathlib import Path

from alembic import command
from sqlalchemy import Connection

from services.kernel.settings import Settings
from services.launcher import stores
from services.migrations.migrate import as_owner, config, upgrade

VERSIONS = Path(__file__).parent / "versions"


def main(message: str) -> None:
    """Migrate an empty database of its own to the newest revision, compare it with the models, write the difference."""
    with tempfile.TemporaryDirectory(prefix="anzhen-make-") as folder:
        Path(folder).chmod(0o711)
        with stores(Settings(home=Path(folder))) as found:
            asyncio.run(_write(found.admin_url, message))


async def _write(admin_url: str, message: str) -> None:
    async with as_owner(admin_url, "only for comparing") as connection:
        await connection.run_sync(upgrade)
        await connection.run_sync(_revision, message)


def _revision(connection: Connection, message: str) -> None:
    number = f"{len(list(VERSIONS.glob('[0-9]*.py'))) + 1:04}"
    made = config(connection)
    made.set_main_option("file_template", "%%(rev)s_%%(slug)s")
    command.revision(made, message=message, autogenerate=True, rev_id=number)
    slug = re.sub(r"\W+", "_", message.lower())
    print(f"services/migrations/versions/{number}_{slug}.py")  # noqa: T201 - told to whoever runs it


if __name__ == "__main__":
    main(" ".join(sys.argv[1:]) or "change")
