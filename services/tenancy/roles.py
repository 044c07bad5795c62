"""The roles of the town, the enterprise, the district and the platform."""

from enum import StrEnum

from services.kernel.table import Login


class Role(StrEnum):
    """What a membership lets a person be; the names of the policy table."""

    TOWN_LEADER = "town_leader"
    TOWN_OFFICE = "town_office"
    SECTOR_DEPARTMENT = "sector_department"
    LEGAL_REPRESENTATIVE = "legal_representative"
    SAFETY_OFFICER = "safety_officer"
    DISTRICT_OVERSEER = "district_overseer"
    PLATFORM_OPERATOR = "platform_operator"
    SECURITY_ADMINISTRATOR = "security_administrator"
    AUDIT_ADMINISTRATOR = "audit_administrator"
    CLIENT = "client"
    """Another system of the town; it holds no right but what its scopes open."""
    PUBLIC = "public"

    @property
    def label(self) -> str:
        """The word that officials use."""
        return LABELS[self]

    @property
    def domain(self) -> str:
        """The kind of place in which the role acts: tenant, district, platform or public."""
        return {Login.DISTRICT: "district", Login.PLATFORM: "platform", Login.PUBLIC: "public"}.get(
            self.login, "tenant"
        )

    @property
    def login(self) -> Login:
        """The database login under which the role's requests run."""
        return LOGINS.get(self, Login.TOWN)

    @property
    def needs_second_factor(self) -> bool:
        """Town leaders, the office, the district and the administrators sign in with a code besides the password."""
        return self in STRONG


LABELS = {
    Role.TOWN_LEADER: "镇领导",
    Role.TOWN_OFFICE: "镇应急办",
    Role.SECTOR_DEPARTMENT: "行业部门",
    Role.LEGAL_REPRESENTATIVE: "企业法定代表人",
    Role.SAFETY_OFFICER: "企业安全管理人员",
    Role.DISTRICT_OVERSEER: "区级督导",
    Role.PLATFORM_OPERATOR: "系统管理员",
    Role.SECURITY_ADMINISTRATOR: "安全保密管理员",
    Role.AUDIT_ADMINISTRATOR: "安全审计员",
    Role.CLIENT: "对接系统",
    Role.PUBLIC: "公众",
}
LOGINS = {
    Role.LEGAL_REPRESENTATIVE: Login.ENTERPRISE,
    Role.SAFETY_OFFICER: Login.ENTERPRISE,
    Role.DISTRICT_OVERSEER: Login.DISTRICT,
    Role.PLATFORM_OPERATOR: Login.PLATFORM,
    Role.SECURITY_ADMINISTRATOR: Login.PLATFORM,
    Role.AUDIT_ADMINISTRATOR: Login.PLATFORM,
    Role.PUBLIC: Login.PUBLIC,
}
HELD = tuple(role for role in Role if role not in {Role.CLIENT, Role.PUBLIC})
"""The roles of people with an account."""
ENTERPRISE_ROLES = frozenset({Role.LEGAL_REPRESENTATIVE, Role.SAFETY_OFFICER})
TOWN_ROLES = frozenset({Role.TOWN_LEADER, Role.TOWN_OFFICE, Role.SECTOR_DEPARTMENT})
PLATFORM_ROLES = frozenset({Role.PLATFORM_OPERATOR, Role.SECURITY_ADMINISTRATOR, Role.AUDIT_ADMINISTRATOR})
STRONG = frozenset({Role.TOWN_LEADER, Role.TOWN_OFFICE, Role.DISTRICT_OVERSEER}) | PLATFORM_ROLES
