"""Who might answer for a task, told from the actors that the paper names; a person decides."""

import re
from collections.abc import Sequence
from uuid import UUID

import msgspec

from services.tenancy.members.models import Department

OFFICE = re.compile(r"镇?应急(?:管理)?(?:办|部门|中心|站|所)|安监(?:办|所|站)|(?:监管|执法)人员")
ALL_SECTORS = re.compile(r"^各?(?:行业)?(?:主管|监管)?部门$|镇属|各办所")
ABOVE_TOWN = re.compile(r"^(?:市(?!场)|区|县|国家|省)|^应急(?:管理)?部$|局$")
ENDING = re.compile(r"(?:工作)?(?:办公室|委员会|服务中心|管理所|中心|大队|支队|机构|部门|站|所|局|委|办|科|队)$")
BEGINNING = re.compile(r"^(?:各|镇|街道|乡)+")
# Words by which towns call the same line of work; a department belongs to the row if its name has one of them.
ALIKE = (
    ("经济和信息化", "经信", "工信", "经发", "经济"),
    ("市场监管", "市场监督管理", "市监"),
    ("规划建设", "规建", "住建", "建设"),
    ("农业服务", "农服", "农业"),
    ("综合行政执法", "综合执法"),
    ("生态环境", "环保"),
    ("平安法治", "平安建设"),
    ("党政", "党建"),
    ("公安", "派出所"),
    ("文化", "文旅"),
)
SETS: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("above_scale", re.compile(r"规上|规模以上")),
    ("smelter", re.compile(r"金属冶炼")),
    ("peri_urban", re.compile(r"城乡接合部|城郊|集镇周边|中小微企业")),
    ("state_owned", re.compile(r"市属国有")),
    ("key", re.compile(r"四涉一有限|三类重点|重点企业|粉尘涉爆")),
)
SHORTEST = 2
"""A single character names no line of work."""
EVERYBODY = re.compile(
    r"生产经营单位|工贸(?:行业)?企业|^各?企业$|主要负责人|法定代表人|实际控制人|从业人员|班组|厂长|特种作业|安全管理人员"
)


class Suggestion(msgspec.Struct, frozen=True):
    """Departments and a set of enterprises, with the words of the paper that led to them."""

    department_ids: tuple[UUID, ...] = ()
    enterprise_set: str | None = None
    because: tuple[str, ...] = ()
    """The names in the paper; empty where the office is only taken because nobody is named."""


def suggest(named: Sequence[str], departments: Sequence[Department]) -> Suggestion:
    """Who is meant by the actors of a node; the town's office where the paper names no department."""
    found: dict[UUID, str] = {}
    for name in named:
        for department in _meant(name, departments):
            found.setdefault(department.id, name)
    if not found:
        found = {department.id: "" for department in departments if department.kind == "office"}
    chosen, led = _enterprises(named)
    because = dict.fromkeys(name for name in (*found.values(), led) if name)
    return Suggestion(tuple(found), chosen, tuple(because))


def _meant(name: str, departments: Sequence[Department]) -> Sequence[Department]:
    """The departments that a name means; a looser likeness counts only where no closer one is found."""
    bare = BEGINNING.sub("", name)
    if exact := [d for d in departments if {name, bare} & {d.name, *d.aliases}]:
        return exact
    if ALL_SECTORS.search(name):
        return [d for d in departments if d.kind == "sector"]
    if ABOVE_TOWN.search(name):
        return []
    if OFFICE.search(name):
        return [d for d in departments if d.kind == "office"]
    return _alike(_core(name), departments)


def _alike(core: str, departments: Sequence[Department]) -> Sequence[Department]:
    if len(core) < SHORTEST:
        return []
    for alike in (_contains, _abbreviates, _same_line):
        if found := [d for d in departments if any(alike(core, _core(word)) for word in (d.name, *d.aliases))]:
            return found
    return []


def _core(name: str) -> str:
    """What a department is about: 镇经济发展办公室 is 经济发展."""
    return ENDING.sub("", BEGINNING.sub("", name))


def _contains(one: str, other: str) -> bool:
    return len(other) >= SHORTEST and (one in other or other in one)


def _abbreviates(one: str, other: str) -> bool:
    """经发 is 经济发展: the characters of the shorter stand in the longer in the same order, from its first on."""
    short, long = sorted((one, other), key=len)
    rest = iter(long)
    return len(short) >= SHORTEST and short[0] == long[0] and all(character in rest for character in short)


def _same_line(one: str, other: str) -> bool:
    return any(_has(one, row) and _has(other, row) for row in ALIKE)


def _has(core: str, row: tuple[str, ...]) -> bool:
    return any(word in core for word in row)


def _enterprises(named: Sequence[str]) -> tuple[str | None, str]:
    """All enterprises where the paper speaks of everybody, else the kind that it names."""
    if everybody := next((name for name in named if EVERYBODY.search(name)), None):
        return "all", everybody
    for code, pattern in SETS:
        if led := next((name for name in named if pattern.search(name)), None):
            return code, led
    return None, ""
