"""A process that starts loads its modules without stopping to look for garbage: what they make stays as long as it lives."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def kept_for_life() -> Iterator[None]:
    """What is made inside is never looked through for garbage, neither now nor between requests."""
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()
