"""Seals, the days' roots and what happened at the door, as JSON for the audit administrator; received roots for the district."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

import msgspec
from litestar import Router, get
from litestar.params import FromQuery, QueryParameter

from services.kernel.refusals import BadInput
from services.kernel.table import Login
from services.kernel.trail import AuditRoot
from services.portal.audit.trails import Trail, roots, trails
from services.regulation.lights import Colour
from services.tenancy import signing_in
from services.tenancy.door import CurrentWork, Cursor, Limit, needs, stretch
from services.tenancy.received_roots import ReceivedRoot, TownRoots, received
from services.tenancy.signing_in.models import SignInEvent

Words = Annotated[str, QueryParameter(max_length=64)]


class TrailOut(msgspec.Struct, frozen=True, kw_only=True):
    """How far one place's trail is sealed; instants in UTC."""

    tenant_id: UUID
    name: str
    sealed: int
    sealed_at: datetime | None
    checked_at: datetime | None
    light: Colour
    words: str

    @classmethod
    def of(cls, trail: Trail) -> "TrailOut":
        """The trail as programs read it."""
        return cls(
            tenant_id=trail.tenant_id,
            name=trail.name,
            sealed=trail.sealed,
            sealed_at=trail.sealed_at,
            checked_at=trail.checked_at,
            light=trail.light.colour,
            words=trail.light.words,
        )


class RootOut(msgspec.Struct, frozen=True):
    """The anchor of one day in Asia/Shanghai; hashes in hexadecimal."""

    day: date
    root: str
    previous: str
    chains: int
    made_at: datetime

    @classmethod
    def of(cls, row: AuditRoot) -> "RootOut":
        """The root as programs read it."""
        return cls(row.day, row.root.hex(), row.previous.hex(), len(row.heads), row.made_at)


class ArrivalOut(msgspec.Struct, frozen=True):
    """A root of a day as it arrived; hashes in hexadecimal, the instant in UTC."""

    day: date
    root: str
    head: str
    sealed: int
    received_at: datetime

    @classmethod
    def of(cls, row: ReceivedRoot) -> "ArrivalOut":
        """The arrival as programs read it."""
        return cls(row.day, row.root.hex(), row.head.hex(), row.seq, row.received_at)


class ReceivedOut(msgspec.Struct, frozen=True, kw_only=True):
    """One town in the books of its district; `conflicts` are what was received first and what arrived differently."""

    town_id: UUID
    name: str
    last: ArrivalOut | None
    missing: list[date]
    conflicts: list[tuple[ArrivalOut, ArrivalOut]]
    light: Colour
    words: str

    @classmethod
    def of(cls, town: TownRoots) -> "ReceivedOut":
        """The town as programs read it."""
        return cls(
            town_id=town.id,
            name=town.name,
            last=ArrivalOut.of(town.last) if town.last else None,
            missing=list(town.missing),
            conflicts=[(ArrivalOut.of(one.first), ArrivalOut.of(one.other)) for one in town.conflicts],
            light=town.light.colour,
            words=town.light.words,
        )


class SignInOut(msgspec.Struct, frozen=True):
    """One event at the door; `by` is who did it where that was somebody else."""

    id: UUID
    at: datetime
    login: str
    outcome: str
    outcome_label: str
    address: str
    by: str | None

    @classmethod
    def of(cls, row: SignInEvent) -> "SignInOut":
        """The event as programs read it."""
        label = signing_in.OUTCOMES.get(row.outcome, row.outcome)
        return cls(row.id, row.at, row.login, row.outcome, label, row.address, row.detail.get("by"))


class SignIns(msgspec.Struct, frozen=True):
    """One stretch of events, the latest first, how many there are in all, and where the next begins; None after the last."""

    total: int
    items: list[SignInOut]
    next_cursor: UUID | None


@get("/seals", opt=needs("seal:read"))
async def list_seals(work: CurrentWork) -> list[TrailOut]:
    """How far every place's trail is sealed, the red ones first."""
    return [TrailOut.of(trail) for trail in await trails(work)]


@get("/roots", opt=needs("seal:read"))
async def list_roots(work: CurrentWork) -> list[RootOut]:
    """The roots of the last fourteen days that have one, the latest first."""
    return [RootOut.of(row) for row in await roots(work)]


@get("/sign-ins", opt=needs("sign_in_event:read"))
async def list_sign_ins(
    work: CurrentWork,
    outcome: Words = "",
    login: Words = "",
    address: Words = "",
    since: FromQuery[date | None] = None,
    until: FromQuery[date | None] = None,
    *,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> SignIns:
    """What happened at the door; days in Asia/Shanghai count whole."""
    if outcome and outcome not in signing_in.OUTCOMES:
        raise BadInput(fields={"outcome": f"没有这种结果，请从这些里选：{'、'.join(signing_in.OUTCOMES)}"})
    asked = signing_in.EventFilter(
        outcome=outcome, login=login.strip().lower(), address=address.strip(), since=since, until=until
    )
    found, total = await signing_in.events_before(work, asked, cursor, limit + 1)
    rows, following = stretch(found, limit)
    return SignIns(total, [SignInOut.of(row) for row in rows], following)


@get("/received", opt=needs("root:read", login=Login.DESK))
async def list_received(work: CurrentWork) -> list[ReceivedOut]:
    """What the district received of each town's daily roots, the red ones first."""
    return [ReceivedOut.of(town) for town in await received(work)]


router = Router("/api/v1/audit", route_handlers=[list_seals, list_roots, list_sign_ins, list_received], tags=["audit"])
