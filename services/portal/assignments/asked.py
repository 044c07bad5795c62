"""Which assignments the address asks for."""

from services.portal import typed
from services.portal.frame import AnyRequest
from services.supervision.assignments import LABELS, VIEWS, AssignmentFilter


def filter_of(request: AnyRequest) -> AssignmentFilter:
    """The filter in the address; what cannot be read is left out."""
    query = request.query_params
    return AssignmentFilter(
        q=typed.word(query, "q")[:60],
        plan=typed.one_id(typed.word(query, "plan")),
        node=typed.one_id(typed.word(query, "node")),
        state=typed.word(query, "state"),
        section=typed.word(query, "section"),
        department=typed.one_id(typed.word(query, "department")),
        enterprise=typed.one_id(typed.word(query, "enterprise")),
        owner=typed.word(query, "owner"),
        owner_name=typed.word(query, "owner_name"),
        town=typed.one_id(typed.word(query, "town")),
        sort=typed.word(query, "sort") or "due",
    )


def words_of(wanted: AssignmentFilter) -> str:
    """The filter as the head of an export says it; empty where everything is taken."""
    found = (
        (wanted.q, f"含“{wanted.q}”"),
        (wanted.state, (VIEWS | LABELS).get(wanted.state, "")),
        (wanted.section, f"板块：{wanted.section}"),
        (wanted.owner, {"enterprise": "交给企业的", "department": "交给部门和人员的"}.get(wanted.owner, "")),
        (wanted.owner_name, f"责任单位：{wanted.owner_name}"),
        (wanted.department, "指定部门"),
        (wanted.enterprise, "指定企业"),
        (wanted.node, "指定条目"),
        (wanted.town, "指定镇街"),
    )
    return "、".join(label for given, label in found if given and label)
