"""PostgreSQL and Redis of one home, ready to be started as children."""

import contextlib
from collections.abc import Mapping
from urllib.parse import quote

from services.launcher.accounts import account_for
from services.launcher.homes import Home, Stores
from services.launcher.places import clear_sockets, data_place, owned, programs_for, socket_folder
from services.launcher.postgres import ADMINISTRATOR, DATABASE, Cluster
from services.launcher.problems import told
from services.launcher.redis import redis_child


class Embedded:
    """User, programs, data and sockets are chosen and made; raises CannotStart. `postgres` are the server's settings."""

    def __init__(self, home: Home, postgres: Mapping[str, object]) -> None:
        with told(home.folder):
            account = account_for(home.folder / "place/postgres", home.folder / "postgres")
            place = data_place(home, account)
            programs = programs_for(account, place)
            cluster = Cluster(place, programs.postgres, account, home.secret("database-admin"))
            cluster.make()
            messages = owned(place / "redis", account)
            self._sockets = socket_folder(home.folder, account)
        redis_socket = self._sockets / "redis.sock"
        self.postgres = cluster.child(self._sockets, postgres)
        self.redis = redis_child(programs.redis, messages, redis_socket, account)
        login = f"{ADMINISTRATOR}:{quote(cluster.password.read_text('ascii'))}"
        self.stores = Stores(
            admin_url=f"postgresql+asyncpg://{login}@/{DATABASE}?host={quote(str(self._sockets))}",
            redis_url=f"unix://{redis_socket}",
        )

    def clear(self) -> None:
        """Take the sockets' folder away after both have ended."""
        with contextlib.suppress(OSError):
            clear_sockets(self._sockets)
            self._sockets.rmdir()
