"""The one provider of this installation, as its settings name it."""

from functools import lru_cache

from services.kernel.settings import ProviderSettings, Settings
from services.tenancy.signing_in.oidc.dingtalk import DingTalk
from services.tenancy.signing_in.oidc.provider import IdentityProvider
from services.tenancy.signing_in.oidc.standard import Standard
from services.tenancy.signing_in.oidc.wecom import WeCom


def provider_of(settings: Settings) -> IdentityProvider | None:
    """The provider, or None where people sign in with passwords alone."""
    return _made(settings.provider) if settings.provider else None


@lru_cache(maxsize=8)
def _made(settings: ProviderSettings) -> IdentityProvider:
    """One for the life of the process, so that its keys are remembered."""
    if settings.kind == "wecom":
        return WeCom(settings)
    return DingTalk(settings) if settings.kind == "dingtalk" else Standard(settings)
