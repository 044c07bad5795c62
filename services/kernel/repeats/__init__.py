"""An act that is asked for again under the same name is not done again: its first answer is given once more."""

from services.kernel.repeats.keeping import STAY, Answer, Asked, KeyReused, UnderWay, first_answer, keep
from services.kernel.repeats.models import KeptAnswer

__all__ = ["STAY", "Answer", "Asked", "KeptAnswer", "KeyReused", "UnderWay", "first_answer", "keep"]
