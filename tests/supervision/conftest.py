"""What the tests of a town's work share."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from litestar import Litestar

from services.kernel.settings import Settings
from tests.conftest import OneConnection
from tests.supervision.year import NOW, Year, a_year
from tests.web import running


@pytest.fixture
async def year(sessions: OneConnection) -> Year:
    """A town in the middle of its year."""
    return await a_year(sessions)


@pytest.fixture
def march(clock_file: Path) -> None:
    """It is the morning of 6 March 2026 for whoever opens a page."""
    clock_file.write_text(str((NOW - datetime.now(UTC)).total_seconds()), encoding="ascii")


@pytest.fixture
async def app(settings: Settings, year: Year, march: None) -> AsyncIterator[Litestar]:
    """The application of that town, started."""
    async with running(settings, year.sessions) as app:
        yield app
