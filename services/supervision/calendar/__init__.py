"""The legal calendar as the deployment's reference: which years are official, bringing a new one, and what follows from it."""

from services.supervision.calendar.actions import bring
from services.supervision.calendar.queries import (
    Difference,
    Preview,
    Year,
    preview,
    stands_at,
    template,
    year_of,
    years,
)

__all__ = ["Difference", "Preview", "Year", "bring", "preview", "stands_at", "template", "year_of", "years"]
