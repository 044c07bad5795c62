"""Which outside channels this process may use; set once when it starts."""

from services.kernel.settings import Settings
from services.notifications.channels.email import MailServer

_chosen: dict[str, MailServer | None] = {"email": None}


def use(settings: Settings) -> None:
    """Take the channels from the installation's settings."""
    _chosen["email"] = MailServer.of(settings)


def mail_server() -> MailServer | None:
    """Where letters are handed in; None leaves messages inside the system."""
    return _chosen["email"]
