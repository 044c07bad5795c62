"""Redis out of its wheel, as a plain foreground child on a private socket."""

import signal
import socket
from pathlib import Path

from services.launcher.accounts import Account
from services.launcher.children import Child
from services.launcher.places import BARE


def redis_child(program: Path, data: Path, path: Path, account: Account | None) -> Child:
    """The server that listens at `path` and keeps its messages in `data`, losing at most the last second."""
    options: dict[str, str | Path] = {
        "port": "0",
        "unixsocket": path,
        "unixsocketperm": "700",
        "dir": data,
        "appendonly": "yes",
        "appendfsync": "everysec",
        "save": "",
        "maxmemory-policy": "noeviction",
        "daemonize": "no",
    }
    command: list[str | Path] = [program]
    for key, value in options.items():
        command += [f"--{key}", value]
    return Child(
        name="redis",
        title="消息队列",
        command=command,
        environment=BARE,
        account=account,
        cwd=Path("/"),
        orphan_signal=signal.SIGTERM,
        is_ready=lambda _pid: _answers_ping(path),
    )


def _answers_ping(path: Path) -> bool:
    """Redis is there and has read its file (it says LOADING before)."""
    try:
        with socket.socket(socket.AF_UNIX) as connection:
            connection.settimeout(0.5)
            connection.connect(str(path))
            connection.sendall(b"PING\r\n")
            return connection.recv(64).startswith(b"+PONG")
    except OSError:
        return False
