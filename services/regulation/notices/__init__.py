"""A township's notice (工作要点) read into the tree of its plan, without a model: the same text always gives the same tree."""

from services.regulation.notices.demo import demo_plan
from services.regulation.notices.json_shape import as_json, from_json
from services.regulation.notices.parsing import parse
from services.regulation.notices.review import CannotRearrange, edit, merge, reassign, split
from services.regulation.notices.text import normalise
from services.regulation.notices.tree import (
    CitedDocument,
    Comparison,
    Due,
    Kind,
    Measure,
    Node,
    NotANotice,
    Notice,
    Number,
    Owner,
    Part,
    Role,
    Window,
    coverage,
    flaws,
)

__all__ = [
    "CannotRearrange",
    "CitedDocument",
    "Comparison",
    "Due",
    "Kind",
    "Measure",
    "Node",
    "NotANotice",
    "Notice",
    "Number",
    "Owner",
    "Part",
    "Role",
    "Window",
    "as_json",
    "coverage",
    "demo_plan",
    "edit",
    "flaws",
    "from_json",
    "merge",
    "normalise",
    "parse",
    "reassign",
    "split",
]
