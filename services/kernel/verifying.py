"""Whether the trail is still what was sealed: every row, every link and every root computed anew."""

from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import select

from services.kernel.database import Scope, Sessions, beneath
from services.kernel.seals import BEGINNING, COLUMNS, SELECTED, digest, root
from services.kernel.table import Login
from services.kernel.trail import AuditRoot

PAGE = 5000
MOST_FINDINGS = 100

LINKS = f"""
SELECT s.id AS sealed_id, s.seq, s.previous, s.digest, s.sealed_at, {SELECTED}
FROM audit_seal s LEFT JOIN audit_entry e ON e.tenant_id = s.tenant_id AND e.id = s.id
WHERE s.tenant_id = $1 AND s.seq > $2 ORDER BY s.seq LIMIT {PAGE}
"""  # noqa: S608 - our own column names
UNSEALED = """
SELECT count(*), min(at) FROM audit_entry e WHERE tenant_id = $1
AND NOT EXISTS (SELECT FROM audit_seal s WHERE s.tenant_id = e.tenant_id AND s.id = e.id)
"""


class Finding(msgspec.Struct, frozen=True):
    """Something that is not as it was sealed."""

    tenant: UUID | None
    seq: int | None
    words: str


class Chain(msgspec.Struct, frozen=True, kw_only=True):
    """What became of one tenant's trail."""

    tenant: UUID
    sealed: int
    unsealed: int
    unsealed_since: datetime | None
    anchored: int
    """Up to this link the last root proves that nothing was cut off."""
    findings: list[Finding]

    @property
    def unprovable(self) -> int:
        """Links after the last root: were they cut off together, nobody could prove it."""
        return max(0, self.sealed - self.anchored)


class Verdict(msgspec.Struct, frozen=True, kw_only=True):
    """The whole deployment's trails."""

    chains: list[Chain]
    roots: int
    findings: list[Finding]

    @property
    def is_whole(self) -> bool:
        """Whether nothing at all was found."""
        return not self.findings and not any(chain.findings for chain in self.chains)


async def verify(sessions: Sessions, tenants: Sequence[UUID], published: Mapping[date, str] | None = None) -> Verdict:
    """Check every root, then every chain from its first link; `published` are roots as they stand on paper, in hexadecimal.

    Finds any change, deletion, insertion and reordering up to the last root; what was cut off after it cannot be proven.
    """
    roots = await _roots(sessions)
    anchors = _anchors(roots)
    known = sorted({*tenants, *anchors})
    chains = [await _chain(sessions, tenant, anchors.get(tenant, {})) for tenant in known]
    return Verdict(chains=chains, roots=len(roots), findings=list(_check_roots(roots, published or {})))


async def _roots(sessions: Sessions) -> Sequence[AuditRoot]:
    async with sessions.session(Login.WORKER, Scope()) as session:
        return (await session.scalars(select(AuditRoot).order_by(AuditRoot.day))).all()


def _check_roots(roots: Sequence[AuditRoot], published: Mapping[date, str]) -> list[Finding]:
    findings, previous = [], BEGINNING
    for one in roots:
        if one.previous != previous or root(one.day, one.previous, one.heads) != one.root:
            findings.append(Finding(None, None, f"{one.day} 的根值与各单位的链头不符，锚定记录被改动过"))
        previous = one.root
    kept = {one.day: one.root.hex() for one in roots}
    for day, printed in published.items():
        if kept.get(day) != printed.lower():
            findings.append(Finding(None, None, f"{day} 的根值与已公布的不一致"))
    return findings


def _anchors(roots: Sequence[AuditRoot]) -> dict[UUID, dict[int, tuple[date, str]]]:
    """For each tenant the links that a root names: day and digest by seq."""
    anchors: dict[UUID, dict[int, tuple[date, str]]] = {}
    for one in roots:
        for head in one.heads:
            anchors.setdefault(UUID(head["tenant"]), {})[head["seq"]] = (one.day, head["digest"])
    return anchors


async def _chain(sessions: Sessions, tenant: UUID, anchors: Mapping[int, tuple[date, str]]) -> Chain:
    walk = Walk(tenant, anchors)
    async with sessions.session(Login.WORKER, Scope(tenant_id=tenant)) as session:
        connection = await beneath(session)
        async for row in _links(connection, tenant):
            walk.step(row)
        unsealed, since = await connection.fetchrow(UNSEALED, tenant)
    walk.end()
    return Chain(
        tenant=tenant,
        sealed=walk.links,
        unsealed=unsealed,
        unsealed_since=since,
        anchored=max(anchors, default=0),
        findings=walk.findings,
    )


async def _links(connection: Any, tenant: UUID) -> AsyncIterator[Any]:
    after = 0
    while rows := await connection.fetch(LINKS, tenant, after):
        for row in rows:
            yield row
        after = rows[-1]["seq"]


class Walk:
    """One walk along a chain, from its first link to its last."""

    def __init__(self, tenant: UUID, anchors: Mapping[int, tuple[date, str]]) -> None:
        self._tenant, self._anchors = tenant, anchors
        self._seq, self._previous = 0, BEGINNING
        self.links = 0
        self.findings: list[Finding] = []

    def step(self, row: Any) -> None:
        """The next link as it stands in the database."""
        self.links += 1
        expected = self._seq + 1
        if row["seq"] != expected:
            self._find(expected, f"第 {expected} 条到第 {row['seq'] - 1} 条封存记录缺失")
        elif row["previous"] != self._previous:
            self._find(row["seq"], "与前一条的链接断开，封存记录被改动或调换过")
        if row["id"] is None:
            self._find(row["seq"], "审计记录已被删除")
        elif _digest(row) != row["digest"]:
            self._find(row["seq"], "审计记录或封存记录的内容被改动过")
        self._anchor(row["seq"], row["digest"].hex())
        self._seq, self._previous = row["seq"], row["digest"]

    def _anchor(self, seq: int, found: str) -> None:
        if seq in self._anchors and self._anchors[seq][1] != found:
            self._find(seq, f"与 {self._anchors[seq][0]} 锚定的值不符，此前的记录被整体改写过")

    def end(self) -> None:
        """After the last link: what a root names must not lie beyond it."""
        for seq, (day, _) in sorted(self._anchors.items()):
            if seq > self._seq:
                self._find(seq, f"{day} 已锚定到第 {seq} 条，现在只到第 {self._seq} 条，末尾被删除过")

    def _find(self, seq: int, words: str) -> None:
        if len(self.findings) < MOST_FINDINGS:
            self.findings.append(Finding(self._tenant, seq, words))


def _digest(row: Any) -> bytes:
    entry = {name: row[name] for name in COLUMNS}
    return digest(entry, seq=row["seq"], previous=row["previous"], sealed_at=row["sealed_at"])
