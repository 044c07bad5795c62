"""From TOML files to rules; a file that contradicts itself is refused with its name."""

import tomllib
from collections.abc import Iterable, Mapping
from datetime import date
from pathlib import Path
from string import Formatter
from typing import Any

from services.regulation.documents import Document, document
from services.regulation.duties.conditions import ALWAYS, BadRule, Condition, condition, getter
from services.regulation.duties.consequences import consequence
from services.regulation.duties.periods import Period
from services.regulation.duties.rules import Rule, Sample, Severity, Version

HERE = Path(__file__).parent
RULES = HERE / "rules"
CONSEQUENCES = HERE / "consequences.toml"
OWN = {"when", "requires", "unmet_when", "because", "version", "sample", "period", "severity"}
"""What a rule's table holds for its versions, or in another shape than Rule."""
OF_VERSIONS = {
    "document", "article", "effective_from", "effective_to", "consequence", "unverified",
    "when", "requires", "unmet_when", "because",
}  # fmt: skip


def load(folder: Path = RULES) -> tuple[Rule, ...]:
    """Every rule of a folder; files are read by name, so that they may refer to earlier ones.

    Raises BadRule naming the file and the rule.
    """
    shared = tomllib.loads(CONSEQUENCES.read_text(encoding="utf-8"))
    conditions: dict[str, Condition] = {}
    rules: dict[str, Rule] = {}
    for file in sorted(folder.glob("*.toml")):
        for row in tomllib.loads(file.read_text(encoding="utf-8"))["rule"]:
            try:
                rule = _rule(row, conditions, shared)
            except (KeyError, TypeError, ValueError, LookupError) as error:
                raise BadRule(f"{file.name} 中的规则 {row.get('code', '（无编号）')}：{error}") from error
            if rule.code in rules:
                raise BadRule(f"{file.name}：编号 {rule.code} 重复")
            rules[rule.code] = rule
    return tuple(rules.values())


def _rule(row: dict[str, Any], conditions: dict[str, Condition], shared: Mapping[str, Any]) -> Rule:
    conditions[row["code"]] = condition(_when(row), conditions)
    if strange := {key for given in row["version"] for key in given} - OF_VERSIONS:
        raise BadRule(f"版本里有不认识的写法：{'、'.join(sorted(strange))}")
    versions = tuple(_version(row | {"version": None} | given, conditions, shared) for given in row["version"])
    _check_days(versions)
    if row.get("due_fact"):
        getter(row["due_fact"])
    fields = {key: value for key, value in row.items() if key not in OWN}
    lists = {key: tuple(fields.get(key, ())) for key in ("how", "evidence", "good_evidence", "remind_days")}
    return Rule(
        **(fields | lists),
        period=Period(row["period"]),
        severity=Severity(row.get("severity", Severity.VIOLATION)),
        versions=versions,
        samples=tuple(Sample(**sample) for sample in row.get("sample", ())),
    )


def _version(row: dict[str, Any], conditions: Mapping[str, Condition], shared: Mapping[str, Any]) -> Version:
    if "unmet_when" in row and "requires" not in row:
        raise BadRule("写了 unmet_when 就要写 requires")
    paper = document(row["document"])
    when = condition(_when(row), conditions)
    first = row.get("effective_from", paper.effective_from)
    threat = row.get("consequence")
    return Version(
        id=f"{row['code']}@{paper.key}@{first}",
        document=paper,
        article=row["article"],
        effective_from=first,
        effective_to=row.get("effective_to", paper.effective_to),
        when=when,
        requires=_perhaps(row, "requires", conditions),
        unmet_when=_perhaps(row, "unmet_when", conditions),
        grounds=_grounds(row["because"], when, conditions),
        consequence=consequence(threat, _threatening(paper, threat).cited, shared) if threat else None,
        unverified=paper.unverified or row.get("unverified", False),
    )


def _perhaps(row: Mapping[str, Any], key: str, conditions: Mapping[str, Condition]) -> Condition | None:
    return condition(row[key], conditions) if key in row else None


def _threatening(paper: Document, threat: Mapping[str, Any]) -> Document:
    return document(threat["document"]) if "document" in threat else paper


def _when(row: Mapping[str, Any]) -> Mapping[str, Any]:
    """The condition of a rule; where it has several grounds and no condition, that one of them holds."""
    if "when" in row or isinstance(row["because"], str):
        given: Mapping[str, Any] = row.get("when", {})
        return given
    return {"any": [ground["when"] for ground in row["because"]]}


def _grounds(
    because: str | Iterable[Mapping[str, Any]], when: Condition, conditions: Mapping[str, Condition]
) -> tuple[tuple[Condition, str], ...]:
    if isinstance(because, str):
        return ((ALWAYS, _filled(because, when)),)
    holding = [(condition(ground["when"], conditions), ground["words"]) for ground in because]
    return tuple((holds, _filled(words, holds)) for holds, words in holding)


def _filled(words: str, when: Condition) -> str:
    """The template with its boundary filled in: {limit} is the one number of the condition."""
    asked = fields_of(words)
    if "limit" not in asked:
        return words
    numbers = {bound.number for bound in when.bounds}
    if len(numbers) != 1:
        raise BadRule("理由中写了 {limit}，但条件里不是恰好一个数")
    return words.replace("{limit}", str(numbers.pop()))


def fields_of(words: str) -> tuple[str, ...]:
    """The facts that a template shows, in order; raises BadRule for one that does not exist."""
    names = tuple(name for _, name, _, _ in Formatter().parse(words) if name)
    for name in names:
        if name != "limit":
            getter(name)
    return names


def _check_days(versions: Iterable[Version]) -> None:
    last: date | None = date.min
    for version in versions:
        if last is None or version.effective_from <= last:
            raise BadRule(f"{version.id} 与前一版本的施行期间重叠")
        last = version.effective_to
