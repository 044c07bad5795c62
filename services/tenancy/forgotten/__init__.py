"""Forgotten passwords: asked at the door, answered by the town's office."""

from services.tenancy.forgotten.actions import Asking, ask, refuse, reissue, waiting
from services.tenancy.forgotten.models import PasswordRequest

__all__ = ["Asking", "PasswordRequest", "ask", "refuse", "reissue", "waiting"]
