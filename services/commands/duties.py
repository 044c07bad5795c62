"""duties: what an enterprise owes on a day and why, without a database."""

import json
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

import click

from services.kernel import clock
from services.regulation import duties as law
from services.regulation.duties.facts import LABELS
from services.regulation.lights import light

FACTS_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
MARKS = {law.State.MET: "√", law.State.UNMET: "×", law.State.NEEDS_EVIDENCE: "○"}


class Day(click.ParamType[date]):
    """A legal day, written 2026-11-23."""

    name = "日期"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> date:
        """The day, or exit 2 with how to write it."""
        if isinstance(value, date):
            return value
        try:
            return datetime.strptime(value, "%Y-%m-%d").date()  # noqa: DTZ007 - a legal day has no time zone
        except ValueError:
            self.fail(f"日期应写成 2026-11-23，现在是“{value}”", param, ctx)


@click.command("duties", help="说明一家企业某日有哪些义务、依据和理由；FACTS.json 写企业情况，不需要数据库。")
@click.argument("facts", type=FACTS_FILE)
@click.option("--on", "on", type=Day(), help="哪一天，默认今天。")
@click.option("--against", type=FACTS_FILE, help="另一份企业情况：说明由前者变为后者，义务有何变化。")
@click.option("--json", "as_json", is_flag=True, help="以 JSON 打印。")
def duties(facts: Path, on: date | None, against: Path | None, *, as_json: bool) -> None:
    """Print the duties, or what would change in them; exit 2 with a sentence for each field that cannot be read."""
    on = on or clock.legal_day(clock.now())
    before, book = facts_in(facts), law.rulebook()
    if against is None:
        click.echo(told(book.evaluate(before, on), on, as_json=as_json))
        return
    changed = law.difference(before, facts_in(against), on, book)
    click.echo(_json(on, {"difference": law.difference_as_json(changed)}) if as_json else changed.sentence)


def told(found: Sequence[law.Duty], on: date, *, as_json: bool) -> str:
    """What was found, for people or for programs."""
    return _json(on, {"duties": [law.as_json(duty) for duty in found]}) if as_json else explained(found, on)


def explained(found: Sequence[law.Duty], on: date) -> str:
    """The duties by topic in plain Chinese, under a line that counts them by state."""
    counts = "，".join(f"{words} {n} 项" for words, n in Counter(duty.state_words for duty in found).most_common())
    lines = [f"{clock.in_words(on)}：共 {len(found)} 项义务（{counts}）"]
    for topic in dict.fromkeys(duty.topic for duty in found):
        lines += ["", f"【{topic}】", *(line for duty in found if duty.topic == topic for line in _lines(duty, on))]
    return "\n".join(lines)


def _lines(duty: law.Duty, on: date) -> Iterable[str]:
    marks = "〔提示〕" * (duty.severity is law.Severity.GUIDANCE) + "〔待核实〕" * duty.unverified
    yield f"{MARKS[duty.state]} {duty.code} {duty.title}（{duty.state_words}）{marks}"
    yield f"    {duty.plain}"
    yield f"    理由：{duty.because}"
    yield f"    依据：{duty.citation}"
    yield f"    期限：{_until(duty, on)}"
    yield f"    怎么做：{'；'.join(duty.how)}"
    yield f"    证明：{'、'.join(duty.evidence)}"
    yield f"    后果：{duty.consequence}"


def _until(duty: law.Duty, on: date) -> str:
    if duty.due_on is None:
        return duty.period.label
    return f"{duty.period.label}，{duty.period_key}，{clock.in_words(duty.due_on)}前（{light(duty.due_on, on).words}）"


def facts_in(file: Path) -> law.Facts:
    """The facts of a file; exit 2 naming the line that is no JSON, or each field and its Chinese name."""
    try:
        return law.facts_from(json.loads(file.read_text(encoding="utf-8-sig")))
    except UnicodeDecodeError as error:
        raise click.UsageError(f"{file.name} 不是 UTF-8 文本，请另存为 UTF-8 后再试") from error
    except json.JSONDecodeError as error:
        raise click.UsageError(f"{file.name} 第 {error.lineno} 行不是正确的 JSON，请检查逗号和引号") from error
    except RecursionError as error:
        raise click.UsageError(f"{file.name} 嵌套过深，企业情况只需一层") from error
    except law.BadFacts as error:
        named = [f"  {_named(field)}：{words}" for field, words in error.fields.items()]
        raise click.UsageError("\n".join([f"{file.name} 中有字段无法识别：", *named])) from error


def _named(field: str) -> str:
    return f"{field}（{LABELS[field]}）" if field in LABELS else field


def _json(on: date, said: dict[str, Any]) -> str:
    return json.dumps({"on": on.isoformat(), **said}, ensure_ascii=False, indent=2)


COMMANDS = (duties,)
