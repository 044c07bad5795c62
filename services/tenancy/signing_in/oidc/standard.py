"""OpenID Connect with authorization code and PKCE (OpenID Connect Core 1.0, RFC 7636, RFC 9207), by Authlib."""

import time
from collections.abc import Mapping
from contextlib import suppress
from typing import Any
from urllib.parse import urlsplit

import httpx2
from authlib.common.errors import AuthlibBaseError  # type: ignore[import-untyped,unused-ignore]
from authlib.integrations.httpx_client import AsyncOAuth2Client  # type: ignore[import-untyped,unused-ignore]
from joserfc.jwk import KeySet

from services.kernel import clock
from services.kernel.settings import ProviderSettings
from services.tenancy.signing_in.oidc import tokens
from services.tenancy.signing_in.oidc.provider import SECONDS, Asked, Proven, ProviderAway, ProviderRefused

REMEMBERED_SECONDS = 3600
NEEDED = ("authorization_endpoint", "token_endpoint", "jwks_uri")


class Standard:
    """A provider that speaks OpenID Connect."""

    is_tried = True

    def __init__(self, settings: ProviderSettings, transport: httpx2.AsyncBaseTransport | None = None) -> None:
        self.label = settings.label
        self._settings = settings
        self._transport = transport
        self._described: tuple[float, Mapping[str, Any]] = (0.0, {})
        self._keys: KeySet | None = None

    async def address(self, asked: Asked) -> str:
        """The authorization request; raises ProviderAway."""
        described = await self._description()
        async with self._client(asked) as client:
            url, _ = client.create_authorization_url(
                described["authorization_endpoint"], state=asked.state, code_verifier=asked.verifier, nonce=asked.nonce
            )
        return str(url)

    async def prove(self, asked: Asked, answer: Mapping[str, str]) -> Proven:
        """The code is redeemed with the verifier, and the ID token checked; raises ProviderRefused and ProviderAway."""
        described = await self._description()
        self._check_sender(described, answer)
        given = await self._redeem(asked, described, answer.get("code", ""))
        claims = await self._claims(asked, described, given)
        return Proven(
            issuer=self._settings.issuer,
            subject=claims["sub"],
            name=str(claims.get("name") or claims.get("preferred_username") or "")[:60],
            is_strong=tokens.is_strong(claims, self._settings.second_factor),
        )

    def _check_sender(self, described: Mapping[str, Any], answer: Mapping[str, str]) -> None:
        """An answer of another provider is not redeemed at ours (RFC 9207: mix-up)."""
        said = answer.get("iss")
        if said is None and described.get("authorization_response_iss_parameter_supported"):
            raise ProviderRefused
        if (said is not None and said != self._settings.issuer) or "error" in answer or not answer.get("code"):
            raise ProviderRefused

    async def _redeem(self, asked: Asked, described: Mapping[str, Any], code: str) -> Mapping[str, Any]:
        try:
            async with self._client(asked) as client:
                given: Mapping[str, Any] = await client.fetch_token(
                    described["token_endpoint"],
                    grant_type="authorization_code",
                    code=code,
                    code_verifier=asked.verifier,
                )
        except httpx2.HTTPError as error:
            raise ProviderAway(self.label) from error
        except (AuthlibBaseError, ValueError) as error:
            raise ProviderRefused from error
        if not isinstance(given.get("id_token"), str):
            raise ProviderRefused
        return given

    async def _claims(self, asked: Asked, described: Mapping[str, Any], given: Mapping[str, Any]) -> Mapping[str, Any]:
        """Checked with the keys at hand, and once more with fresh ones where the provider has changed its keys."""
        expected: dict[str, Any] = {
            "asked": asked,
            "issuer": self._settings.issuer,
            "client_id": self._settings.client_id,
            "access_token": given.get("access_token"),
            "now": clock.now(),
        }
        if self._keys is not None:
            with suppress(ProviderRefused):
                return tokens.claims_of(given["id_token"], self._keys, **expected)
        self._keys = tokens.key_set(await self._fetch(described["jwks_uri"]))
        return tokens.claims_of(given["id_token"], self._keys, **expected)

    async def _description(self) -> Mapping[str, Any]:
        """What the provider says of itself under its well-known address; believed for an hour."""
        until, described = self._described
        if until > time.monotonic():
            return described
        described = await self._fetch(f"{self._settings.issuer.rstrip('/')}/.well-known/openid-configuration")
        scheme = urlsplit(self._settings.issuer).scheme
        if described.get("issuer") != self._settings.issuer or any(
            urlsplit(str(described.get(name, ""))).scheme != scheme for name in NEEDED
        ):
            raise ProviderAway(self.label)
        self._described = (time.monotonic() + REMEMBERED_SECONDS, described)
        return described

    async def _fetch(self, address: str) -> Mapping[str, Any]:
        try:
            async with httpx2.AsyncClient(transport=self._transport, timeout=SECONDS) as client:
                answer = await client.get(address)
                answer.raise_for_status()
                found = answer.json()
        except (httpx2.HTTPError, ValueError) as error:
            raise ProviderAway(self.label) from error
        if not isinstance(found, dict):
            raise ProviderAway(self.label)
        return found

    def _client(self, asked: Asked) -> Any:
        return AsyncOAuth2Client(
            client_id=self._settings.client_id,
            client_secret=self._settings.client_secret,
            token_endpoint_auth_method="client_secret_basic" if self._settings.client_secret else "none",  # noqa: S106 - the name of a method
            scope=self._settings.scopes,
            redirect_uri=asked.redirect_uri,
            code_challenge_method="S256",
            transport=self._transport,
            timeout=SECONDS,
        )
