"""Who is bound by an item: 责任单位 and its kin at the end of an item, else the actors that the text names."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from services.regulation.notices.text import Flow
from services.regulation.notices.tree import Owner, Part

_KEYS: tuple[tuple[Part | None, str], ...] = (
    (Part.LEADING, r"(?:牵头|主办|主责)(?:单位|部门|领导|科室|办所)?"),
    (Part.SUPPORTING, r"(?:配合|协办|协同|参与|参加)(?:单位|部门|科室|办所)?"),
    (Part.RESPONSIBLE, r"责任(?:单位|部门|人|领导|科室|主体|办所)"),
    (None, r"(?:完成|办理|落实|整改|实施)?(?:时限|时间|期限)(?:要求)?|完成日期"),
)
_KEY = re.compile(
    rf"(?<![一-鿿])(?:{'|'.join(words for _, words in _KEYS)}):|(?<=[一-鿿])(?:责任|牵头|配合)(?:单位|部门):|(?<=[一-鿿])完成时限:"
)
_STOP = re.compile(r"[;。)〕]")
_PARTING = re.compile(r"[、,;/]")
_ROLE_IN_BRACKETS = re.compile(r"\((牵头|配合|责任)[^()]{0,4}\)")
_TRAILING = re.compile(r"等?(?:按(?:照)?(?:各自)?职责分工(?:分别)?(?:负责|落实))$|(?:分别|共同)?负责$")
_LONGEST = 40

_OFFICE = (
    r"应急(?:管理)?|安全(?:生产)?|安监|安委|安委会|党政|党建|经发|经济发展|经济和信息化|经信|产业发展|规建|规划建设|规划|建设|住建|平安法治|平安建设|农服|农业服务|"
    r"农业|社事|社会事务|综合行政执法|综合执法|执法|财政|民政|民生|文化|文旅|统计|宣传|市场监管|市场监督管理|市监|生态环境|环保|公安|交通|商务|司法|人社|消防|消防救援|供电|"
    r"自然资源|规资|水利|卫健|工会|教育|发改|发展改革|税务|退役军人|便民服务"
)
_ACTOR = re.compile(
    rf"(?:各|镇|区|市|县|街道|乡){{0,2}}(?:{_OFFICE})(?:工作)?(?:办公室|委员会|服务中心|大队|支队|中心|部门|站|所|局|委|办(?!法|理|公|案|事|好)|科室)"
    r"|(?:区|镇|市|县)?(?:安委会办公室|安委办|安办|派出所|消防救援站|供电所|政府(?!采购|购买|服务|信息))"
    r"|应急部(?!门|署)|镇(?:党委|政府)|各?村(?:\(社区\)|\(居\)委会|居|社区)|各?行业(?:主管|监管)?部门|镇属\(辖\)有关部门|各?(?:有关|相关|监管|主管|职能)部门"
    r"|(?:企业)?主要负责人|(?:企业)?法定代表人|实际控制人|(?:安全)?总工程师|(?:专职|兼职)?(?:安全|专职|执法)监管人员|(?:专职|兼职)?(?:安全管理|安全)人员|特种作业人员"
    r"|(?:企业)?(?:一线)?从业人员|保险机构|技术服务机构|评审(?:单位|机构)|市属国有企业|金属冶炼(?:企业|单位)|规上(?:工业)?企业|各?工贸(?:行业)?企业|中小微企业|重点企业"
    r"|生产经营单位|班组长?|厂长经理|网格员"
)


@dataclass(frozen=True, slots=True)
class Assignment:
    """What the end of an item says: the owners, and the deadline in its own words."""

    owners: tuple[Owner, ...]
    due: str | None


def assignment_in(flow: Flow) -> Assignment:
    """The owners and the deadline set off by 责任单位：…；完成时限：…, in brackets or on lines of their own."""
    owners: list[Owner] = []
    due = None
    keys = list(_KEY.finditer(flow.words))
    for index, key in enumerate(keys):
        limit = keys[index + 1].start() if index + 1 < len(keys) else len(flow.words)
        value = _value(flow.words, key.end(), limit)
        part = _part(key[0][:-1])
        if part is None:
            due = due or value.strip(",、;。 ") or None
        else:
            owners += owners_from(value, part)
    return Assignment(unique(owners), due)


def owners_from(words: str, part: Part = Part.RESPONSIBLE) -> list[Owner]:
    """The names in a list such as 镇应急办、派出所（配合）按职责分工负责."""
    owners = []
    for piece in _PARTING.split(words):
        role = _ROLE_IN_BRACKETS.search(piece)
        name = _TRAILING.sub("", _ROLE_IN_BRACKETS.sub("", piece)).strip("〔〕。:. ")
        if name and len(name) <= _LONGEST:
            owners.append(
                Owner(name.replace("(", "（").replace(")", "）"), _part(role[1] + "单位") or part if role else part)
            )
    return owners


def actors_in(flow: Flow) -> tuple[Owner, ...]:
    """The offices, departments and persons that running text names, each once."""
    return unique(
        Owner(found[0].replace("(", "（").replace(")", "）"), Part.NAMED) for found in _ACTOR.finditer(flow.words)
    )


def unique(owners: Iterable[Owner]) -> tuple[Owner, ...]:
    """Each name once, as first bound."""
    kept: dict[str, Owner] = {}
    for owner in owners:
        kept.setdefault(owner.name, owner)
    return tuple(kept.values())


def _value(words: str, start: int, limit: int) -> str:
    """The words of one entry: to the next stop outside brackets, at most to the next entry."""
    depth = 0
    for place in range(start, min(limit, start + 400)):
        if words[place] == "(":
            depth += 1
        elif _STOP.match(words[place]) and depth == 0:
            return words[start:place]
        elif words[place] == ")":
            depth -= 1
    return words[start : min(limit, start + 400)]


def _part(key: str) -> Part | None:
    return next((part for part, words in _KEYS if re.fullmatch(words, key)), None)
