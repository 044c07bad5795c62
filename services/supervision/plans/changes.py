"""What a person writes into a node by hand, checked, and told apart from what stood there."""

from collections.abc import Iterable
from datetime import date
from typing import Any
from uuid import UUID

import msgspec
from msgspec import UNSET, UnsetType

from services.kernel.refusals import BadInput
from services.supervision.plans.models import ENTERPRISE_SETS, Plan, PlanNode
from services.supervision.plans.words import LONGEST_HEADING, LONGEST_NOTE, LONGEST_TEXT, clean, too_long

ANSWERED_FOR = frozenset({"target", "task", "requirement"})
"""Only these kinds have owners, a day and evidence."""
LONGEST = {"heading": LONGEST_HEADING, "text": LONGEST_TEXT, "evidence_wanted": LONGEST_NOTE}


class NodeChange(msgspec.Struct, frozen=True, kw_only=True):
    """The fields to be written; what is not given stays as it is."""

    heading: str | UnsetType = UNSET
    text: str | UnsetType = UNSET
    department_ids: tuple[UUID, ...] | UnsetType = UNSET
    enterprise_set: str | UnsetType | None = UNSET
    due_on: date | UnsetType | None = UNSET
    evidence_wanted: str | UnsetType | None = UNSET

    def given(self) -> dict[str, Any]:
        """The fields that are to be written, with blanks trimmed."""
        fields = {name: getattr(self, name) for name in self.__struct_fields__}
        return {name: _tidy(name, value) for name, value in fields.items() if value is not UNSET}


def write_change(plan: Plan, row: PlanNode, change: NodeChange, departments: Iterable[UUID]) -> list[dict[str, Any]]:
    """Write a change into a node and return each difference as field, before, after; raises BadInput."""
    fields = change.given()
    _require_sound(plan, row, fields, frozenset(departments))
    differences = []
    for name, value in fields.items():
        before = getattr(row, name)
        if not _same(name, before, value):
            setattr(row, name, value)
            differences.append({"field": name, "before": _plain(before), "after": _plain(value)})
    words = {difference["field"] for difference in differences} & {"heading", "text"}
    row.edited = sorted({*row.edited, *words})
    return differences


def _require_sound(plan: Plan, row: PlanNode, fields: dict[str, Any], departments: frozenset[UUID]) -> None:
    errors = {name: said for name, most in LONGEST.items() if (said := too_long(fields.get(name) or "", most))}
    if not fields.get("heading", row.heading) and not fields.get("text", row.text):
        errors["heading"] = "标题和正文不能都空着"
    if row.kind not in ANSWERED_FOR and any(
        fields.get(name) for name in ("department_ids", "enterprise_set", "due_on")
    ):
        errors["department_ids"] = "只有目标、任务和要求才定责任单位和时限；请先改它的类别"
    if not departments.issuperset(fields.get("department_ids", ())):
        errors["department_ids"] = "所选的部门不在本镇部门名单里，请刷新页面后重选"
    if fields.get("enterprise_set") not in {None, *ENTERPRISE_SETS}:
        errors["enterprise_set"] = "请从列出的企业范围里选一种"
    if said := _outside(plan, fields.get("due_on")):
        errors["due_on"] = said
    if errors:
        raise BadInput(fields=errors)


def _outside(plan: Plan, day: date | None) -> str | None:
    if day is None or date(plan.year, 1, 1) <= day <= date(plan.year + 1, 12, 31):
        return None
    return f"完成时限应在{plan.year}年1月1日至{plan.year + 1}年12月31日之间"


def _same(name: str, before: Any, value: Any) -> bool:
    """A form sends line ends and orders of its own: only what was really changed counts."""
    if name == "department_ids":
        return set(before) == set(value)
    return bool(_tidy(name, before) == value) if before is not None else value is None


def _tidy(name: str, value: Any) -> Any:
    if name == "department_ids":
        return list(dict.fromkeys(value))
    if isinstance(value, str):
        words = clean(value)
        return " ".join(words.split()) if name == "heading" else words if words or name == "text" else None
    return value


def _plain(value: Any) -> Any:
    return msgspec.to_builtins(value)
