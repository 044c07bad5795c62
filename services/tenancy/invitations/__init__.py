"""Invitations of people of enterprises: sent, opened, accepted, taken back; and hand-over to the one who follows."""

from services.tenancy.invitations.accepting import Newcomer, Shown, accept_as, accept_new, look_up
from services.tenancy.invitations.models import Invitation
from services.tenancy.invitations.queries import (
    LABELS,
    PAGE,
    InvitationFilter,
    ledger,
    people_of,
    served,
    state_at,
)
from services.tenancy.invitations.refusals import InvitationEnded, InvitationRefused, NotYours, SomebodyElse
from services.tenancy.invitations.sending import LASTS, Issued, Order, checked, hand_over, leaver_of, revoke, send

__all__ = [
    "LABELS",
    "LASTS",
    "PAGE",
    "Invitation",
    "InvitationEnded",
    "InvitationFilter",
    "InvitationRefused",
    "Issued",
    "Newcomer",
    "NotYours",
    "Order",
    "Shown",
    "SomebodyElse",
    "accept_as",
    "accept_new",
    "checked",
    "hand_over",
    "leaver_of",
    "ledger",
    "look_up",
    "people_of",
    "revoke",
    "send",
    "served",
    "state_at",
]
