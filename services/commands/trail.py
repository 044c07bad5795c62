"""audit verify and keys."""

import json
from collections.abc import Iterator, Mapping
from datetime import date
from uuid import UUID

import click
from sqlalchemy import select

from services.commands.accounts import with_database
from services.kernel.database import Database, Scope
from services.kernel.keys import MasterKey, new_reporter_key
from services.kernel.table import Login
from services.kernel.verifying import Chain, Verdict, verify
from services.tenancy.townships import Tenant


@click.group("audit", help="审计。")
def audit() -> None:
    """Commands about the trail."""


@audit.command("verify", help="核对全部审计记录：有没有被改动、删除或调换。")
@click.option(
    "--root", "roots", multiple=True, metavar="日期=根值", help="已公布的根值，例如 2026-03-01=3f2a…，可写多次。"
)
@click.option("--json", "as_json", is_flag=True, help="以 JSON 打印。")
def verify_command(roots: tuple[str, ...], *, as_json: bool) -> None:
    """Print what became of every chain; exit 1 when anything was found."""
    published = dict(_printed(root) for root in roots)

    async def act(database: Database, _master: MasterKey) -> tuple[Mapping[UUID, str], Verdict]:
        names = await _names(database)
        return names, await verify(database, list(names), published)

    names, verdict = with_database(act)
    for line in [_as_json(verdict)] if as_json else _lines(names, verdict):
        click.echo(line)
    if not verdict.is_whole:
        raise SystemExit(1)


def _printed(text: str) -> tuple[date, str]:
    day, _, root = text.partition("=")
    try:
        return date.fromisoformat(day.strip()), bytes.fromhex(root.strip()).hex()
    except ValueError:
        raise click.BadParameter(f"“{text}”应写成 日期=根值，例如 2026-03-01=3f2a…") from None


async def _names(database: Database) -> Mapping[UUID, str]:
    async with database.session(Login.WORKER, Scope()) as session:
        return {row.id: row.name for row in await session.execute(select(Tenant.id, Tenant.name).order_by(Tenant.id))}


def _lines(names: Mapping[UUID, str], verdict: Verdict) -> Iterator[str]:
    for chain in verdict.chains:
        yield f"{names.get(chain.tenant, chain.tenant)}：{_state(chain)}"
        yield from (f"  ✗ 第 {found.seq} 条：{found.words}" for found in chain.findings)
    yield from (f"✗ {found.words}" for found in verdict.findings)
    unprovable = sum(chain.unprovable for chain in verdict.chains)
    if unprovable:
        yield f"最后一次锚定之后还有 {unprovable} 条：它们没有被改动，但如果末尾被整段删除，无法证明"
    yield f"核对了 {len(verdict.chains)} 条链、{verdict.roots} 个日根：" + (
        "完好" if verdict.is_whole else "有改动，请保全现场并报告"
    )


def _state(chain: Chain) -> str:
    waiting = f"，{chain.unsealed} 条等待封存" if chain.unsealed else ""
    return f"已封存 {chain.sealed} 条{waiting}，锚定到第 {chain.anchored} 条，" + (
        "有改动" if chain.findings else "完好"
    )


def _as_json(verdict: Verdict) -> str:
    chains = [
        {
            "tenant": str(chain.tenant),
            "sealed": chain.sealed,
            "unsealed": chain.unsealed,
            "anchored": chain.anchored,
            "findings": [{"seq": found.seq, "words": found.words} for found in chain.findings],
        }
        for chain in verdict.chains
    ]
    words = [found.words for found in verdict.findings]
    told = {"whole": verdict.is_whole, "chains": chains, "roots": verdict.roots, "findings": words}
    return json.dumps(told, ensure_ascii=False)


@click.group("keys", help="密钥。")
def keys() -> None:
    """Commands about keys."""


@keys.command("reporter", help="生成举报人信息的收件密钥；私钥只显示这一次，不保存在服务器上。")
def reporter() -> None:
    """Print a new pair."""
    made = new_reporter_key()
    click.echo(f"公钥（填入系统）：{made.public}")
    click.echo(f"私钥（请抄存于保险柜，丢失后举报人信息无法打开）：{made.private}")


COMMANDS = (audit, keys)
