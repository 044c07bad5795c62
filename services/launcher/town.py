"""The three services of a town beside its stores, and what they are told by environment."""

import errno
import http.client
import os
import signal
import socket
import sys
from collections.abc import Mapping
from dataclasses import fields
from pathlib import Path
from urllib.parse import urlsplit

from services.kernel import gathering
from services.kernel.settings import Settings
from services.launcher.children import Child
from services.launcher.homes import Home, Stores
from services.launcher.problems import CannotStart

_CHOICE = range(1024, 65535)
# Live pages never end by themselves; and after the parent was killed everything must be gone within five seconds.
_WEB_KILL_SECONDS = 3
_EVERYWHERE = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 - where that is reached


def town_services(settings: Settings) -> list[Child]:
    """Web, worker and scheduler."""
    python = [sys.executable, "-X", "faulthandler", "-m"]
    web = [
        *python,
        "granian",
        "services.commands.serving:application",
        "--factory",
        "--interface",
        "asgi",
        "--loop",
        "uvloop",
    ]
    web += ["--host", settings.host, "--port", str(settings.port), "--workers", str(settings.workers)]
    web += ["--respawn-failed-workers", "--workers-kill-timeout", str(_WEB_KILL_SECONDS)]
    return [
        Child(
            name="web",
            title="网页服务",
            command=web,
            environment={gathering.VARIABLE: str(gathering.folder_of(settings.home))},
            prepare=lambda: gathering.begin(settings.home),
            is_ready=lambda _pid: _answers(settings),
            ready_seconds=180,  # a small, busy machine loads the application slowly
            orphan_signal=signal.SIGTERM,  # by SIGKILL its workers would stay and hold the port
            grace_seconds=_WEB_KILL_SECONDS + 5,
        ),
        Child(name="worker", title="后台任务", command=[*python, "services", "work"], environment={}, grace_seconds=15),
        Child(
            name="scheduler",
            title="定时任务",
            command=[*python, "services", "schedule"],
            environment={},
            grace_seconds=5,
        ),
    ]


def environment_for_services(settings: Settings, home: Home, stores: Stores) -> Mapping[str, str]:
    """Ours, with every setting of this run; of the embedded stores only the address: services have no administrator's password."""
    environment = dict(os.environ) | {"PYTHONUTF8": "1", "PYTHONUNBUFFERED": "1"}
    for field in fields(settings):
        name, value = f"ANZHEN_{field.name.upper()}", getattr(settings, field.name)
        if isinstance(value, str | int | Path) and f"{name}_FILE" not in os.environ:
            environment[name] = str(int(value)) if isinstance(value, bool) else str(value)
    if not settings.database_url:
        parts = urlsplit(stores.admin_url)
        environment["ANZHEN_DATABASE_URL"] = f"{parts.scheme}://{parts.path}?{parts.query}"
    if not settings.redis_url:
        environment["ANZHEN_REDIS_URL"] = stores.redis_url
    if not settings.role_secret:
        environment["ANZHEN_ROLE_SECRET_FILE"] = str(home.secret("role-secret"))
    return environment


def check_port(settings: Settings) -> None:
    """The web's port is free; raises CannotStart naming it."""
    try:
        family, _, _, _, address = socket.getaddrinfo(settings.host, settings.port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, socket.SOCK_STREAM) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
    except OSError as error:
        other = settings.port + 1 if settings.port in _CHOICE else 8000
        reasons = {
            errno.EADDRINUSE: f"端口 {settings.port} 已被其他程序占用。请停止那个程序，或换一个端口",
            errno.EACCES: f"当前用户无权使用端口 {settings.port}。请换一个 1024 以上的端口",
        }
        reason = reasons.get(
            error.errno or 0,
            f"无法在 {settings.host} 的端口 {settings.port} 上监听（{error.strerror or error}）。请检查 ANZHEN_HOST，或换一个端口",
        )
        raise CannotStart(f"{reason}：设置环境变量 ANZHEN_PORT={other} 后再启动。") from error


def _answers(settings: Settings) -> bool:
    """Some worker answers some request: the port alone opens before the application is loaded."""
    connection = http.client.HTTPConnection(_EVERYWHERE.get(settings.host, settings.host), settings.port, timeout=1)
    try:
        connection.request("GET", "/ready")
        connection.getresponse()
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
    return True
