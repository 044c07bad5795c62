"""The door: signing in, second factors, sessions, and who a cookie belongs to."""

from services.tenancy.signing_in.actions import (
    Entered,
    end_session,
    normalised_login,
    sign_in,
    sign_out,
    sign_out_everywhere,
    switch,
)
from services.tenancy.signing_in.credentials import ActivationCode, activate, change_password
from services.tenancy.signing_in.devices import LASTS as DEVICE_LASTS
from services.tenancy.signing_in.events import OUTCOMES, Visit
from services.tenancy.signing_in.passwords import is_full
from services.tenancy.signing_in.person import NOBODY, Owed, Person, Place
from services.tenancy.signing_in.queries import PAGE, Account, EventFilter, account_of, events, events_before
from services.tenancy.signing_in.refusals import (
    ActivationRefused,
    CodeOwed,
    CodeRefused,
    DoorBusy,
    NoPlace,
    PasswordOwed,
    SecondFactorOwed,
    SignInRefused,
    TooManyAttempts,
)
from services.tenancy.signing_in.second_factors import Confirmed, SetUp, confirm, give_code, offer
from services.tenancy.signing_in.sessions import cookie_name

__all__ = [
    "DEVICE_LASTS",
    "NOBODY",
    "OUTCOMES",
    "PAGE",
    "Account",
    "ActivationCode",
    "ActivationRefused",
    "CodeOwed",
    "CodeRefused",
    "Confirmed",
    "DoorBusy",
    "Entered",
    "EventFilter",
    "NoPlace",
    "Owed",
    "PasswordOwed",
    "Person",
    "Place",
    "SecondFactorOwed",
    "SetUp",
    "SignInRefused",
    "TooManyAttempts",
    "Visit",
    "account_of",
    "activate",
    "change_password",
    "confirm",
    "cookie_name",
    "end_session",
    "events",
    "events_before",
    "give_code",
    "is_full",
    "normalised_login",
    "offer",
    "sign_in",
    "sign_out",
    "sign_out_everywhere",
    "switch",
]
