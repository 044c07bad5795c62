"""Which rules bind in a town."""

from datetime import date

from services.kernel.work import Work
from services.regulation.duties import Rulebook, rulebook
from services.tenancy import townships


async def book_of(work: Work, day: date) -> Rulebook:
    """The rules that bind in this town on a day: everybody's, and those of the papers of towns that it has adopted."""
    return rulebook(await townships.papers_on(work, day))
