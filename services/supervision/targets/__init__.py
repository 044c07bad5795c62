"""The targets of the year, computed from facts."""

from services.supervision.targets.queries import OfYear, Rate, reached, targets_of
from services.supervision.targets.towns import TownFigures, towns_of

__all__ = ["OfYear", "Rate", "TownFigures", "reached", "targets_of", "towns_of"]
