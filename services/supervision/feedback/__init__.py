"""Complaints and suggestions (投诉建议)."""

from services.supervision.feedback.actions import AlreadyAnswered, answer, give
from services.supervision.feedback.models import KINDS, Feedback
from services.supervision.feedback.queries import visible

__all__ = ["KINDS", "AlreadyAnswered", "Feedback", "answer", "give", "visible"]
