"""A letter is sent once; where nobody can know whether it arrived, that is said, and it is not sent again."""

from collections.abc import Iterator
from dataclasses import replace
from email import message_from_bytes
from email.policy import default
from uuid import UUID

import pytest
from sqlalchemy import select, update

from services.kernel import clock
from services.kernel.bench import Bench, system
from services.kernel.database import Scope
from services.kernel.settings import Settings
from services.kernel.work import open_work
from services.notifications import messages
from services.notifications.channels import email
from services.notifications.channels.chosen import use
from services.notifications.channels.email import MailServer, NotAccepted
from services.notifications.messages.jobs import send_email
from services.notifications.messages.models import Message
from services.tenancy.members.models import Member
from services.tenancy.roles import Role
from tests.conftest import OneConnection
from tests.factories import Town, a_town
from tests.notifications.post_office import Counter, PostOffice

pytestmark = pytest.mark.anyio
ADDRESS = "wangmoumou@example.cn"


@pytest.fixture
def office() -> PostOffice:
    """What the mail server does."""
    return PostOffice()


@pytest.fixture
def counter(office: PostOffice, settings: Settings) -> Iterator[Counter]:
    """The mail server, open and set as ours."""
    counter = Counter(office)
    counter.start()
    use(replace(settings, smtp_url=counter.url, public_url="https://anzhen.example.cn"))
    yield counter
    use(settings)
    counter.stop()


@pytest.fixture
async def letter(sessions: OneConnection, counter: Counter) -> tuple[Town, UUID]:
    """A town and a letter that waits to be sent."""
    async with sessions.session(None, Scope()) as session:
        town = await a_town(session)
        await session.execute(update(Member).where(Member.id == town[Role.TOWN_OFFICE].member_id).values(email=ADDRESS))
        await session.commit()
    async with open_work(sessions, system(town.id), frozenset()) as work:
        to = [town[Role.TOWN_OFFICE].member_id or UUID(int=0)]
        said = {"subject": "新任务：\r\nBcc: other@example.cn", "body": "请先签收。", "link": "/assignments/1"}
        await messages.post(work, to=to, event="assigned:1", **said)
        found = await work.one(select(Message).where(Message.channel == "email"))
    return town, found.id


async def send(sessions: OneConnection, letter: tuple[Town, UUID]) -> None:
    """The job, as the worker runs it."""
    town, message_id = letter
    bench = Bench(sessions, system(town.id), frozenset({"message:post"}), clock.new_id())
    await send_email(bench, message_id)


async def state(sessions: OneConnection, letter: tuple[Town, UUID]) -> tuple[str, str | None, bool]:
    """What became of the letter: state, words, whether there is a time of sending."""
    async with sessions.session(None, Scope()) as session:
        row = await session.get(Message, (letter[0].id, letter[1]))
    assert row
    return row.state, row.error, row.sent_at is not None


async def test_a_letter_arrives_once(sessions: OneConnection, office: PostOffice, letter: tuple[Town, UUID]) -> None:
    """It says what the message says, leads back to our page, bears the message's id, and a second run sends nothing."""
    await send(sessions, letter)
    await send(sessions, letter)
    assert await state(sessions, letter) == ("sent", None, True)
    (envelope,) = office.letters
    assert envelope.rcpt_tos == [ADDRESS]
    read = message_from_bytes(envelope.content or b"", policy=default)
    assert read["Subject"] == "新任务： Bcc: other@example.cn"
    assert read["Bcc"] is None
    assert str(letter[1]) in read["Message-ID"]
    assert (
        read.get_content().replace("\r\n", "\n")
        == "请先签收。\n\n请登录办理：https://anzhen.example.cn/assignments/1\n"
    )


@pytest.mark.parametrize(("part", "answer"), [("answer", "554 no"), ("answer", "451 later"), ("rcpt", "550 who")])
async def test_a_refused_letter_is_tried_again(
    sessions: OneConnection, office: PostOffice, letter: tuple[Town, UUID], part: str, answer: str
) -> None:
    """A clear no is a failure that the outbox repeats; the next time it may be taken."""
    setattr(office, part, answer)
    with pytest.raises(NotAccepted):
        await send(sessions, letter)
    assert await state(sessions, letter) == ("failed", f"邮件服务器拒收（{answer[:3]}）", False)
    setattr(office, part, "250 OK")
    await send(sessions, letter)
    assert await state(sessions, letter) == ("sent", None, True)


@pytest.mark.parametrize("answer", ["die", "wait"])
async def test_a_lost_answer_leaves_doubt(
    sessions: OneConnection, office: PostOffice, letter: tuple[Town, UUID], answer: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The server took the letter and said nothing: it is unknown, nothing fails, and it is never sent again."""
    monkeypatch.setattr(email, "TIMEOUT_SECONDS", 0.5)
    office.answer = answer
    await send(sessions, letter)
    found, words, is_timed = await state(sessions, letter)
    assert (found, is_timed) == ("unknown", False)
    assert "系统不会自动重发" in (words or "")
    office.answer = "250 OK"
    await send(sessions, letter)
    assert len(office.letters) == 1


async def test_an_absent_server_is_no_doubt(
    settings: Settings, sessions: OneConnection, letter: tuple[Town, UUID]
) -> None:
    """Nobody there: certainly not sent, tried again later."""
    use(replace(settings, smtp_url="smtp://127.0.0.1:1?from=town@example.cn"))
    with pytest.raises(NotAccepted):
        await send(sessions, letter)
    assert await state(sessions, letter) == ("failed", "连不上邮件服务器", False)


async def test_a_broken_off_run_is_found_and_not_repeated(
    sessions: OneConnection, office: PostOffice, letter: tuple[Town, UUID]
) -> None:
    """A letter that a dead worker left in `sending` becomes unknown."""
    async with sessions.session(None, Scope()) as session:
        await session.execute(update(Message).where(Message.id == letter[1]).values(state="sending"))
        await session.commit()
    await send(sessions, letter)
    assert (await state(sessions, letter))[0] == "unknown"
    assert office.letters == []


@pytest.mark.parametrize("change", [{"email": None}, {"state": "left"}, {"email": ""}])
async def test_who_has_gone_gets_nothing(
    sessions: OneConnection, office: PostOffice, letter: tuple[Town, UUID], change: dict[str, str | None]
) -> None:
    """Without an address any more, or without the person, the letter ends and is not tried again."""
    async with sessions.session(None, Scope()) as session:
        await session.execute(update(Member).where(Member.email == ADDRESS).values(change))
        await session.commit()
    await send(sessions, letter)
    assert (await state(sessions, letter))[:2] == ("failed", "收件人已离开或没有邮箱地址")
    assert office.letters == []


@pytest.mark.parametrize("address", ["no address", "a@b\r\nBcc: c@d.cn", "王@", "@example.cn", "王某某@example.cn"])
async def test_a_bad_address_is_a_failure_without_words_of_it(
    sessions: OneConnection, office: PostOffice, letter: tuple[Town, UUID], address: str
) -> None:
    """What is no address is refused before anything is sent, and not repeated in the error."""
    async with sessions.session(None, Scope()) as session:
        await session.execute(update(Member).where(Member.email == ADDRESS).values(email=address))
        await session.commit()
    with pytest.raises(NotAccepted):
        await send(sessions, letter)
    assert (await state(sessions, letter))[0] == "failed"
    assert address not in ((await state(sessions, letter))[1] or "")
    assert office.letters == []


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("smtp://mail.example:2525?from=a@b.cn", ("mail.example", 2525, "", "", "a@b.cn", "starttls")),
        ("smtps://u%40b.cn:p%2Fw@mail.example", ("mail.example", 465, "u@b.cn", "p/w", "u@b.cn", "implicit")),
        ("smtp://localhost?from=a@b.cn&tls=off", ("localhost", 25, "", "", "a@b.cn", "off")),
    ],
)
def test_the_server_is_one_address(settings: Settings, url: str, expected: tuple[str, int, str, str, str, str]) -> None:
    """Host, port, login, sender and encryption stand in one setting; encryption is on unless it is switched off."""
    server = MailServer.of(replace(settings, smtp_url=url))
    assert server
    assert (server.host, server.port, server.user, server.password, server.sender, server.tls) == expected
    assert MailServer.of(settings) is None
