"""How a plan begins: from an uploaded notice, from last year's plan, or from the district's template."""

import hashlib
import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from services.kernel import attachments
from services.kernel.clock import new_id
from services.kernel.files import FileStore
from services.kernel.refusals import BadInput
from services.kernel.work import Work
from services.regulation import notices
from services.supervision.plans.models import Notice, Plan, PlanNode
from services.supervision.plans.queries import nodes_of, paper_of, plan_of_notice, published_plan
from services.supervision.plans.reading import Reading, read_upload
from services.supervision.plans.refusals import AlreadyUploaded, NoPlanLastYear
from services.supervision.plans.trees import rows_of
from services.supervision.plans.words import clean
from services.tenancy.townships.models import Tenant

FIRST_YEAR, LAST_YEAR = 2000, 2100
STATE_NAMES = {"draft": "草稿", "signed": "已签发", "published": "已发布", "closed": "已办结"}
CITED = re.compile(r"(《[^》]*》（[^（）]*〔\d{4}〕[^（）]*号）)")
DATED = frozenset({"banner", "number", "signature", "date", "note", "imprint"})
"""Parts of the paper that belong to one paper only and are never carried over unread."""


async def upload_notice(
    work: Work, *, data: bytes, filename: str, year: int | None = None, files: FileStore | None = None
) -> Plan:
    """Read a file and keep it as a draft plan with all its nodes, the file itself beside it where a store is given.

    Raises a FileRefused, BadInput or AlreadyUploaded, and then keeps nothing.
    """
    work.require("notice:upload")
    reading = await read_upload(data, clean(filename)[-200:] or "未命名")
    known = await plan_of_notice(work, reading.sha256)
    if known is not None:
        raise AlreadyUploaded(
            f"这个文件已经上传过：《{known.title}》（{STATE_NAMES[known.state]}），不用重复上传", known.id
        )
    plan_year = require_year(year or reading.tree.year)
    paper = _paper(work, reading)
    plan = _plan(work, paper, year=plan_year, origin="notice", title=_title(reading.tree, plan_year))
    if files is not None:
        name = reading.filename
        await attachments.keep(work, files, kind="plan", owner_id=plan.id, enterprise_id=None, filename=name, data=data)
    await _keep(work, plan, paper, rows_of(plan.id, reading.tree))
    return plan


async def start_from_last_year(work: Work, year: int) -> Plan:
    """A draft with last year's items: dates one year on, and every figure marked to be checked; raises NoPlanLastYear."""
    work.require("plan:start")
    before = await published_plan(work, require_year(year) - 1)
    if before is None:
        raise NoPlanLastYear
    old = [row for row in await nodes_of(work, before.id) if row.withdrawn_in is None]
    old_paper = await paper_of(work, before)
    text, spans = _text_of(old, old_paper)
    paper = Notice(
        id=new_id(),
        filename=f"{before.year}年度工作要点",
        sha256=hashlib.sha256(f"{before.id}:{before.version}".encode()).hexdigest(),
        format="last_year",
        text=text,
        title=old_paper.title,
        issuer=old_paper.issuer,
        addressees=old_paper.addressees,
        copy_to=old_paper.copy_to,
        documents=old_paper.documents,
        uploaded_by=work.identity.member_id,
        created_at=work.now,
    )
    title = before.title.replace(str(before.year), str(year))
    plan = _plan(work, paper, year=year, origin="last_year", title=title, before=before)
    await _keep(work, plan, paper, _carried_over(plan, before, old, spans))
    return plan


async def start_from_template(work: Work, year: int) -> Plan:
    """A draft from the district's template, in the name of this town, every date and figure marked to be checked."""
    work.require("plan:start")
    town = await work.get(Tenant, work.tenant_id)
    tree = notices.parse(template_text(require_year(year), full_name=town.full_name, name=town.name))
    reading = Reading(
        "区级模板", "template", hashlib.sha256(tree.text.encode()).hexdigest(), replace(tree, number=None)
    )
    paper = _paper(work, reading)
    paper.issued_on = None
    plan = _plan(work, paper, year=year, origin="template", title=_title(tree, year))
    rows = rows_of(plan.id, tree)
    for row in rows:
        row.check_note = _template_note(row)
    await _keep(work, plan, paper, rows)
    return plan


def template_text(year: int, *, full_name: str, name: str) -> str:
    """The district's template as a town's own paper, its number left open."""
    text = notices.demo_plan(year)
    text = text.replace(f"珍溪府发〔{year}〕12号", f"{re.sub('(?:镇|街道|乡)$', '', name)}府发〔{year}〕　号")
    return text.replace("重庆市涪陵区珍溪镇", full_name).replace("珍溪镇", name)


def require_year(year: int | None) -> int:
    """The year of a plan; raises BadInput where there is none or it cannot be meant."""
    if year is None:
        raise BadInput(fields={"year": "文件里没有写明年度，请选择这份工作要点是哪一年的"})
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise BadInput(fields={"year": f"年度应在 {FIRST_YEAR} 到 {LAST_YEAR} 之间"})
    return year


def shifted(words: str, year: int) -> str:
    """Words with the year before replaced by `year` where it is a date, not part of a document that is cited by its number."""
    parts = CITED.split(words)
    return "".join(
        part if CITED.fullmatch(part) else re.sub(rf"(?<!\d){year - 1}(?=年)", str(year), part) for part in parts
    )


def a_year_later(day: date) -> date:
    """The same day next year; 29 February becomes 28 February (民法典第202条)."""
    try:
        return day.replace(year=day.year + 1)
    except ValueError:
        return day.replace(year=day.year + 1, day=28)


def _paper(work: Work, reading: Reading) -> Notice:
    tree = reading.tree
    return Notice(
        id=new_id(),
        filename=reading.filename,
        sha256=reading.sha256,
        format=reading.format,
        text=tree.text,
        issuer=tree.issuer,
        number=tree.number,
        title=tree.title or reading.filename,
        addressees="，".join(tree.addressees) or None,
        issued_on=tree.date,
        copy_to="，".join(tree.copy_to) or None,
        documents=notices.as_json(tree)["documents"],
        uploaded_by=work.identity.member_id,
        created_at=work.now,
    )


def _plan(work: Work, paper: Notice, *, year: int, origin: str, title: str, before: Plan | None = None) -> Plan:
    return Plan(
        id=new_id(),
        year=year,
        title=title[:200],
        state="draft",
        origin=origin,
        notice_id=paper.id,
        from_plan_id=before.id if before else None,
        amendment=0,
        made_by=work.identity.member_id,
        changed_at=work.now,
        changed_by_name=work.identity.person,
        created_at=work.now,
    )


async def _keep(work: Work, plan: Plan, paper: Notice, rows: Sequence[PlanNode]) -> None:
    """The paper, the plan and its nodes are one act."""
    work.add(paper)
    await work.flush()
    work.add(plan)
    await work.flush()
    for row in rows:
        work.add(row)
    work.record(
        "plan:started",
        plan,
        origin=plan.origin,
        year=plan.year,
        filename=paper.filename,
        sha256=paper.sha256,
        nodes=len(rows),
        tasks=sum(row.kind == "task" for row in rows),
    )
    await work.flush()


def _title(tree: notices.Notice, year: int) -> str:
    """What the plan itself is called; the covering letter's title only where it has no other."""
    inner = "".join(node.text for node in tree.nodes if node.role is notices.Role.INNER_TITLE)
    return inner or tree.title or f"{year}年工贸行业安全生产工作要点"


def _text_of(rows: Sequence[PlanNode], paper: Notice) -> tuple[str, list[tuple[int, int]]]:
    """Last year's plan as it stood at the end, in one text: the paper's own words, or what an amendment put in their place."""
    text, spans = "", []
    for row in rows:
        own = paper.text[row.span_from : row.span_to]
        written = (
            own
            if own and not row.edited
            else f"{row.label}{row.heading}{'。' if row.heading and row.text else ''}{row.text}\n"
        )
        spans.append((len(text), len(text) + len(written)))
        text += written
    return text, spans


def _carried_over(
    plan: Plan, before: Plan, old: Sequence[PlanNode], spans: Sequence[tuple[int, int]]
) -> list[PlanNode]:
    ids = {row.id: new_id() for row in old}
    return [
        PlanNode(
            id=ids[row.id],
            plan_id=plan.id,
            position=position,
            parent_id=ids.get(row.parent_id) if row.parent_id else None,
            kind=row.kind,
            role=row.role,
            label=row.label,
            heading=shifted(row.heading, plan.year),
            text=shifted(row.text, plan.year),
            span_from=span[0],
            span_to=span[1],
            measures=[],
            numbers=_moved(row.numbers, row, span),
            documents=_moved(row.documents, row, span),
            years=[],
            named_owners=row.named_owners,
            owner_parts=row.owner_parts,
            edited=["heading", "text"],
            department_ids=row.department_ids,
            enterprise_set=row.enterprise_set,
            due_on=a_year_later(row.due_on) if row.due_on else None,
            due_words=shifted(row.due_words, plan.year) if row.due_words else None,
            evidence_wanted=row.evidence_wanted,
            check_note=_last_year_note(row, before.year),
        )
        for position, (row, span) in enumerate(zip(old, spans, strict=True))
    ]


def _moved(found: Sequence[dict[str, Any]], row: PlanNode, span: tuple[int, int]) -> list[dict[str, Any]]:
    """Numbers and documents at their new places; in a text that was rewritten they stand at its beginning."""
    by = span[0] - row.span_from
    moved = []
    for one in found:
        start, stop = one["span"]
        inside = row.span_from <= start < stop <= row.span_to and not row.edited
        moved.append({**one, "span": [start + by, stop + by] if inside else [span[0], span[0]]})
    return moved


def _last_year_note(row: PlanNode, year: int) -> str | None:
    if row.role in DATED:
        return f"沿用{year}年文件的文号、日期等，请按新文件改写"
    reasons = [
        words for words, there in (("数字", row.numbers), ("时限", row.due_on), ("引用文件", row.documents)) if there
    ]
    return f"{'、'.join(reasons)}沿用{year}年，请核对" if reasons else None


def _template_note(row: PlanNode) -> str | None:
    if row.role in DATED:
        return "来自区级模板，请按本镇文件改写文号和日期"
    return "数字和时限来自区级模板，请按本镇实际核对" if row.numbers or row.due_on else None
