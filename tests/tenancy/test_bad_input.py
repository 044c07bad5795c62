"""Whatever is typed at the door and in the office's forms, the answer is a sentence and never a fault."""

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as effort
from hypothesis import strategies as st

from services.kernel.refusals import BadInput
from services.kernel.settings import Settings
from services.portal.signing_in.visits import inside
from services.tenancy.members.facts import tidy
from services.tenancy.roles import Role
from services.tenancy.signing_in import normalised_login
from services.tenancy.signing_in.codes import code_hash, new_code
from services.tenancy.signing_in.passwords import check_password
from tests.conftest import OneConnection
from tests.tenancy.doors import town_of
from tests.web import Browser, browser, running

pytestmark = pytest.mark.anyio
NASTY = {
    "nul": "a\x00b",
    "endless": "x" * 1_000_000,
    "control": "\x1b[31m\r\n\t",
    "markup": "<script>alert(1)</script>",
    "quote": "'; DROP TABLE member; --",
    "like": "%_\\",
    "emoji": "👩‍👩‍👧‍👦" * 30,
    "direction": "\u202eabc\u2066",
}
STRANGE_BYTES = {"half a surrogate": b"%ED%A0%80", "broken": b"%FF%FE%C0", "percent": b"%", "nul": b"%00"}
DOORS = ("/sign-in", "/activate", "/theme")


async def answers(door: Browser, paths: tuple[str, ...], fields: tuple[str, ...], value: str) -> dict[str, int]:
    """What each path says to that value in every field."""
    return {path: (await door.post(path, dict.fromkeys(fields, value))).status_code for path in paths}


@pytest.mark.parametrize("value", NASTY.values(), ids=NASTY)
async def test_the_door_takes_anything(settings: Settings, sessions: OneConnection, value: str) -> None:
    """No account, code, password, theme or target makes the door stumble."""
    fields = ("login", "password", "password_again", "code", "next", "theme")
    async with running(settings, sessions) as app, browser(app) as door:
        for path, status in (await answers(door, DOORS, fields, value)).items():
            assert status in {303, 422}, path
        assert (await door.get("/sign-in", params={"next": value[:1000], "done": value[:1000]})).status_code == 200


@pytest.mark.parametrize("value", STRANGE_BYTES.values(), ids=STRANGE_BYTES)
async def test_the_door_takes_bytes_that_are_no_text(settings: Settings, sessions: OneConnection, value: bytes) -> None:
    """Half a character in a form or an address is answered, not stumbled over."""
    async with running(settings, sessions) as app, browser(app) as door:
        await door.get("/sign-in")
        headers = {
            "x-csrf-token": door.client.cookies["anzhen_csrf"],
            "content-type": "application/x-www-form-urlencoded",
        }
        for path in DOORS:
            body = b"login=" + value + b"&password=" + value + b"&code=" + value + b"&theme=" + value
            assert (await door.client.post(path, content=body, headers=headers)).status_code in {303, 400, 422}
        assert (await door.get("/sign-in?next=" + value.decode("ascii"))).status_code == 200


@pytest.mark.parametrize("value", NASTY.values(), ids=NASTY)
async def test_the_offices_forms_take_anything(settings: Settings, sessions: OneConnection, value: str) -> None:
    """People, departments and filters answer nonsense with the form and its errors."""
    town = await town_of(sessions)
    office = town[Role.TOWN_OFFICE]
    fields = [
        "kind",
        "name",
        "login",
        "role",
        "department_id",
        "enterprise_id",
        "post",
        "phone",
        "email",
        "certificate_no",
        "certificate_from",
        "certificate_to",
        "is_head",
        "is_dedicated",
        "sectors",
        "aliases",
        "version",
        "current",
        "password",
        "password_again",
        "code",
    ]
    paths = (
        "/members/new",
        f"/members/{office.member_id}",
        "/members/departments",
        f"/members/departments/{town.departments['sector']}",
        "/profile/password",
        "/sign-in/second-factor",
    )
    async with running(settings, sessions) as app, browser(app, office) as desk:
        for path, status in (await answers(desk, paths, tuple(fields), value)).items():
            assert status in {409, 422}, (path, status)
        filters = dict.fromkeys(("q", "department", "role", "certificate", "state", "page", "kind"), value[:1000])
        for path in ("/members", "/members/new", "/profile"):
            assert (await desk.get(path, params=filters)).status_code == 200, path


async def test_a_cookie_of_nonsense_is_nobodys(settings: Settings, sessions: OneConnection) -> None:
    """A session cookie that was never given out leads to the door."""
    async with running(settings, sessions) as app, browser(app) as door:
        for token in ("x", "a" * 4000, "%00", "\u00e9"):
            headers = {"cookie": f"anzhen_session={token}".encode("latin-1")}
            assert (await door.client.get("/members", headers=headers)).status_code == 303


@given(st.text(max_size=300))
@effort(max_examples=300, suppress_health_check=[HealthCheck.too_slow])
def test_any_text_has_one_account_name_or_none(typed: str) -> None:
    """Normalising twice changes nothing, and what comes out a database takes."""
    login = normalised_login(typed)
    assert normalised_login(login) == login
    assert "\x00" not in login
    login.encode()


@given(st.text(max_size=300))
@effort(max_examples=300)
def test_any_text_becomes_one_tidy_line(typed: str) -> None:
    """No control character, no half character, no double blank is left, and tidying twice changes nothing."""
    line = tidy(typed)
    assert line == tidy(line)
    assert line.isprintable() or not line
    assert "  " not in line
    line.encode()


@given(st.text(max_size=260), st.text(max_size=260))
@effort(max_examples=300)
def test_any_new_password_is_taken_or_refused_with_words(password: str, again: str) -> None:
    """A password that is taken can be hashed; one that is not gets a sentence."""
    refused = {}
    try:
        check_password(password, login="zhangsan", again=again)
    except BadInput as refusal:
        refused = dict(refusal.fields)
    if not refused:
        password.encode()
        assert password == again
    assert all(refused.values())


@given(st.text())
def test_no_target_leads_outside(target: str) -> None:
    """Whatever `next` holds, what comes out begins with exactly one slash and has only plain letters."""
    path = inside(target)
    assert path.startswith("/")
    assert not path.startswith(("//", "/\\"))
    assert path.isascii()
    assert path.isprintable()
    assert " " not in path


def test_a_code_is_read_however_it_is_written() -> None:
    """Capitals, blanks, missing hyphens and digits that look like letters make no difference; another code does."""
    code = new_code()
    kept = code_hash(code)
    assert {code_hash(code.upper()), code_hash(code.replace("-", "")), code_hash(f" {code} ")} == {kept}
    assert code_hash("abco-lefg-hijk-bmno") == code_hash("ABC0 1EFG HIJK 8MN0")
    assert code_hash(new_code()) != kept
