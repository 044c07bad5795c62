"""`anzhen up`: one process tree that keeps the whole town running until it is told to stop."""

import asyncio
import contextlib
import signal
import threading
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace

from services.kernel.settings import Settings
from services.launcher.children import Child, Running, keep_small
from services.launcher.embedded import Embedded
from services.launcher.homes import Home, Stores
from services.launcher.problems import CannotStart, say
from services.launcher.stores import chosen, given_stores, server_settings
from services.launcher.town import check_port, environment_for_services, town_services

Before = Callable[[Stores], Awaitable[None]]

_FIRST_DELAY_SECONDS, _LONGEST_DELAY_SECONDS = 0.2, 15.0
_STEADY_SECONDS = 30
"""A child that lived this long is started again without the delay that earlier deaths earned."""
_STARTS = 3
"""How often a child may fail before it has ever been ready."""
_LOGS_EVERY_SECONDS = 60


def up(settings: Settings, *, services: Sequence[Child] | None = None, before: Before | None = None) -> None:
    """The town runs until Ctrl-C, SIGTERM or SIGHUP; `before` runs once the stores serve and before the services start.

    Call it in the main thread. Raises CannotStart, or what `before` raises, after everything has ended.
    """
    home = Home(settings.home)
    with home.locked("up") as lock:
        check_port(settings)
        asyncio.run(_Tree(settings, home, lock).live(services or town_services(settings), before))


class _Kept:
    """A child that is started again whenever it ends."""

    def __init__(self, child: Child, home: Home, lock: int) -> None:
        self.child, self._log, self._lock = child, home.log(child.name), lock
        self._running: Running | None = None

    async def begin(self) -> None:
        """It is ready; raises CannotStart when it never gets there."""
        for attempt in range(1, _STARTS + 1):
            self._running = Running(self.child, self._log, self._lock)
            try:
                while not await asyncio.to_thread(self._running.is_ready):  # noqa: ASYNC110 - another process's state
                    await asyncio.sleep(0.02)
            except CannotStart:
                if attempt == _STARTS or not self._running.has_ended():
                    raise
                self._running.sweep()
                await asyncio.sleep(attempt / 2)
            else:
                return

    async def keep(self) -> None:
        """Start it again after every end, each time a little later while it does not live long."""
        delay = _FIRST_DELAY_SECONDS
        while True:
            if self._running and await self._death(self._running) > _STEADY_SECONDS:
                delay = _FIRST_DELAY_SECONDS
            self._running = None
            say(f"{self.child.title}意外退出，{delay:g} 秒后重新启动。日志：{self._log}")
            await asyncio.sleep(delay)
            delay = min(delay * 2, _LONGEST_DELAY_SECONDS)
            try:
                self._running = Running(self.child, self._log, self._lock)
            except (CannotStart, OSError) as problem:
                say(str(problem))

    async def _death(self, running: Running) -> float:
        """Seconds it lived."""
        while not running.has_ended():  # noqa: ASYNC110 - another process's state
            await asyncio.sleep(0.1)  # by asking: no child watcher, and no SIGCHLD to lose
        running.sweep()
        return time.monotonic() - running.started

    async def stop(self, hurry: threading.Event) -> None:
        if self._running:
            await asyncio.to_thread(self._running.stop, hurry)


class _Tree:
    def __init__(self, settings: Settings, home: Home, lock: int) -> None:
        self._settings, self._home, self._lock = settings, home, lock
        self._stores: list[_Kept] = []
        self._services: list[_Kept] = []
        self._keepers: list[asyncio.Task[None]] = []
        self._embedded: Embedded | None = None
        self._stopping, self._hurry = asyncio.Event(), threading.Event()

    async def live(self, services: Sequence[Child], before: Before | None) -> None:
        """Start, serve until asked to stop, and end everything in the opposite order."""
        self._listen()
        asked, serving = (
            asyncio.create_task(self._stopping.wait()),
            asyncio.create_task(self._serve(services, before)),
        )
        try:
            await asyncio.wait({asked, serving}, return_when=asyncio.FIRST_COMPLETED)
            if serving.done():
                serving.result()
        finally:
            await _cancel([asked, serving])
            await self._end()

    def _listen(self) -> None:
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            if number != signal.SIGHUP or signal.getsignal(number) != signal.SIG_IGN:  # nohup stays nohup
                asyncio.get_running_loop().add_signal_handler(number, self._asked_to_stop)

    def _asked_to_stop(self) -> None:
        if self._stopping.is_set():
            self._hurry.set()
            return
        say("正在停止……（再按一次 Ctrl-C 立即结束）")
        self._stopping.set()

    async def _serve(self, services: Sequence[Child], before: Before | None) -> None:
        stores = await self._begin_stores()
        if before:
            await before(stores)
        environment = environment_for_services(self._settings, self._home, stores)
        told = [replace(child, environment={**environment, **child.environment}) for child in services]
        say("正在启动" + "、".join(child.title for child in told) + "……")
        self._services = [_Kept(child, self._home, self._lock) for child in told]
        await asyncio.gather(*(service.begin() for service in self._services))
        self._keep(self._services)
        say(
            f"安镇已启动：http://{self._settings.host}:{self._settings.port}/ （按 Ctrl-C 停止；日志在 {self._home.logs}）"
        )
        await asyncio.gather(*self._keepers, self._tend_logs())

    async def _begin_stores(self) -> Stores:
        if given := given_stores(self._settings):
            return given
        say("正在启动数据库和消息队列……")
        self._embedded = Embedded(self._home, server_settings(self._settings))
        stores, children = chosen(self._settings, self._embedded)
        self._stores = [_Kept(child, self._home, self._lock) for child in children]
        await asyncio.gather(*(store.begin() for store in self._stores))
        self._keep(self._stores)
        self._home.publish(stores)
        return stores

    def _keep(self, group: list[_Kept]) -> None:
        self._keepers += [asyncio.create_task(kept.keep()) for kept in group]

    async def _tend_logs(self) -> None:
        while True:
            await asyncio.sleep(_LOGS_EVERY_SECONDS)
            for kept in (*self._stores, *self._services):
                keep_small(self._home.log(kept.child.name))

    async def _end(self) -> None:
        await _cancel(self._keepers)
        await asyncio.gather(*(service.stop(self._hurry) for service in self._services))
        for store in reversed(self._stores):
            await store.stop(self._hurry)
        if self._embedded:
            self._embedded.clear()
        say("已停止。")


async def _cancel(tasks: Sequence[asyncio.Task[None] | asyncio.Task[bool]]) -> None:
    for task in tasks:
        task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await asyncio.gather(*tasks, return_exceptions=True)
