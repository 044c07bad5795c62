"""PostgreSQL and Redis alone, for a command or for tests."""

import contextlib
import threading
import time
from collections.abc import Iterator

from services.kernel.settings import Settings
from services.launcher.children import Child, Running
from services.launcher.embedded import Embedded
from services.launcher.homes import Home, HomeInUse, Stores, is_alive
from services.launcher.problems import CannotStart, say

_COMMAND_PATIENCE_SECONDS = 120
_UP_PATIENCE_SECONDS = 60


@contextlib.contextmanager
def stores(settings: Settings, **postgres: object) -> Iterator[Stores]:
    """Both stores serve: those in the settings, those of the running town, or embedded ones until the end of the block.

    Enter it in the main thread. `postgres` are server settings for an embedded start. Raises CannotStart.
    """
    given = given_stores(settings)
    if given:
        yield given
        return
    home = Home(settings.home)
    with contextlib.ExitStack() as stack:
        try:
            lock = stack.enter_context(_when_free(home))
        except HomeInUse as town:
            found = _wait_for_town(home, town)
        else:
            found = stack.enter_context(_own(settings, home, lock, postgres))
        yield found


def given_stores(settings: Settings) -> Stores | None:
    """Both addresses when the operator gave both."""
    if settings.database_url and settings.redis_url:
        return Stores(settings.database_url, settings.redis_url)
    return None


def chosen(settings: Settings, embedded: Embedded) -> tuple[Stores, list[Child]]:
    """What the operator gave goes before what is embedded; only the rest needs a child."""
    pairs = ((embedded.postgres, settings.database_url), (embedded.redis, settings.redis_url))
    needed = [child for child, given in pairs if not given]
    own = embedded.stores
    return Stores(settings.database_url or own.admin_url, settings.redis_url or own.redis_url), needed


def server_settings(settings: Settings) -> dict[str, object]:
    """Room for every process's pool of twelve: web, worker, scheduler, and commands beside."""
    return {"max_connections": 12 * (settings.workers + 4) + 28}


@contextlib.contextmanager
def _own(settings: Settings, home: Home, lock: int, postgres: dict[str, object]) -> Iterator[Stores]:
    embedded = Embedded(home, server_settings(settings) | postgres)
    addresses, children = chosen(settings, embedded)
    running: list[Running] = []
    try:
        running.extend(Running(child, home.log(child.name), lock) for child in children)
        for one in running:
            while not one.is_ready():
                time.sleep(0.01)
        yield addresses
    finally:
        for one in reversed(running):
            one.stop(threading.Event())
        embedded.clear()


@contextlib.contextmanager
def _when_free(home: Home) -> Iterator[int]:
    """The lock, after another command of this home has ended; raises HomeInUse when the town itself is up."""
    end = time.monotonic() + _COMMAND_PATIENCE_SECONDS
    announced = False
    with contextlib.ExitStack() as stack:
        while True:
            try:
                lock = stack.enter_context(home.locked("command"))
                break
            except HomeInUse as other:
                if other.kind == "up" or time.monotonic() > end:
                    raise
                if not announced:
                    say(f"另一个安镇命令（进程号 {other.pid}）正在使用 {home.folder}，等它结束……")
                announced = True
                time.sleep(0.1)
        yield lock


def _wait_for_town(home: Home, town: HomeInUse) -> Stores:
    """The running town may still be starting its stores."""
    end = time.monotonic() + _UP_PATIENCE_SECONDS
    while town.kind == "up" and is_alive(town.pid) and time.monotonic() < end:
        if found := home.published(town.pid):
            return found
        time.sleep(0.05)
    if town.kind == "up":
        raise CannotStart(
            f"安镇（进程号 {town.pid}，目录 {home.folder}）的数据库没有就绪，请查看它的终端或 {home.logs} 中的日志。"
        )
    raise town
