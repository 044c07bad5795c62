"""What each enterprise owes, why, and what it did about it."""

from services.supervision.duties.actions import NO_PRODUCTION, SOUND, ask_exemption, attach, check, report, seen, submit
from services.supervision.duties.binding import book_of
from services.supervision.duties.checks import Kept, Missed, kept
from services.supervision.duties.deciding import Key, accept, decide_exemption, keys_of, send_back, urge
from services.supervision.duties.difference import difference_of
from services.supervision.duties.facts import facts_from, facts_of, facts_of_all
from services.supervision.duties.figures import (
    STATES,
    DutyFilter,
    Line,
    Tally,
    lines,
    tallies,
    tally,
    tally_of_one,
    waiting_count,
)
from services.supervision.duties.models import Duty, DutyEvent, DutyView
from services.supervision.duties.possible import possible
from services.supervision.duties.queries import events, evidence, one, owed, owed_of_all, row_of, views
from services.supervision.duties.refusals import (
    DecidedByAnother,
    EvidenceMissing,
    FactsSayOtherwise,
    OnlyThePrincipal,
    WrongState,
)
from services.supervision.duties.standing import BY_PRINCIPAL, CHECKS, LABELS, Owed

__all__ = [
    "BY_PRINCIPAL",
    "CHECKS",
    "LABELS",
    "NO_PRODUCTION",
    "SOUND",
    "STATES",
    "DecidedByAnother",
    "Duty",
    "DutyEvent",
    "DutyFilter",
    "DutyView",
    "EvidenceMissing",
    "FactsSayOtherwise",
    "Kept",
    "Key",
    "Line",
    "Missed",
    "OnlyThePrincipal",
    "Owed",
    "Tally",
    "WrongState",
    "accept",
    "ask_exemption",
    "attach",
    "book_of",
    "check",
    "decide_exemption",
    "difference_of",
    "events",
    "evidence",
    "facts_from",
    "facts_of",
    "facts_of_all",
    "kept",
    "keys_of",
    "lines",
    "one",
    "owed",
    "owed_of_all",
    "possible",
    "report",
    "row_of",
    "seen",
    "send_back",
    "submit",
    "tallies",
    "tally",
    "tally_of_one",
    "urge",
    "views",
    "waiting_count",
]
