"""Where the worker of these tests finds the bytes that the web kept."""

import pytest

from services.kernel import sweeping
from services.kernel.settings import Settings


@pytest.fixture(autouse=True)
def files(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    """The installation's own folder."""
    monkeypatch.setattr(sweeping, "_chosen", {})
    sweeping.use(settings)
