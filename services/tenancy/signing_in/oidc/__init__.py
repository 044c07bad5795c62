"""Signing in through a provider: OpenID Connect, and 企业微信 and 钉钉 by adapters of their own."""

from services.tenancy.signing_in.oidc.actions import (
    Begun,
    NotTied,
    Returned,
    begin,
    come_back,
    is_tied,
    keep_proven,
    proven_by,
    sign_in_as,
)
from services.tenancy.signing_in.oidc.chosen import provider_of
from services.tenancy.signing_in.oidc.links import AlreadyTied, link, linked, unlink
from services.tenancy.signing_in.oidc.provider import Asked, IdentityProvider, Proven, ProviderAway, ProviderRefused

__all__ = [
    "AlreadyTied",
    "Asked",
    "Begun",
    "IdentityProvider",
    "NotTied",
    "Proven",
    "ProviderAway",
    "ProviderRefused",
    "Returned",
    "begin",
    "come_back",
    "is_tied",
    "keep_proven",
    "link",
    "linked",
    "proven_by",
    "provider_of",
    "sign_in_as",
    "unlink",
]
