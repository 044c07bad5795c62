"""E-mail by SMTP: one letter at a time, and an honest answer whether the other side has it."""

import smtplib
import socket
import ssl
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from urllib.parse import parse_qs, unquote, urlsplit
from uuid import UUID

import msgspec

from services.kernel.settings import Settings

TIMEOUT_SECONDS = 10.0


class MailServer(msgspec.Struct, frozen=True, kw_only=True):
    """Where letters are handed in: `smtp://user:word@host:port?from=…&tls=starttls`, or `smtps://…`."""

    host: str
    port: int
    user: str = ""
    password: str = ""
    sender: str = ""
    tls: str = "starttls"
    """starttls, implicit (smtps), or off for a relay on the same machine."""
    public_url: str = ""

    @classmethod
    def of(cls, settings: Settings) -> "MailServer | None":
        """The server of an installation; None where none was set."""
        if not settings.smtp_url:
            return None
        parts = urlsplit(settings.smtp_url)
        query = parse_qs(parts.query)
        implicit = parts.scheme == "smtps"
        user = unquote(parts.username or "")
        return cls(
            host=parts.hostname or "localhost",
            port=parts.port or (465 if implicit else 25),
            user=user,
            password=unquote(parts.password or ""),
            sender=query.get("from", [user])[0],
            tls="implicit" if implicit else query.get("tls", ["starttls"])[0],
            public_url=settings.public_url,
        )


class Letter(msgspec.Struct, frozen=True, kw_only=True):
    """What one person gets by e-mail."""

    message_id: UUID
    address: str
    subject: str
    body: str
    link: str


class NotAccepted(Exception):  # noqa: N818 - a fact about the letter
    """The letter certainly did not arrive; it may be handed in again."""


class Doubtful(Exception):  # noqa: N818 - a fact about the letter
    """The letter was on its way when the answer was lost: nobody knows, and it must not be sent again unasked."""


def deliver(server: MailServer, letter: Letter) -> None:
    """Hand a letter in; raises NotAccepted or Doubtful, whose words name no person."""
    message = _written(server, letter)
    try:
        connection = _connected(server)
    except (OSError, smtplib.SMTPException) as error:
        raise NotAccepted(_plain(error)) from error
    try:
        _hand_in(connection, server, letter, message)
    finally:
        connection.close()


def _hand_in(connection: smtplib.SMTP, server: MailServer, letter: Letter, message: bytes) -> None:
    try:
        _answered(connection.mail(server.sender))
        _answered(connection.rcpt(letter.address))
    except UnicodeError as error:
        raise NotAccepted("邮件服务器不支持中文邮箱地址") from error
    except (OSError, smtplib.SMTPException) as error:
        raise NotAccepted(_plain(error)) from error
    try:
        code, _ = connection.data(message)
    except smtplib.SMTPDataError as error:
        raise NotAccepted(_plain(error)) from error
    except (OSError, smtplib.SMTPException) as error:
        raise Doubtful(_plain(error)) from error
    _answered((code, b""))


def _answered(answer: tuple[int, bytes]) -> None:
    code, _ = answer
    if code not in {250, 251}:
        raise NotAccepted(f"邮件服务器拒收（{code}）")


def _connected(server: MailServer) -> smtplib.SMTP:
    context = ssl.create_default_context()
    connection: smtplib.SMTP
    # Our own name is given, because smtplib would ask the name server for it and wait as long as that likes.
    here = socket.gethostname()
    if server.tls == "implicit":
        connection = smtplib.SMTP_SSL(server.host, server.port, here, timeout=TIMEOUT_SECONDS, context=context)
    else:
        connection = smtplib.SMTP(server.host, server.port, here, timeout=TIMEOUT_SECONDS)
    try:
        connection.ehlo_or_helo_if_needed()
        if server.tls == "starttls":
            connection.starttls(context=context)
            connection.ehlo()
        if server.user and server.password:
            connection.login(server.user, server.password)
    except BaseException:
        connection.close()
        raise
    return connection


def _written(server: MailServer, letter: Letter) -> bytes:
    message = EmailMessage()
    message["Subject"] = " ".join(letter.subject.split())
    message["From"] = _address("安镇", server.sender)
    message["To"] = _address("", letter.address)
    # The same letter always bears the same id, so that a mailbox can tell a doubled one.
    message["Message-ID"] = f"<{letter.message_id}@{server.sender.rpartition('@')[2] or 'anzhen'}>"
    message["Auto-Submitted"] = "auto-generated"
    link = f"\n\n请登录办理：{server.public_url}{letter.link}" if server.public_url and letter.link else ""
    message.set_content(f"{letter.body}{link}\n", cte="base64")
    return message.as_bytes()


def _address(name: str, address: str) -> Address:
    try:
        return Address(name, addr_spec=address)
    except (ValueError, IndexError, MessageError) as error:
        raise NotAccepted("邮箱地址或发件人设置有误") from error


def _plain(error: Exception) -> str:
    """What went wrong, without the server's own words: those may repeat an address."""
    code = getattr(error, "smtp_code", None)
    if code:
        return f"邮件服务器拒收（{code}）"
    if isinstance(error, TimeoutError):
        return "邮件服务器没有按时回答"
    return "与邮件服务器的连接中断" if isinstance(error, smtplib.SMTPServerDisconnected) else "连不上邮件服务器"
