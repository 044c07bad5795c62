"""A tenant's keys: made at first use, kept wrapped by the installation's master key."""

from services.tenancy.tenant_keys.actions import keys_of

__all__ = ["keys_of"]
