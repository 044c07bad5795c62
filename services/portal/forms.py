"""What a person typed and what is wrong with it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Form:
    """A form as it is shown again: nothing typed is lost, and each error stands beside its field."""

    values: Mapping[str, Any] = field(default_factory=dict)
    errors: Mapping[str, str] = field(default_factory=dict)

    @property
    def status(self) -> int:
        """422 as long as something is to be corrected."""
        return 422 if self.errors else 200
