"""audit verify."""

from datetime import date

import click

from services import background
from services.commands.accounts import with_database
from services.kernel.database import Database
from services.kernel.keys import MasterKey
from services.kernel.verifying import Verdict, verify
from services.tenancy.received_roots import held_by_districts


@click.group("audit", help="审计。")
def audit() -> None:
    """Commands about the trail."""


@audit.command("verify", help="逐条核对审计链；有改动、缺失或乱序时退出码为 1。")
@click.option(
    "--root", "roots", multiple=True, metavar="日期=根值", help="抄送或公布过的日根，例如 2026-11-23=9f2c…；可写多个。"
)
def verify_command(roots: tuple[str, ...]) -> None:
    """Recompute every seal, hold it against what the districts received and what stands on paper, and print what was found."""
    published = dict(map(_published, roots))

    async def act(database: Database, _master: MasterKey) -> Verdict:
        held = await held_by_districts(database)
        return await verify(database, list(await background.tenants(database)), published, held)

    verdict = with_database(act)
    for finding in (*verdict.findings, *(f for chain in verdict.chains for f in chain.findings)):
        click.echo(f"✗ {finding.tenant or '每日总根'} 第 {finding.seq} 条：{finding.words}")
    sealed, loose = sum(c.sealed for c in verdict.chains), sum(c.unprovable for c in verdict.chains)
    click.echo(f"{len(verdict.chains)} 条审计链，{sealed} 条已封存，{verdict.roots} 个每日总根。")
    click.echo(
        f"与区县收到的 {verdict.held} 个镇街日根逐一比对过。"
        if verdict.held
        else "区县还没有收到镇街的日根，无从比对。"
    )
    click.echo(f"最近一次总根之后的 {loose} 条若被整体截去，无法证明；下次总根公布后即可证明。")
    if not verdict.is_whole:
        raise SystemExit(1)
    click.echo("✓ 全部相符")


def _published(root: str) -> tuple[date, str]:
    """A day and its root as they were typed; raises BadParameter."""
    day, _, word = root.partition("=")
    try:
        return date.fromisoformat(day), bytes.fromhex(word).hex()
    except ValueError as error:
        raise click.BadParameter(f"“{root}”应写成 日期=根值，例如 2026-11-23=9f2c…") from error


COMMANDS = (audit,)
