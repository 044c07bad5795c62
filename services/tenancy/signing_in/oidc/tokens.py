"""An ID token is believed only when a listed algorithm, the provider's own key and every claim agree."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from authlib.oidc.core import CodeIDToken  # type: ignore[import-untyped,unused-ignore]
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from services.tenancy.signing_in.oidc.provider import Asked, ProviderRefused

ALGORITHMS = ("RS256", "ES256", "EdDSA")
"""Signatures whose key only the provider has: neither `none`, nor HS, whose key would be anybody's who knows the public one."""
LEEWAY = 60
"""Seconds by which two clocks may differ."""


def key_set(published: Mapping[str, Any]) -> KeySet:
    """The provider's public keys; raises ProviderRefused for anything else."""
    try:
        return KeySet.import_key_set({"keys": [key for key in published["keys"] if key.get("use", "sig") == "sig"]})
    except (JoseError, KeyError, TypeError, ValueError, AttributeError) as error:
        raise ProviderRefused from error


def claims_of(
    token: str, keys: KeySet, *, asked: Asked, issuer: str, client_id: str, access_token: str | None, now: datetime
) -> Mapping[str, Any]:
    """The claims of a token that was made for us, for this visit and for now; raises ProviderRefused."""
    try:
        decoded = jwt.decode(token, keys, algorithms=ALGORITHMS)
        claims = CodeIDToken(
            decoded.claims,
            decoded.header,
            {"iss": {"essential": True, "value": issuer}, "aud": {"essential": True, "value": client_id}},
            {"nonce": asked.nonce, "client_id": client_id, "access_token": access_token},
        )
        claims.validate(now=int(now.timestamp()), leeway=LEEWAY)
    except (JoseError, ValueError, TypeError, KeyError, AttributeError) as error:
        raise ProviderRefused from error
    if not isinstance(claims["sub"], str) or not claims["sub"]:
        raise ProviderRefused
    return dict(claims)


def is_strong(claims: Mapping[str, Any], accepted: frozenset[str]) -> bool:
    """Whether the provider asked for a second factor that this installation accepts, by its `acr` or one of its `amr`."""
    methods = claims.get("amr")
    said = {claims.get("acr"), *(methods if isinstance(methods, list) else ())}
    return bool(accepted & {word for word in said if isinstance(word, str)})
