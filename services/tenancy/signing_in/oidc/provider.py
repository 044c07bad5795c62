"""What every provider of identities does, whatever it speaks: send a browser away with a question, and prove who came back."""

from collections.abc import Mapping
from typing import Protocol

import msgspec

from services.kernel.refusals import Refusal

SECONDS = 10
"""How long a provider may take to answer."""


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """One question to the provider; only this visit knows its words."""

    state: str
    nonce: str
    verifier: str
    redirect_uri: str


class Proven(msgspec.Struct, frozen=True, kw_only=True):
    """Who came back, as the provider says: (issuer, subject) never changes its person; the name is for showing."""

    issuer: str
    subject: str
    name: str = ""
    is_strong: bool = False
    """The provider says that it asked for a second factor of a kind that this installation accepts."""


class IdentityProvider(Protocol):
    """A standard provider, 企业微信 or 钉钉."""

    label: str
    """The name on the button."""
    is_tried: bool
    """Whether this adapter was ever run against a real provider."""

    async def address(self, asked: Asked) -> str:
        """Where the browser is sent; raises ProviderAway."""

    async def prove(self, asked: Asked, answer: Mapping[str, str], /) -> Proven:
        """Who came back with this answer; raises ProviderRefused and ProviderAway."""


class ProviderRefused(Refusal):
    """The provider did not say who this is, or said it in a way that proves nothing."""

    status = 422

    def __init__(self, sentence: str = "没有通过验证，请重新登录；如反复出现，请改用账号和密码") -> None:
        super().__init__(sentence)


class ProviderAway(Refusal):
    """The provider cannot be reached or answers nonsense."""

    status = 503

    def __init__(self, label: str) -> None:
        super().__init__(f"{label}现在连不上，请稍后再试，或改用账号和密码登录")
