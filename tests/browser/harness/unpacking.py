"""What the tests unpack once is kept in `.cache/`; two runs at the same time share one unpacking."""

import fcntl
import json
import shutil
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).parents[3]
MODULES = ROOT / "node_modules"
CACHE = ROOT / ".cache"


class NotProvidedError(RuntimeError):
    """The machine lacks something that the browser tests need, and the sentence says how to get it."""


def package(name: str) -> Path:
    """An npm package's folder; raises NotProvidedError before `npm ci` has run."""
    folder = MODULES / name
    if not folder.is_dir():
        raise NotProvidedError(f"{name} is missing: run `npm ci --ignore-scripts` first")
    return folder


def version_of(name: str) -> str:
    """The installed version of an npm package."""
    return str(json.loads((package(name) / "package.json").read_text("utf-8"))["version"])


def once(name: str, unpack: Callable[[Path], None]) -> Path:
    """The folder of that name in the cache, filled by `unpack` if it is not there yet, whole or not at all."""
    target, half = CACHE / name, CACHE / f"{name}.half"
    CACHE.mkdir(exist_ok=True)
    with (CACHE / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not target.exists():
            shutil.rmtree(half, ignore_errors=True)
            half.mkdir()
            unpack(half)
            half.replace(target)
    return target
