"""A mail server that does as it is told: takes letters, refuses them, or takes them and never answers."""

import asyncio
import socket
import threading
from dataclasses import dataclass, field

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session


@dataclass
class PostOffice:
    """What it does with letters, and those that reached it."""

    answer: str = "250 OK"
    """What it says after a letter: 250 takes it, 4xx and 5xx refuse it, `die` hangs up, `wait` says nothing for long."""
    rcpt: str = "250 OK"
    letters: list[Envelope] = field(default_factory=list)
    arrived: threading.Event = field(default_factory=threading.Event)

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's name
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        """Somebody is named."""
        if self.rcpt.startswith("250"):
            envelope.rcpt_tos.append(address)
        return self.rcpt

    async def handle_DATA(self, server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802 - aiosmtpd's name
        """A letter is there."""
        self.letters.append(envelope)
        self.arrived.set()
        if self.answer == "die":
            assert server.transport
            server.transport.abort()
        if self.answer == "wait":
            await asyncio.sleep(60)
        return self.answer if self.answer[0].isdigit() else "250 OK"


class Counter(Controller):
    """The post office, open on a free port of this machine."""

    def __init__(self, office: PostOffice) -> None:
        super().__init__(office, hostname="127.0.0.1", port=0, ready_timeout=30, server_hostname="mail.test")

    @property
    def url(self) -> str:
        """Its address, as ANZHEN_SMTP_URL says it."""
        return f"smtp://127.0.0.1:{self.server.sockets[0].getsockname()[1]}?from=town@example.cn&tls=off"

    def _trigger_server(self) -> None:
        """Knock at the port that was really taken."""
        with socket.create_connection(self.server.sockets[0].getsockname(), 1) as knock:
            knock.recv(1)
