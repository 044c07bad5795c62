"""Loading a process's modules."""

import gc

import pytest

from services.kernel.loading import kept_for_life


def test_garbage_is_looked_for_again_once_the_modules_are_loaded() -> None:
    """Inside nothing is collected; afterwards what was made is kept out of every later search, also after a failure."""
    try:
        with pytest.raises(ImportError), kept_for_life():
            assert not gc.isenabled()
            made = [[] for _ in range(1000)]
            raise ImportError
        assert gc.isenabled()
        assert gc.get_freeze_count() >= len(made)
        assert not any(one is made for one in gc.get_objects())
    finally:
        gc.unfreeze()
