"""Hostile ID tokens and foreign answers: what a provider, or somebody in its place, may say without being believed."""

import base64
import hashlib
import hmac
import json
import time
from collections.abc import Callable, Mapping
from typing import Any

import httpx2
import pytest
from joserfc import jwt
from joserfc.jwk import ECKey, OKPKey, RSAKey

from services.kernel.settings import ProviderSettings, Settings, SettingsError
from services.tenancy.signing_in.oidc.dingtalk import DingTalk
from services.tenancy.signing_in.oidc.provider import Asked, Proven, ProviderAway, ProviderRefused
from services.tenancy.signing_in.oidc.standard import Standard
from services.tenancy.signing_in.oidc.wecom import WeCom

pytestmark = pytest.mark.anyio
ISSUER = "https://id.example"
ASKED = Asked(
    state="s" * 43, nonce="n" * 43, verifier="v" * 64, redirect_uri="https://anzhen.example/sign-in/provider/back"
)
RSA = RSAKey.generate_key(2048, {"kid": "rsa", "use": "sig"})
KEYS = {
    "RS256": RSA,
    "ES256": ECKey.generate_key("P-256", {"kid": "ec", "use": "sig"}),
    "EdDSA": OKPKey.generate_key("Ed25519", {"kid": "okp", "use": "sig"}),
}
STRANGER = RSAKey.generate_key(2048, {"kid": "rsa", "use": "sig"})
SETTINGS = ProviderSettings(
    kind="standard",
    issuer=ISSUER,
    client_id="anzhen",
    client_secret="geheim",
    label="统一认证",
    scopes="openid",
    agent_id="",
    second_factor=frozenset({"otp"}),
)


def claims(**other: Any) -> dict[str, Any]:
    """What a right token says, and what is otherwise; None leaves a claim out."""
    now = int(time.time())
    right = {"iss": ISSUER, "aud": "anzhen", "sub": "wang", "iat": now, "exp": now + 300, "nonce": ASKED.nonce}
    return {name: value for name, value in {**right, **other}.items() if value is not None}


def signed(said: Mapping[str, Any], algorithm: str = "RS256", key: Any = None) -> str:
    """A token as a provider makes it."""
    key = key or KEYS[algorithm]
    return jwt.encode({"alg": algorithm, "kid": key.kid}, dict(said), key, algorithms=[algorithm])


def by_hand(said: Mapping[str, Any], algorithm: str, sign: Callable[[bytes], bytes]) -> str:
    """A token as no library would make it."""
    head, body = (_part(json.dumps(part).encode()) for part in ({"alg": algorithm, "kid": "rsa"}, said))
    return f"{head}.{body}.{_part(sign(f'{head}.{body}'.encode()))}"


def _part(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def with_public_key(message: bytes) -> bytes:
    """HS256 with the key that everybody knows."""
    return hmac.digest(RSA.as_pem(private=False), message, hashlib.sha256)


class Wire:
    """The provider as it looks over the wire."""

    def __init__(self, token: object = None, **described: Any) -> None:
        self.token = token
        self.described = described
        self.sent: list[httpx2.Request] = []
        self.keys = [key.as_dict(private=False) for key in KEYS.values()]

    def __call__(self, request: httpx2.Request) -> httpx2.Response:
        """One answer."""
        self.sent.append(request)
        if request.url.path.endswith("/openid-configuration"):
            known = {"issuer": ISSUER, "authorization_response_iss_parameter_supported": True}
            places = {name: f"{ISSUER}/{name}" for name in ("authorization_endpoint", "token_endpoint", "jwks_uri")}
            return httpx2.Response(200, json={**known, **places, **self.described})
        if request.url.path == "/jwks_uri":
            return httpx2.Response(200, json={"keys": self.keys})
        return httpx2.Response(200, json={"access_token": "a", "token_type": "Bearer", "id_token": self.token})


async def proven(wire: Wire, **answer: str) -> Proven:
    """What is believed of a code with this token behind it."""
    provider = Standard(SETTINGS, httpx2.MockTransport(wire))
    return await provider.prove(ASKED, {"code": "c", "iss": ISSUER, **answer})


@pytest.mark.parametrize("algorithm", KEYS)
async def test_a_right_token_is_believed(algorithm: str) -> None:
    """RS256, ES256 and EdDSA alike; the code was redeemed with the verifier and the client's secret."""
    wire = Wire(signed(claims(name="示例王"), algorithm))
    assert await proven(wire) == Proven(issuer=ISSUER, subject="wang", name="示例王")
    redeemed = next(request for request in wire.sent if request.url.path == "/token_endpoint")
    assert f"code_verifier={ASKED.verifier}" in redeemed.content.decode()
    assert redeemed.headers["authorization"].startswith("Basic ")


@pytest.mark.parametrize(
    "token",
    [
        by_hand(claims(), "none", lambda _: b""),
        by_hand(claims(), "HS256", with_public_key),
        signed(claims(), key=STRANGER),
        signed(claims(aud="another")),
        signed(claims(aud=["anzhen", "another"])),
        signed(claims(aud=["anzhen", "another"], azp="another")),
        signed(claims(exp=int(time.time()) - 120)),
        signed(claims(iat=int(time.time()) + 600)),
        signed(claims(iss="https://evil.example")),
        signed(claims(nonce=None)),
        signed(claims(nonce="another")),
        signed(claims(sub=None)),
        signed(claims(sub="")),
        signed(claims(exp=None)),
        signed(claims(at_hash="AAAAAAAAAAAAAAAAAAAAAA")),
        signed(claims())[:-4],
        "no.token",
        None,
    ],
    ids=[
        "alg none",
        "HS256 with the public key",
        "another key",
        "another audience",
        "two audiences",
        "another party",
        "expired",
        "from the future",
        "another issuer",
        "no nonce",
        "another nonce",
        "no subject",
        "an empty subject",
        "no end",
        "another access token",
        "cut off",
        "no token",
        "nothing",
    ],
)
async def test_a_wrong_token_is_not_believed(token: object) -> None:
    """One flaw is enough."""
    with pytest.raises(ProviderRefused):
        await proven(Wire(token))


@pytest.mark.parametrize(("seconds", "believed"), [(-50, True), (-70, False)])
async def test_clocks_may_differ_by_a_minute(seconds: int, believed: bool) -> None:
    """A token that ended fifty seconds ago is taken, one that ended seventy seconds ago is not."""
    wire = Wire(signed(claims(exp=int(time.time()) + seconds)))
    if believed:
        assert (await proven(wire)).subject == "wang"
    else:
        with pytest.raises(ProviderRefused):
            await proven(wire)


@pytest.mark.parametrize("answer", [{"iss": "https://evil.example"}, {"error": "access_denied"}, {"code": ""}], ids=str)
async def test_a_wrong_answer_is_not_even_redeemed(answer: dict[str, str]) -> None:
    """Of another provider, a refusal, or without a code: the code goes nowhere."""
    wire = Wire(signed(claims()))
    with pytest.raises(ProviderRefused):
        await proven(wire, **answer)
    assert [request for request in wire.sent if request.url.path == "/token_endpoint"] == []


@pytest.mark.parametrize(
    "described",
    [{"issuer": "https://evil.example"}, {"token_endpoint": "http://id.example/token"}, {"jwks_uri": None}],
    ids=["another issuer", "an open wire", "no keys"],
)
async def test_a_provider_that_describes_itself_wrongly_is_away(described: dict[str, Any]) -> None:
    """It must be the issuer that the settings name, with every address over https."""
    with pytest.raises(ProviderAway):
        await proven(Wire(signed(claims()), **described))


async def test_new_keys_of_the_provider_are_fetched() -> None:
    """The provider changes its keys; the next sign-in goes through, and what the old key signs no longer does."""
    wire = Wire(signed(claims()))
    provider = Standard(SETTINGS, httpx2.MockTransport(wire))
    answer = {"code": "c", "iss": ISSUER}
    await provider.prove(ASKED, answer)
    wire.keys, wire.token = [STRANGER.as_dict(private=False)], signed(claims(sub="li"), key=STRANGER)
    assert (await provider.prove(ASKED, answer)).subject == "li"
    wire.token = signed(claims())
    with pytest.raises(ProviderRefused):
        await provider.prove(ASKED, answer)


@pytest.mark.parametrize(
    ("said", "strong"),
    [({}, False), ({"acr": "otp"}, True), ({"amr": ["pwd", "otp"]}, True), ({"amr": ["pwd"]}, False)],
    ids=str,
)
async def test_only_the_words_of_the_settings_count_as_second_factor(said: dict[str, Any], strong: bool) -> None:
    """The acr or one of the amr, as it stands in ANZHEN_OIDC_SECOND_FACTOR."""
    assert (await proven(Wire(signed(claims(**said))))).is_strong is strong


def adapter(kind: type[WeCom] | type[DingTalk], answers: Mapping[str, Any], sent: list[httpx2.Request]) -> Any:
    """An adapter whose wire answers by path; a number is a status."""

    def answer(request: httpx2.Request) -> httpx2.Response:
        sent.append(request)
        found = answers[request.url.path.rsplit("/", 1)[-1]]
        return httpx2.Response(found, json={}) if isinstance(found, int) else httpx2.Response(200, json=found)

    return kind(SETTINGS, httpx2.MockTransport(answer))


async def test_wecom_names_a_member_by_the_userid() -> None:
    """The app's token and the code are asked for the member; the issuer names the enterprise."""
    sent: list[httpx2.Request] = []
    token, who = {"errcode": 0, "access_token": "t"}, {"errcode": 0, "userid": "WangAnquan"}
    provider = adapter(WeCom, {"gettoken": token, "getuserinfo": who}, sent)
    found = await provider.prove(ASKED, {"code": "c"})
    assert (found.subject, found.issuer.rsplit("/", 1)[-1], found.is_strong) == ("WangAnquan", "anzhen", False)
    assert dict(sent[1].url.params) == {"access_token": "t", "code": "c"}
    assert f"state={ASKED.state}" in await provider.address(ASKED)


@pytest.mark.parametrize(
    ("who", "refusal"),
    [
        ({"errcode": 40029, "errmsg": "invalid code"}, ProviderRefused),
        ({"errcode": 0, "openid": "outsider"}, ProviderRefused),
        (500, ProviderAway),
    ],
    ids=["a used code", "an outsider", "an outage"],
)
async def test_wecom_proves_nobody_else(who: object, refusal: type[Exception]) -> None:
    """A code that is used up, somebody who is no member, and an outage."""
    provider = adapter(WeCom, {"gettoken": {"errcode": 0, "access_token": "t"}, "getuserinfo": who}, [])
    with pytest.raises(refusal):
        await provider.prove(ASKED, {"code": "c"})


async def test_dingtalk_names_a_person_by_the_union_id() -> None:
    """The code is redeemed for the person's token, and the person asked for with it."""
    sent: list[httpx2.Request] = []
    provider = adapter(DingTalk, {"userAccessToken": {"accessToken": "t"}, "me": {"unionId": "u", "nick": "王"}}, sent)
    found = await provider.prove(ASKED, {"authCode": "c"})
    assert (found.subject, found.name) == ("u", "王")
    assert json.loads(sent[0].content)["grantType"] == "authorization_code"
    assert sent[1].headers["x-acs-dingtalk-access-token"] == "t"


@pytest.mark.parametrize(
    ("answers", "refusal"),
    [
        ({"userAccessToken": 400}, ProviderRefused),
        ({"userAccessToken": {"accessToken": "t"}, "me": {"nick": "王"}}, ProviderRefused),
        ({"userAccessToken": 503}, ProviderAway),
    ],
    ids=["a used code", "no union id", "an outage"],
)
async def test_dingtalk_proves_nobody_else(answers: dict[str, Any], refusal: type[Exception]) -> None:
    """A code that is used up, an answer without the name that lasts, and an outage."""
    with pytest.raises(refusal):
        await adapter(DingTalk, answers, []).prove(ASKED, {"code": "c"})


async def test_the_settings_name_one_provider_or_none() -> None:
    """Nothing is set: passwords alone. A wrong kind and an issuer on an open wire are refused by name; loopback may be plain."""
    assert Settings.from_environment({}).provider is None
    wrong = {"ANZHEN_OIDC_CLIENT_ID": "a", "ANZHEN_OIDC_ISSUER": "http://id.example"}
    for environment, word in ((wrong, "ISSUER"), ({**wrong, "ANZHEN_OIDC_KIND": "saml"}, "KIND")):
        with pytest.raises(SettingsError, match=word):
            Settings.from_environment(environment)
    plain = Settings.from_environment({**wrong, "ANZHEN_OIDC_ISSUER": "http://127.0.0.1:9000"}).provider
    assert plain is not None
    assert (plain.kind, plain.label, plain.scopes) == ("standard", "统一身份认证", "openid profile")
    wecom = Settings.from_environment({**wrong, "ANZHEN_OIDC_KIND": "wecom"}).provider
    assert wecom is not None
    assert wecom.label == "企业微信"
