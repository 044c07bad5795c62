"""Whether the trail is still what was sealed: every row, every link and every root computed anew."""

from collections import defaultdict
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


class Held(msgspec.Struct, frozen=True, kw_only=True):
    """What somebody else wrote down of a chain on a day: its last link then, and the root above it, in hexadecimal."""

    tenant: UUID
    day: date
    seq: int
    digest: str
    root: str
    keeper: str


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
    held: int
    """How many heads that others hold were compared."""
    findings: list[Finding]

    @property
    def is_whole(self) -> bool:
        """Whether nothing at all was found."""
        return not self.findings and not any(chain.findings for chain in self.chains)


async def verify(
    sessions: Sessions,
    tenants: Sequence[UUID],
    published: Mapping[date, str] | None = None,
    held: Sequence[Held] = (),
) -> Verdict:
    """Check every root, then every chain from its first link; `published` are roots as they stand on paper, in hexadecimal.

    Finds any change, deletion, insertion and reordering up to the last root or head that is `held` elsewhere; what was cut
    off after it cannot be proven.
    """
    roots = await _roots(sessions)
    anchors = _anchors(roots, held)
    known = sorted({*tenants, *anchors})
    chains = [await _chain(sessions, tenant, anchors.get(tenant, {})) for tenant in known]
    findings = [*_check_roots(roots, published or {}), *_check_held(roots, held)]
    return Verdict(chains=chains, roots=len(roots), held=len(held), findings=findings)


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


def _check_held(roots: Sequence[AuditRoot], held: Sequence[Held]) -> list[Finding]:
    kept = {one.day: one.root.hex() for one in roots}
    differing = sorted({(one.day, one.keeper) for one in held if kept.get(one.day) != one.root})
    return [Finding(None, None, f"{day} 的根值与{keeper}收到的不一致") for day, keeper in differing]


Anchors = Mapping[int, Sequence[tuple[str, str]]]
"""By link: who names it and when, in words, and the digest that they name."""


def _anchors(roots: Sequence[AuditRoot], held: Sequence[Held]) -> Mapping[UUID, Anchors]:
    anchors: dict[UUID, dict[int, list[tuple[str, str]]]] = defaultdict(lambda: defaultdict(list))
    for one in roots:
        for head in one.heads:
            anchors[UUID(head["tenant"])][head["seq"]].append((f"{one.day} 锚定", head["digest"]))
    for other in held:
        anchors[other.tenant][other.seq].append((f"{other.keeper} {other.day} 收到", other.digest))
    return anchors


async def _chain(sessions: Sessions, tenant: UUID, anchors: Anchors) -> Chain:
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

    def __init__(self, tenant: UUID, anchors: Anchors) -> None:
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
        for words, named in self._anchors.get(seq, ()):
            if named != found:
                self._find(seq, f"与{words}的值不符，此前的记录被整体改写过")

    def end(self) -> None:
        """After the last link: what a root or somebody else names must not lie beyond it."""
        for seq, names in sorted(self._anchors.items()):
            if seq > self._seq:
                self._find(seq, f"{names[0][0]}到第 {seq} 条，现在只到第 {self._seq} 条，末尾被删除过")

    def _find(self, seq: int, words: str) -> None:
        if len(self.findings) < MOST_FINDINGS:
            self.findings.append(Finding(self._tenant, seq, words))


def _digest(row: Any) -> bytes:
    entry = {name: row[name] for name in COLUMNS}
    return digest(entry, seq=row["seq"], previous=row["previous"], sealed_at=row["sealed_at"])
