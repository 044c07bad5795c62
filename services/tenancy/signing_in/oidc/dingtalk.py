"""钉钉: sign-in of a web page with a person's DingTalk account (开放平台「登录第三方网站」); OAuth2-like, without an ID token."""

from collections.abc import Mapping
from urllib.parse import urlencode

import httpx2

from services.kernel.settings import ProviderSettings
from services.tenancy.signing_in.oidc.provider import SECONDS, Asked, Proven, ProviderAway, ProviderRefused

SIGN_IN = "https://login.dingtalk.com/oauth2/auth"
API = "https://api.dingtalk.com/v1.0"
BAD_REQUEST = 400


class DingTalk:
    """The people who signed in to 钉钉 for this app; unionId names one person within its developer's apps."""

    is_tried = False

    def __init__(self, settings: ProviderSettings, transport: httpx2.AsyncBaseTransport | None = None) -> None:
        self.label = settings.label
        self._settings = settings
        self._transport = transport

    async def address(self, asked: Asked) -> str:
        """The page on which the person agrees."""
        query = {
            "redirect_uri": asked.redirect_uri,
            "response_type": "code",
            "client_id": self._settings.client_id,
            "scope": "openid",
            "state": asked.state,
            "prompt": "consent",
        }
        return f"{SIGN_IN}?{urlencode(query)}"

    async def prove(self, _asked: Asked, answer: Mapping[str, str]) -> Proven:
        """The person's unionId; raises ProviderRefused and ProviderAway."""
        code = answer.get("authCode") or answer.get("code")
        if not code:
            raise ProviderRefused
        try:
            async with httpx2.AsyncClient(transport=self._transport, timeout=SECONDS) as client:
                redeemed = await client.post(f"{API}/oauth2/userAccessToken", json=self._redeem(code))
                token = self._read(redeemed, "accessToken")
                me = await client.get(f"{API}/contact/users/me", headers={"x-acs-dingtalk-access-token": token})
                subject = self._read(me, "unionId")
                name = str(me.json().get("nick") or "")[:60]
        except (httpx2.HTTPError, ValueError) as error:
            raise ProviderAway(self.label) from error
        return Proven(issuer=f"{API}/{self._settings.client_id}", subject=subject, name=name)

    def _redeem(self, code: str) -> dict[str, str]:
        return {
            "clientId": self._settings.client_id,
            "clientSecret": self._settings.client_secret,
            "code": code,
            "grantType": "authorization_code",
        }

    def _read(self, answer: httpx2.Response, name: str) -> str:
        """One word of the answer; a code that is used up or false is refused with 400."""
        if answer.status_code == BAD_REQUEST:
            raise ProviderRefused
        answer.raise_for_status()
        found = answer.json()
        word = found.get(name) if isinstance(found, dict) else None
        if not isinstance(word, str) or not word:
            raise ProviderRefused
        return word
