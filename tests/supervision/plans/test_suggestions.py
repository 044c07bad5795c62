"""Who might answer for a task is told from the actors that the paper names."""

from uuid import UUID, uuid5

import pytest

from services.supervision.plans.suggestions import suggest
from services.tenancy.members.models import Department

SPACE = UUID(int=7)


def department(name: str, kind: str = "sector", *aliases: str) -> Department:
    """A department that is not stored."""
    return Department(id=uuid5(SPACE, name), name=name, kind=kind, sectors=[], aliases=list(aliases))


OFFICE = department("应急管理办公室", "office")
LEADERS = department("镇领导", "leadership")
SECTORS = [department(name) for name in ("经济发展办", "市场监管所", "规划建设办", "农业服务中心", "派出所")]
EVERYONE = [LEADERS, OFFICE, *SECTORS]


def names(named: list[str], departments: list[Department] | None = None) -> list[str]:
    """The suggested departments by name."""
    chosen = EVERYONE if departments is None else departments
    by_id = {one.id: one.name for one in chosen}
    return [by_id[one] for one in suggest(named, chosen).department_ids]


@pytest.mark.parametrize(
    ("named", "meant"),
    [
        (["镇应急办"], ["应急管理办公室"]),
        (["应急部门"], ["应急管理办公室"]),
        (["专职监管人员"], ["应急管理办公室"]),
        (["各行业部门"], ["经济发展办", "市场监管所", "规划建设办", "农业服务中心", "派出所"]),
        (["应急部门", "市场监管所"], ["应急管理办公室", "市场监管所"]),
        (["经济和信息化部门"], ["经济发展办"]),
        (["镇经发办"], ["经济发展办"]),
        (["镇规建办"], ["规划建设办"]),
        (["镇农服中心"], ["农业服务中心"]),
        (["区应急局"], ["应急管理办公室"]),
        (["市场监管部门"], ["市场监管所"]),
        (["应急部"], ["应急管理办公室"]),
        (["有关部门"], ["应急管理办公室"]),
        (["监管部门"], ["经济发展办", "市场监管所", "规划建设办", "农业服务中心", "派出所"]),
        ([], ["应急管理办公室"]),
        (["派出所"], ["派出所"]),
    ],
)
def test_departments_are_known_by_their_words(named: list[str], meant: list[str]) -> None:
    """By name, by abbreviation, by line of work; where no department of the town is meant, the office drafts."""
    assert names(named) == meant


def test_the_closest_likeness_counts() -> None:
    """经信办 is meant by 经济和信息化部门 where the town has one, and 经济发展办 by 经发办."""
    both = [department("经信办"), department("经济发展办"), OFFICE]
    assert names(["经济和信息化部门"], both) == ["经信办"]
    assert names(["镇经发办"], both) == ["经济发展办"]


def test_an_alias_is_a_name() -> None:
    """The town's own list of other words comes first."""
    town = [department("平安建设办", "sector", "镇安监办", "安监站"), OFFICE]
    assert names(["安监站"], town) == ["平安建设办"]
    assert names(["镇安监办"], town) == ["平安建设办"]


@pytest.mark.parametrize(
    ("named", "whom"),
    [
        (["规上工业企业"], "above_scale"),
        (["中小微企业"], "peri_urban"),
        (["金属冶炼单位", "保险机构"], "smelter"),
        (["重点企业"], "key"),
        (["市属国有企业"], "state_owned"),
        (["生产经营单位", "金属冶炼企业"], "all"),
        (["各工贸企业"], "all"),
        (["企业主要负责人"], "all"),
        (["镇应急办"], None),
        ([], None),
    ],
)
def test_enterprises_are_known_by_their_kind(named: list[str], whom: str | None) -> None:
    """Where the paper speaks of everybody, everybody is bound."""
    assert suggest(named, EVERYONE).enterprise_set == whom


def test_the_words_that_led_there_are_shown() -> None:
    """A person sees why; an office taken for want of a name has no reason."""
    assert suggest(["镇应急办", "规上企业"], EVERYONE).because == ("镇应急办", "规上企业")
    assert suggest([], EVERYONE).because == ()


def test_a_town_without_departments_gets_no_suggestion() -> None:
    """Nothing is made up."""
    assert suggest(["镇应急办"], []).department_ids == ()
