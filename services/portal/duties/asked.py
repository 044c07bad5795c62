"""Which duties an address asks for, and of which day."""

from datetime import date
from typing import Any

from services.kernel.work import Work
from services.portal import typed
from services.portal.typed import Typed
from services.supervision.duties import STATES, DutyFilter

NAMES = ("code", "topic", "sector", "village")


def filter_of(data: Typed) -> DutyFilter:
    """The choice; what cannot be read is left out."""
    asked: dict[str, Any] = {name: typed.word(data, name)[:60] for name in NAMES}
    state = typed.word(data, "state")
    return DutyFilter(
        q=typed.word(data, "q")[:60],
        state=state if state in STATES else "",
        enterprise=typed.one_id(typed.word(data, "enterprise")),
        **asked,
    )


def day_of(work: Work, data: Typed) -> date:
    """The day that is asked for; today for none, for one to come, and for what is no day."""
    try:
        return min(date.fromisoformat(typed.word(data, "on")), work.today)
    except ValueError:
        return work.today
