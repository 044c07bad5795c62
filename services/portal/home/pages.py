"""The first page: what waits for me; leaders and the district get their figures, administrators what they administer."""

from collections.abc import Sequence
from typing import Any

from litestar import Router, get
from litestar.response import Template

from services.kernel.work import Work
from services.portal.assignments.board import current_plan, groups_of
from services.portal.frame import AnyRequest, page
from services.portal.home.enterprise import first_page_of_head, first_page_of_officer
from services.portal.home.todos import LATE_CARDS, todos_of
from services.portal.targets.pages import control_shown, rate_shown
from services.portal.towns.pages import ordered
from services.supervision import assignments, targets
from services.supervision.assignments import AssignmentFilter
from services.supervision.targets import TownFigures
from services.tenancy.door import CurrentWork, needs
from services.tenancy.roles import PLATFORM_ROLES, Role

WORST = 8
ADMINISTERED = (
    ("township:create", "/townships", "镇街", "geo-alt", "建立镇街、停用和恢复；不接触任何业务数据"),
    ("calendar:import", "/calendar", "工作日历", "calendar3", "每年导入国务院公布的放假安排，期限按它计算"),
    ("queue:read", "/queues", "后台任务", "cpu", "查看队列和失败的后台任务，手工重试"),
    ("account:read", "/accounts", "账号", "person-gear", "为镇街和区级发放首批账号，锁定、重置"),
    ("seal:read", "/audit", "审计链", "shield-check", "核对各单位审计记录的封存情况"),
    ("sign_in_event:read", "/audit/sign-ins", "登录记录", "clock-history", "查看登录成功和失败的记录"),
)


@get("/", opt=needs("home:read"))
async def home(request: AnyRequest, work: CurrentWork) -> Template:
    """待办, or the figures of whoever leads."""
    role = Role(work.identity.role)
    if role is Role.TOWN_LEADER:
        return await cockpit(request, work)
    if role is Role.DISTRICT_OVERSEER:
        return await district(request, work)
    if role in PLATFORM_ROLES:
        mine = [row for row in ADMINISTERED if work.may(row[0])]
        return page(request, "home/administrators.html", cards=mine)
    if role is Role.LEGAL_REPRESENTATIVE:
        return await first_page_of_head(request, work)
    if role is Role.SAFETY_OFFICER:
        return await first_page_of_officer(request, work)
    todos = await todos_of(work)
    late = await _late_count(work) if todos.late else 0
    return page(request, "home/home.html", todos=todos, late=late, more_late=max(0, late - LATE_CARDS))


async def cockpit(request: AnyRequest, work: Work) -> Template:
    """驾驶舱: the year's targets and assignments, and what waits for the leader."""
    plan = await current_plan(work)
    groups = await groups_of(work, "section", plan_id=plan.id if plan else None)
    of_year = await targets.targets_of(work, work.today.year)
    todos = await todos_of(work)
    reached, applicable = targets.reached(of_year.control, (rate.figure for rate in of_year.rates))
    return page(
        request,
        "home/cockpit.html",
        plan=plan,
        groups=groups,
        total=sum(group.tally.total for group in groups),
        completed=sum(group.tally.completed for group in groups),
        late=sum(group.tally.late for group in groups),
        waiting=sum(group.tally.waiting for group in groups),
        chart=_chart(groups),
        control=control_shown(of_year, drill=True),
        rates=[rate_shown(rate, drill=True) for rate in of_year.rates],
        reached=reached,
        applicable=applicable,
        todos=todos,
        as_of=work.now,
    )


async def district(request: AnyRequest, work: Work) -> Template:
    """The district's first page: its towns in sum, and those with the most overdue work."""
    towns = await targets.towns_of(work)
    return page(
        request,
        "home/district.html",
        towns=towns,
        worst=[town for town in ordered(towns, "-late") if town.assignments.late][:WORST],
        published=sum(town.plan is not None for town in towns),
        total=sum(town.assignments.total for town in towns),
        completed=sum(town.assignments.completed for town in towns),
        late=sum(town.assignments.late for town in towns),
        escalated=sum(town.escalated for town in towns),
        clean=sum(town.reached[0] == town.reached[1] for town in towns),
        fatal=sum(town.control.fatal.numerator for town in towns),
        chart=_towns_chart(ordered(towns, "-done")),
        as_of=work.now,
    )


async def _late_count(work: Work) -> int:
    return (await assignments.counts(work, AssignmentFilter())).late


def _towns_chart(towns: Sequence[TownFigures]) -> dict[str, Any]:
    """The share of finished assignments of each town that has any, in percent."""
    having = [(town.name, town.assignments) for town in towns if town.assignments.total]
    values = [round(100 * tally.completed / tally.total, 1) for _, tally in having]
    series = [{"name": "任务办结率", "values": values}]
    return {"kind": "bar", "lying": True, "labels": [name for name, _ in having], "series": series, "unit": "%"}


def _chart(groups: Any) -> dict[str, Any]:
    """Finished, open and late assignments of each section."""
    tallies = [group.tally for group in groups]
    return {
        "kind": "stack",
        "lying": True,
        "labels": [tally.key or "未分板块" for tally in tallies],
        "series": [
            {"name": "已办结", "values": [tally.completed for tally in tallies], "tone": "good"},
            {
                "name": "办理中",
                "tone": "info",
                "values": [tally.total - tally.completed - tally.late for tally in tallies],
            },
            {"name": "逾期", "values": [tally.late for tally in tallies], "tone": "late"},
        ],
        "unit": "项",
    }


router = Router("/", route_handlers=[home], include_in_schema=False)
