"""The person behind a request: the membership under which the session acts."""

from enum import StrEnum
from ipaddress import IPv4Network, IPv6Network, ip_address
from uuid import UUID

import msgspec

from services.kernel.database import Scope
from services.kernel.table import Login
from services.kernel.work import Identity
from services.tenancy.policy import rights
from services.tenancy.roles import Role

Network = IPv4Network | IPv6Network


class Owed(StrEnum):
    """What a session owes before it may do anything else."""

    CODE = "code"
    """The code of the second factor."""
    PASSWORD = "password"  # noqa: S105 - the word, not a password
    """A new password in the place of one that somebody else has seen."""
    SECOND_FACTOR = "second_factor"
    """The setting up of a second factor, which the role asks for."""


ON_THE_DOORSTEP = {
    Owed.CODE: frozenset({"session:end", "second_factor:use"}),
    Owed.PASSWORD: frozenset({"session:end", "password:change"}),
    Owed.SECOND_FACTOR: frozenset({"session:end", "second_factor:set_up"}),
}
"""All that a session may do while it owes something."""


class Place(msgspec.Struct, frozen=True):
    """Another of the person's memberships, as the switch shows it."""

    id: UUID
    label: str
    note: str


class Program(msgspec.Struct, frozen=True):
    """What a system that shows a token may do, and from where."""

    id: UUID
    rights: frozenset[str]
    networks: tuple[Network, ...] = ()
    """Empty where it may come from anywhere."""

    def may_come_from(self, address: str) -> bool:
        """Whether the town agreed to this address."""
        return not self.networks or any(ip_address(address) in network for network in self.networks)


class Person(Identity, frozen=True, kw_only=True):
    """A signed-in person acting under one membership; resolved from the session cookie, never from the request."""

    session_id: UUID | None = None
    membership_id: UUID | None = None
    tenant: UUID | None = None
    """The township, district or platform of the membership."""
    tenant_name: str = ""
    towns: tuple[UUID, ...] = ()
    """The towns of a district overseer."""
    enterprise_id: UUID | None = None
    enterprise_name: str = ""
    sectors: tuple[str, ...] = ()
    department_id: UUID | None = None
    places: tuple[Place, ...] = ()
    """The person's other places, one press away."""
    owes: Owed | None = None
    program: Program | None = None
    """Set where nobody is there but another system of the town."""

    @property
    def role_of(self) -> Role:
        """The role of the membership."""
        return Role(self.role)

    @property
    def place(self) -> str:
        """The name of the enterprise, town or district, as the top bar shows it."""
        return self.enterprise_name or self.tenant_name

    @property
    def rights(self) -> frozenset[str]:
        """What the role may do; next to nothing while a code, a password or a second factor is owed."""
        if self.program:
            return self.program.rights
        return ON_THE_DOORSTEP[self.owes] if self.owes else rights()[self.role_of]

    @property
    def caller(self) -> str:
        """Who asks from which place, in one word that no other caller has."""
        return str(self.program.id) if self.program else f"{self.user_id}|{self.membership_id}"

    @property
    def writes_as(self) -> Login:
        """The login under which this person's own rows are written: the district reads and writes under two."""
        return Login.DESK if self.login is Login.DISTRICT else self.login

    def acting_on(self, login: Login) -> Identity:
        """The same person on another of the logins that the route names."""
        return Identity(
            login=login,
            scope=scope_of(login, self.tenant, self.towns, self.enterprise_id),
            person=self.person,
            role=self.role,
            user_id=self.user_id,
            member_id=self.member_id,
        )


def scope_of(login: Login, tenant: UUID | None, towns: tuple[UUID, ...], enterprise: UUID | None) -> Scope:
    """What a login may see: the district its towns, an enterprise itself, all others their tenant."""
    if login is Login.DISTRICT:
        return Scope(tenant_ids=towns)
    return Scope(tenant_id=tenant, enterprise_id=enterprise)


NOBODY = Person(login=Login.PUBLIC, scope=Scope(), person="公众", role=Role.PUBLIC.value)
"""Who has not signed in."""
