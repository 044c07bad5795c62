"""One enterprise on one page (一企一档), as it stands today or stood on any day."""

from datetime import date
from types import SimpleNamespace
from typing import Any, Final
from uuid import UUID

from litestar import get
from litestar.params import FromPath
from litestar.response import Template

from services.kernel.clock import in_words
from services.kernel.refusals import BadInput
from services.kernel.trail import AuditEntry
from services.kernel.work import Work
from services.portal import typed
from services.portal.assignments.shown import HAPPENED, row_of
from services.portal.enterprises.facts_form import ASKED
from services.portal.enterprises.papers import policy_of, standard_of, tags_of
from services.portal.filters import datetime_zh
from services.portal.frame import AnyRequest, page
from services.supervision import assignments, duties, people, registry
from services.supervision.assignments import AssignmentFilter
from services.supervision.registry import BY_NAME, GROUPS, Happening
from services.tenancy.door import CurrentWork, needs

ACTS: Final = {
    "enterprise:registered": "建立档案",
    "enterprise:imported": "导入档案",
    "enterprise:fact_begun": "提前登记的变化生效",
    "enterprise_change:asked": "企业申请变更",
    "enterprise_change:refused": "变更申请未同意",
    "enterprise_change:withdrawn": "企业撤回变更申请",
    "enterprise_person:added": "登记人员",
    "enterprise_person:changed": "修改人员资料",
    "enterprise_person:ended": "人员任职结束",
    "enterprise_person:revealed": "查看人员完整信息",
    "site:added": "登记场所",
    "site:changed": "修改场所",
    "site:closed": "场所停用",
    "attachment:added": "上传佐证材料",
    **{f"assignment:{kind}": words for kind, (words, _) in HAPPENED.items()},
}
SHOWN: Final = 40


@get("/enterprises/{enterprise_id:uuid}", opt=needs("enterprise:read"))
async def detail(request: AnyRequest, work: CurrentWork, enterprise_id: FromPath[UUID]) -> Template:
    """一企一档."""
    enterprise = await registry.one(work, enterprise_id)
    day, wrong = _day(request, work, enterprise)
    known = SimpleNamespace(id=enterprise.id, **await registry.as_of(work, enterprise.id, day))
    given = await work.all(assignments.narrowed(work, AssignmentFilter(enterprise=enterprise.id)))
    villages = await registry.villages_of_town(work)
    return page(
        request,
        "enterprises/detail.html",
        e=known,
        row=enterprise,
        day=day,
        past=day != work.today,
        wrong=wrong,
        groups=_groups(known, villages),
        tags=tags_of(known),
        warnings=registry.warnings(vars(known)),
        unverified=registry.is_unverified(known.industry_code),
        standard=standard_of(known, day),
        policy=policy_of(known, day),
        people=await people.on_day(work, enterprise.id, day),
        former=await people.former(work, enterprise.id, day),
        sites=await registry.sites(work, enterprise.id, day),
        village_names=villages.names,
        heads=await registry.headcounts(work, enterprise),
        rows=[row_of(one, work.today) for one in given],
        done=sum(one.state == "completed" for one in given),
        counted=sum(one.state != "cancelled" for one in given),
        late=sum(one.is_late(work.today) for one in given),
        timeline=await _timeline(work, enterprise.id, villages),
        own=work.identity.scope.enterprise_id == enterprise.id,
        duties=await duties.tally_of_one(work, enterprise.id, day),
    )


def _day(request: AnyRequest, work: Work, enterprise: registry.Enterprise) -> tuple[date, str]:
    """The day that the address asks for, and what is wrong with it; today instead of a day that cannot be told."""
    if not typed.word(request.query_params, "on"):
        return max(work.today, enterprise.registered_on), ""
    try:
        day = typed.day(request.query_params, "on")
    except BadInput as refusal:
        return work.today, refusal.fields["on"]
    if day < enterprise.registered_on:
        return work.today, f"这家企业的档案从 {in_words(enterprise.registered_on)} 开始，请选这一天或以后的日期"
    return day, ""


def _groups(known: SimpleNamespace, villages: registry.Villages) -> list[tuple[str, list[tuple[str, str]]]]:
    """Every fact by its group, as people write it."""
    shown = [*ASKED, BY_NAME["headcount"], BY_NAME["left_on"], BY_NAME["left_reason"]]
    by_group = {
        group: [
            (field.head.removesuffix(f"（{field.unit}）"), field.say(getattr(known, field.name), villages.names))
            for field in registry.FIELDS
            if field in shown and field.group == group and _tells(field, getattr(known, field.name))
        ]
        for group in GROUPS
    }
    return [(group, pairs) for group, pairs in by_group.items() if pairs]


def _tells(field: registry.Field, value: Any) -> bool:
    """A fact that is not there is left out, unless its absence says something."""
    return value not in (None, []) or field.name in {"tags", "circumstances", "credit_code"}


async def _timeline(work: Work, enterprise_id: UUID, villages: registry.Villages) -> list[dict[str, Any]]:
    """What changed and what was done, the latest first."""
    facts = [(one.recorded_at, _changed(one, villages)) for one in await registry.timeline(work, enterprise_id)]
    acts = [(one.at, _happened(one)) for one in await registry.trail(work, enterprise_id) if one.act in ACTS]
    return [shown for _, shown in sorted(facts + acts, key=lambda pair: pair[0], reverse=True)[:SHOWN]]


def _changed(one: Happening, villages: registry.Villages) -> dict[str, Any]:
    told = [
        f"{BY_NAME[each.field].head}：{BY_NAME[each.field].say(each.before, villages.names)}"
        f" → {BY_NAME[each.field].say(each.after, villages.names)}"
        for each in one.changed
    ]
    what = f"自{in_words(one.valid_from)}起：{'；'.join(told)}"
    note = "，".join(filter(None, (one.source, one.note)))
    return {"at": datetime_zh(one.recorded_at), "who": one.person, "what": what, "note": note, "tone": ""}


def _happened(entry: AuditEntry) -> dict[str, Any]:
    post = people.POSTS.get(str(entry.detail.get("post", "")), "")
    said = entry.detail.get("note") or entry.detail.get("name") or ""
    note = " ".join(filter(None, (post, str(said))))
    return {"at": datetime_zh(entry.at), "who": entry.person, "what": ACTS[entry.act], "note": note, "tone": ""}


ROUTES: list[Any] = [detail]
