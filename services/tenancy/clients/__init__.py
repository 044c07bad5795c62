"""Other systems of the town, such as its 智慧应急 platform: who let them in, what they may do, and what they show."""

from services.tenancy.clients.actions import ClientFacts, Issued, change, make, revoke, rotate
from services.tenancy.clients.models import ApiClient
from services.tenancy.clients.queries import all_clients, client, client_anywhere, clients
from services.tenancy.clients.refusals import ClientEnded, ProgramsOnly, ScopeMissing, TokenInAddress, TokenRefused
from services.tenancy.clients.tokens import LASTS, Token, issue, resolve

__all__ = [
    "LASTS",
    "ApiClient",
    "ClientEnded",
    "ClientFacts",
    "Issued",
    "ProgramsOnly",
    "ScopeMissing",
    "Token",
    "TokenInAddress",
    "TokenRefused",
    "all_clients",
    "change",
    "client",
    "client_anywhere",
    "clients",
    "issue",
    "make",
    "resolve",
    "revoke",
    "rotate",
]
