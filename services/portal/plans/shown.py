"""A plan as the pages show it: each stretch of the paper beside the node that it became."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from services.kernel.attachments import Attachment
from services.kernel.work import Work
from services.portal.forms import Form
from services.supervision import plans
from services.tenancy.members.models import Department

MARKS = (("documents", "doc"), ("numbers", "num"))
DEEPEST = 3
COMPARISONS = {"=": ""}


@dataclass(frozen=True, slots=True)
class Segment:
    """Some characters of the paper, marked where they set a number or cite a document."""

    text: str
    mark: str = ""


@dataclass(slots=True)
class Row:
    """One node beside its source; `open` rows carry their form."""

    node: plans.PlanNode
    depth: int
    segments: list[Segment]
    chips: list[str]
    documents: list[str]
    owners: list[str]
    suggestion: plans.Suggestion | None
    suggested: list[str]
    """The names of the suggested departments."""
    is_frame: bool
    is_unplaced: bool
    open: bool = False
    form: Form = field(default_factory=Form)
    split_points: list[plans.SplitPoint] = field(default_factory=list)
    parents: list[plans.PlanNode] = field(default_factory=list)
    before: plans.PlanNode | None = None
    after: plans.PlanNode | None = None
    stale: bool = False

    @property
    def answered_for(self) -> bool:
        """Whether the node has owners, a day and evidence."""
        return self.node.kind in plans.ANSWERED_FOR

    @property
    def wants(self) -> list[str]:
        """What a task still lacks."""
        if not self.node.is_work:
            return []
        return [words for words, has in (("责任单位", self.node.has_owner), ("时限", self.node.due_on)) if not has]


@dataclass(slots=True)
class Review:
    """One plan with everything its pages need."""

    plan: plans.Plan
    paper: plans.Notice
    nodes: Sequence[plans.PlanNode]
    departments: Sequence[Department]
    figures: plans.Figures
    problems: plans.Problems
    original: Attachment | None
    """The uploaded file itself."""
    by_id: dict[UUID, plans.PlanNode] = field(init=False)

    def __post_init__(self) -> None:
        """Nodes are looked up by their id for every row."""
        self.by_id = {node.id: node for node in self.nodes}

    def row(self, node_id: UUID) -> Row | None:
        """The row of one node, opened with its form."""
        for index, node in enumerate(self.nodes):
            if node.id == node_id:
                return self._opened(index, node)
        return None

    def rows(self, chosen: UUID | None = None) -> list[Row]:
        """All rows in the order of the paper, gaps that no node claims among them as segments of their own."""
        return [self._opened(i, n) if n.id == chosen else self._row(n) for i, n in enumerate(self.nodes)]

    def gaps(self) -> list[str]:
        """Stretches of the paper that no node claims."""
        return [self.paper.text[p.start : p.stop] for p in plans.pieces_of(self.paper, self.nodes) if p.node_id is None]

    def next_after(self, node_id: UUID) -> plans.PlanNode | None:
        """The next item that somebody answers for."""
        ids = [node.id for node in self.nodes]
        following = self.nodes[ids.index(node_id) + 1 :] if node_id in ids else ()
        return next((node for node in following if node.kind in plans.ANSWERED_FOR), None)

    def names(self, ids: Sequence[UUID]) -> list[str]:
        """The names of departments, in the order in which they were chosen."""
        by_id = {department.id: department.name for department in self.departments}
        return [by_id.get(one, "（已撤销的部门）") for one in ids]

    def _row(self, node: plans.PlanNode) -> Row:
        found = plans.suggest(node.named_owners, self.departments) if node.kind in plans.ANSWERED_FOR else None
        return Row(
            node=node,
            depth=self._depth(node),
            segments=segments_of(self.paper.text, node),
            chips=list(dict.fromkeys(chip(one) for one in node.numbers)),
            documents=[document_words(one) for one in node.documents],
            owners=self.names(node.department_ids),
            suggestion=found,
            suggested=self.names(found.department_ids) if found else [],
            is_frame=node.kind == "text" and not plans.is_unplaced(node) and node.parent_id is None,
            is_unplaced=plans.is_unplaced(node),
        )

    def _opened(self, index: int, node: plans.PlanNode) -> Row:
        row = self._row(node)
        row.open = True
        row.form = Form(values_of(node))
        row.split_points = plans.split_points(self.paper, node)
        row.parents = plans.parents_for(self.nodes, node.id)
        row.before = self.nodes[index - 1] if index else None
        row.after = self.nodes[index + 1] if index + 1 < len(self.nodes) else None
        return row

    def _depth(self, node: plans.PlanNode) -> int:
        depth, above = 0, node.parent_id
        while above in self.by_id and depth < DEEPEST:
            depth, above = depth + 1, self.by_id[above].parent_id
        return depth


async def review_of(work: Work, plan_id: UUID) -> Review:
    """One plan, its paper and its nodes; raises NotFound."""
    plan = await plans.get_plan(work, plan_id)
    paper, nodes = await plans.paper_of(work, plan), await plans.nodes_of(work, plan_id)
    figures = plans.figures_of(paper, nodes)
    departments, original = await plans.departments_of(work), await plans.original_of(work, plan_id)
    return Review(plan, paper, nodes, departments, figures, plans.problems_of(nodes), original)


def values_of(node: plans.PlanNode) -> dict[str, Any]:
    """What a node's form begins with."""
    return {
        "heading": node.heading,
        "text": node.text,
        "department_ids": [str(one) for one in node.department_ids],
        "enterprise_set": node.enterprise_set or "",
        "due_on": node.due_on.isoformat() if node.due_on else "",
        "evidence_wanted": node.evidence_wanted or "",
    }


def segments_of(text: str, node: plans.PlanNode) -> list[Segment]:
    """A node's own characters, parted where a number or a cited document begins and ends."""
    marks = sorted((*one["span"], mark) for name, mark in MARKS for one in getattr(node, name))
    found, end = [], node.span_from
    for start, stop, mark in marks:
        if start < end or stop <= start or stop > node.span_to:
            continue
        found += [Segment(text[end:start]), Segment(text[start:stop], mark)]
        end = stop
    found.append(Segment(text[end : node.span_to]))
    shown = [segment for segment in found if segment.text]
    if shown:
        shown[0] = Segment(shown[0].text.lstrip(), shown[0].mark)
        shown[-1] = Segment(shown[-1].text.rstrip(), shown[-1].mark)
    return shown


def chip(number: Mapping[str, Any]) -> str:
    """A number as it is spoken of: ≥60%, 1年内≥2起, 2名."""
    window = number.get("window")
    within = f"{window['value']}{window['unit']}内" if window else ""
    sign = COMPARISONS.get(number["comparison"], number["comparison"])
    return f"{within}{sign}{number['value']}{number['unit']}"


def document_words(document: Mapping[str, Any]) -> str:
    """A cited document by title and number."""
    title = f"《{document['title']}》" if document["title"] else ""
    return f"{title}{document['number'] or ''}"
