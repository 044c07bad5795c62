"""企业微信: its web sign-in for an enterprise's own app (开发者中心「企业微信Web登录」); no ID token, the server asks who came."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

import httpx2

from services.kernel.settings import ProviderSettings
from services.tenancy.signing_in.oidc.provider import SECONDS, Asked, Proven, ProviderAway, ProviderRefused

SIGN_IN = "https://login.work.weixin.qq.com/wwlogin/sso/login"
API = "https://qyapi.weixin.qq.com/cgi-bin"


class WeCom:
    """The people of one enterprise or authority in 企业微信; its CorpID is the issuer's last part."""

    is_tried = False

    def __init__(self, settings: ProviderSettings, transport: httpx2.AsyncBaseTransport | None = None) -> None:
        self.label = settings.label
        self._settings = settings
        self._transport = transport

    async def address(self, asked: Asked) -> str:
        """The page with the code to scan."""
        query = {
            "login_type": "CorpApp",
            "appid": self._settings.client_id,
            "agentid": self._settings.agent_id,
            "redirect_uri": asked.redirect_uri,
            "state": asked.state,
        }
        return f"{SIGN_IN}?{urlencode(query)}"

    async def prove(self, _asked: Asked, answer: Mapping[str, str]) -> Proven:
        """The member's UserId; somebody outside the enterprise has none. Raises ProviderRefused and ProviderAway."""
        if not answer.get("code"):
            raise ProviderRefused
        corp = self._settings.client_id
        try:
            async with httpx2.AsyncClient(transport=self._transport, timeout=SECONDS) as client:
                secret = {"corpid": corp, "corpsecret": self._settings.client_secret}
                token = await self._get(client, "gettoken", secret)
                who = {"access_token": token.get("access_token", ""), "code": answer["code"]}
                found = await self._get(client, "auth/getuserinfo", who)
        except (httpx2.HTTPError, ValueError) as error:
            raise ProviderAway(self.label) from error
        subject = found.get("userid")
        if not isinstance(subject, str) or not subject:
            raise ProviderRefused("只有本单位企业微信里的成员可以这样登录，请改用账号和密码")
        return Proven(issuer=f"{API}/{corp}", subject=subject, name=subject)

    async def _get(self, client: httpx2.AsyncClient, path: str, query: Mapping[str, Any]) -> Mapping[str, Any]:
        answer = await client.get(f"{API}/{path}", params=dict(query))
        answer.raise_for_status()
        found = answer.json()
        if not isinstance(found, dict) or found.get("errcode", 0) != 0:
            raise ProviderRefused
        return found
