"""Accounts across the deployment: granted, reset and locked by the security administrator."""

from services.tenancy.accounts.actions import (
    GRANTED,
    Granted,
    NotOneself,
    grant,
    lock,
    new_activation,
    reset_second_factor,
    set_password,
    unlock,
    within,
)
from services.tenancy.accounts.queries import PAGE, STATES, AccountFilter, AccountRow, account, accounts, accounts_after

__all__ = [
    "GRANTED",
    "PAGE",
    "STATES",
    "AccountFilter",
    "AccountRow",
    "Granted",
    "NotOneself",
    "account",
    "accounts",
    "accounts_after",
    "grant",
    "lock",
    "new_activation",
    "reset_second_factor",
    "set_password",
    "unlock",
    "within",
]
