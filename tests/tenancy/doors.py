"""What the tests of the door share: a town at a closed door, and an authenticator in one's pocket."""

import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pyotp
from sqlalchemy import select

from services.kernel import clock
from services.kernel.database import Scope, Sessions
from services.kernel.keys import master_key
from services.kernel.settings import Settings
from services.tenancy.signing_in.models import SignInEvent, User
from services.tenancy.signing_in.second_factors import STEP_SECONDS
from tests.conftest import OneConnection
from tests.factories import PASSWORD, Town, a_town
from tests.web import Browser

WRONG = "这不是我的口令 99"


def strict(settings: Settings) -> Settings:
    """The same installation, no longer a demo: the second factor is asked for."""
    return replace(settings, demo=False)


def master_of(settings: Settings) -> Any:
    """The installation's master key."""
    return master_key(settings.home, settings.master_key_file)


async def town_of(sessions: OneConnection, name: str = "示例镇") -> Town:
    """A town that is there."""
    async with sessions.session(None, Scope()) as session:
        town = await a_town(session, name)
        await session.commit()
    return town


async def sign_in(browser: Browser, login: str, password: str = PASSWORD, **more: str) -> httpx.Response:
    """Type account and password."""
    return await browser.post("/sign-in", {"login": login, "password": password, **more})


async def events_of(sessions: Sessions, user_id: object) -> list[str]:
    """What happened to an account at the door, in order."""
    async with sessions.session(None, Scope()) as session:  # type: ignore[arg-type]
        query = select(SignInEvent.outcome).where(SignInEvent.user_id == user_id).order_by(SignInEvent.id)
        return list(await session.scalars(query))


async def user_called(sessions: Sessions, login: str) -> User:
    """An account as it stands."""
    async with sessions.session(None, Scope()) as session:  # type: ignore[arg-type]
        return (await session.scalars(select(User).where(User.login == login.lower()))).one()


def code_at(secret: str, steps: int = 0) -> str:
    """What the authenticator shows now, or so many steps of 30 s away."""
    return pyotp.TOTP(secret).generate_otp(int(clock.now().timestamp()) // STEP_SECONDS + steps)


def secret_on(answer: httpx.Response) -> str:
    """The secret that a set-up page shows."""
    found = re.search(r'class="secret">([A-Z2-7 ]+)<', answer.text)
    assert found
    return found[1].replace(" ", "")


def codes_on(answer: httpx.Response) -> list[str]:
    """The recovery codes that a page shows."""
    return re.findall(r"<code>([a-z2-7-]{19})</code>", answer.text)


async def set_up(browser: Browser) -> tuple[str, list[str]]:
    """Set up a second factor; its secret and recovery codes."""
    secret = secret_on(await browser.get("/sign-in/second-factor"))
    done = await browser.post("/sign-in/second-factor", {"code": code_at(secret)})
    assert done.status_code == 200, done.text
    return secret, codes_on(done)


def move(clock_file: Path, seconds: float) -> None:
    """The clock stands so many seconds after the real one."""
    clock_file.write_text(str(seconds), encoding="ascii")


def at_step_start(clock_file: Path) -> float:
    """The clock stands two seconds into a new 30 s step, so that a test never straddles one; the offset in seconds."""
    move(clock_file, 0)
    offset = STEP_SECONDS - clock.now().timestamp() % STEP_SECONDS + 2
    move(clock_file, offset)
    return offset
