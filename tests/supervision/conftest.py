"""What the tests of a town's work share."""

import pytest

from tests.conftest import OneConnection
from tests.supervision.year import Year, a_year


@pytest.fixture
async def year(sessions: OneConnection) -> Year:
    """A town in the middle of its year."""
    return await a_year(sessions)
