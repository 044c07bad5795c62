"""How many connections a process may hold."""

from services.app import web_logins
from services.kernel.database import CONNECTIONS
from services.kernel.table import Login


def test_a_web_process_never_holds_more_than_twelve_connections() -> None:
    """Every pool is bounded, and together they fit what the server is told to expect of a process."""
    assert sum(CONNECTIONS.get(login, 1) for login in web_logins()) <= 12


def test_a_worker_never_holds_more_than_twelve_connections() -> None:
    """The worker's own login, the relay's and the identity login for the tenants' list."""
    assert sum(CONNECTIONS.get(login, 1) for login in (Login.WORKER, Login.RELAY, Login.IDENTITY)) <= 12
