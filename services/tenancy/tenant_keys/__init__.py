"""A tenant's keys: made at first use, kept wrapped by the installation's master key."""

from services.tenancy.tenant_keys.actions import keys_of
from services.tenancy.tenant_keys.rotation import finish, rotate, stored

__all__ = ["finish", "keys_of", "rotate", "stored"]
