"""The figures of all web processes together: each keeps its own in a file, and whoever is asked adds them up."""

import fcntl
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from prometheus_client import REGISTRY, Metric
from prometheus_client.mmap_dict import MmapedDict
from prometheus_client.multiprocess import MultiProcessCollector

VARIABLE = "PROMETHEUS_MULTIPROC_DIR"
"""Set before a web process starts; the library reads it when it is imported."""
OF_THE_DEAD = "0"
"""The number under which the figures of processes that have ended are kept; no process has it."""


def folder_of(home: Path) -> Path:
    """Where the processes of one installation keep their figures."""
    return home / "metrics"


def begin(home: Path) -> None:
    """An empty folder: the figures of an earlier run are over."""
    folder = folder_of(home)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    for file in folder.glob("*.db"):
        file.unlink(missing_ok=True)


def gathered() -> Sequence[Metric]:
    """The figures of every process of this run, or of this one where it runs alone."""
    if not os.environ.get(VARIABLE):
        return list(REGISTRY.collect())
    with _alone(Path(os.environ[VARIABLE])) as folder:
        _bury(folder)
        return list(MultiProcessCollector(None).collect())  # type: ignore[no-untyped-call]


def bury() -> None:
    """Add the figures of processes that have ended to one file, so that a process that dies often leaves none behind."""
    if os.environ.get(VARIABLE):
        with _alone(Path(os.environ[VARIABLE])) as folder:
            _bury(folder)


@contextmanager
def _alone(folder: Path) -> Iterator[Path]:
    """Nobody else adds up or buries meanwhile."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield folder


def _bury(folder: Path) -> None:
    for file in folder.glob("*_*.db"):
        kind, _, pid = file.stem.rpartition("_")
        if pid == OF_THE_DEAD or Path(f"/proc/{pid}").exists():
            continue
        if kind in {"counter", "histogram"}:
            _add(file, folder / f"{kind}_{OF_THE_DEAD}.db")
        file.unlink()


def _add(file: Path, to: Path) -> None:
    kept = MmapedDict(str(to))  # type: ignore[no-untyped-call]
    for key, value, _, _ in MmapedDict.read_all_values_from_file(str(file)):  # type: ignore[no-untyped-call]
        before, _ = kept.read_value(key)  # type: ignore[no-untyped-call]
        kept.write_value(key, before + value, 0.0)  # type: ignore[no-untyped-call]
    kept.close()  # type: ignore[no-untyped-call]
