"""The door: signing in, sessions, and who a cookie belongs to."""

from services.tenancy.signing_in.actions import SignInRefused, end_session, sign_in

__all__ = ["SignInRefused", "end_session", "sign_in"]
