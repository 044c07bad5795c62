"""plan parse: what a notice says, without a database."""

import json
from pathlib import Path

import click

from services.kernel.documents import read_notice
from services.kernel.refusals import Refusal
from services.regulation import notices


@click.group("plan", help="年度工作要点。")
def plan() -> None:
    """Commands about plans."""


@plan.command("parse", help="读出一份通知的发文机关、文号和任务树。")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="以 JSON 打印。")
def parse(file: Path, *, as_json: bool) -> None:
    """Print the tree of a notice; exit 1 with one sentence when the file is none."""
    try:
        notice = notices.parse(read_notice(file.read_bytes(), file.name).text)
    except (Refusal, notices.NotANotice) as refused:
        raise click.ClickException(str(refused)) from refused
    told = notices.as_json(notice)
    click.echo(json.dumps(told, ensure_ascii=False, indent=2) if as_json else outline(told))


def outline(told: dict[str, object]) -> str:
    """The tree as indented lines."""
    nodes = told["nodes"]
    assert isinstance(nodes, list)
    head = [f"{told['number'] or '（无文号）'}  {told['title']}", f"发文机关 {told['issuer']}  日期 {told['date']}", ""]
    lines = [
        f"{'  ' * depth_of(nodes, i)}[{n['kind']}] {n['label']}{n['heading'] or n['text'][:30]}"
        for i, n in enumerate(nodes)
    ]
    return "\n".join([*head, *lines, "", f"覆盖率 {told['coverage']:.2%}"])


def depth_of(nodes: list[dict[str, int | None]], index: int) -> int:
    """How deep a node stands."""
    depth, parent = 0, nodes[index]["parent"]
    while parent is not None:
        depth, parent = depth + 1, nodes[parent]["parent"]
    return depth


COMMANDS = (plan,)
