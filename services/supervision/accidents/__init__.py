"""Accidents and their grades."""

from services.supervision.accidents.actions import Facts, add_later_death, conclude, record
from services.supervision.accidents.models import RESPONSIBILITY, Accident
from services.supervision.accidents.queries import of_year

__all__ = ["RESPONSIBILITY", "Accident", "Facts", "add_later_death", "conclude", "of_year", "record"]
