"""Bytes whose row never came are cleared away: their transaction failed after they were put."""

from datetime import time, timedelta

from sqlalchemy import Select, select

from services.kernel.attachments import Attachment
from services.kernel.bench import Bench
from services.kernel.files import FileStore
from services.kernel.jobs import job
from services.kernel.schedules import scheduled
from services.kernel.settings import Settings

ORPHANS_STAY = timedelta(days=1)
"""Longer than any transaction lasts: the row of younger bytes may still come."""

_chosen: dict[str, FileStore] = {}
_named: list[Select[str | None]] = [select(Attachment.sha256)]
"""What names bytes that stay."""


def use(settings: Settings) -> None:
    """Take the place of the attachments from the installation's settings; once, when a worker starts."""
    _chosen["files"] = FileStore.of(settings.home, settings.files_url)


def files() -> FileStore:
    """Where this worker finds and keeps the bytes."""
    return _chosen["files"]


def named_by(*digests: Select[str | None]) -> None:
    """A room says which of its columns name bytes that stay."""
    _named.extend(digests)


@scheduled(at=time(3, 20), kinds=["township"])
@job(queue="files", split=True)
async def sweep(bench: Bench) -> None:
    """Remove the town's bytes that no row has named for a day."""
    async with bench.work() as work:
        tenant, older_than = work.tenant_id, work.now - ORPHANS_STAY
        known = {digest for query in _named for digest in await work.all(query) if digest}
    await _chosen["files"].sweep(tenant, known, older_than=older_than)
