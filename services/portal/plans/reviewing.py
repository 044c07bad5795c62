"""The review page: the paper and its nodes side by side, all of them or only those that want something."""

from typing import Any
from uuid import UUID

from litestar.response import Template

from services.portal.frame import AnyRequest, page
from services.portal.plans import labels
from services.portal.plans.shown import Review, Row

STEPS = ("导入文件", "逐项校核", "领导签发", "发布")
REACHED = {"signed": 4, "published": 5, "closed": 5, "discarded": 2}


def review_page(
    request: AnyRequest,
    review: Review,
    chosen: UUID | None = None,
    *,
    shown_again: Row | None = None,
    status: int = 200,
) -> Template:
    """The paper and its nodes side by side; `shown_again` is the row that came back with errors."""
    rows = review.rows(chosen)
    if shown_again is not None:
        rows = [shown_again if row.node.id == shown_again.node.id else row for row in rows]
    show = request.query_params.get("show", "")
    context: dict[str, Any] = {
        "rows": [row for row in rows if row.open or belongs(row, show)],
        "filters": [(code, name, sum(belongs(row, code) for row in rows)) for code, name in SHOWN],
        "steps": STEPS,
        "step": REACHED.get(review.plan.state, 3 if review.plan.sent_at else 2),
    }
    return page(request, "plans/review.html", status=status, review=review, labels=labels, **context)


SHOWN = (
    ("", "全部"),
    ("work", "目标、任务、要求"),
    ("wanting", "还缺责任单位或时限"),
    ("check", "请核对"),
    ("loose", "未归类"),
)


def belongs(row: Row, show: str) -> bool:
    """Whether a row is among those that were asked for."""
    wanted = {
        "work": row.answered_for,
        "wanting": bool(row.wants),
        "check": row.node.check_note is not None,
        "loose": row.is_unplaced,
    }
    return wanted.get(show, True)
