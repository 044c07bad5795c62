"""The real notice where it lies beside the project."""

from pathlib import Path

import pytest

SAMPLES = Path(__file__).parent / "samples"
REAL = Path(__file__).parents[4] / "shared" / "notices" / "zhenxi-2021-29.txt"


@pytest.fixture(scope="session")
def real_notice() -> str:
    """The notice of 珍溪镇 for 2021, which is not part of the project."""
    if not REAL.exists():
        pytest.skip("珍溪府发〔2021〕29号 does not lie beside the project; the paper of 清溪镇 is read instead")
    return REAL.read_text(encoding="utf-8")


@pytest.fixture(scope="session")
def sample_notice() -> str:
    """A paper of our own in the same form."""
    return (SAMPLES / "qingxi-2023-8.txt").read_text(encoding="utf-8")
