"""The closed words that zone files, stack files and components share."""

from enum import StrEnum


class Cloud(StrEnum):
    """A cloud that hosts a site."""

    AWS = "aws"
    AZURE = "azure"


class AzureService(StrEnum):
    """An Azure service whose resources can have private endpoints in a site's network."""

    BLOB = "blob"
    DFS = "dfs"
    FILE = "file"
    QUEUE = "queue"
    TABLE = "table"
    VAULT = "vault"
    REGISTRY = "registry"
    SQL = "sql"
    POSTGRES = "postgres"
    BUS = "bus"


WORKSPACE = "assessment"
"""What stands for a site's name where the auditor keeps its assessments."""


class StackKind(StrEnum):
    """Whose hand runs a stack: the operator's, the auditor's or the organisation controller's.

    A backend keeps the state of sites' stacks, and names who runs them; backups are second copies of sites' stores.
    Both are the controller's, not the sites'.
    """

    SITE = "site"
    AUDITOR = "auditor"
    ORGANISATION = "organisation"
    BACKEND = "backend"
    BACKUPS = "backups"


class ResidencyLevel(StrEnum):
    """How wide data may lie: in the site's own country, in a group of countries, or in countries listed by name."""

    COUNTRY = "country"
    EU = "eu"
    EEA = "eea"
    EEA_AND_ADEQUATE = "eea+adequate"
    NAMED = "named"


class DataClass(StrEnum):
    """How closely data is held; `allowable` is pseudonymised, a store without a class counts as `restricted`."""

    RESTRICTED = "restricted"
    CONTROLLED = "controlled"
    ALLOWABLE = "allowable"
    PUBLIC = "public"


class StoreRole(StrEnum):
    """What a store is for; who may read it differs by role."""

    USER_DATA = "user-data"
    EVIDENCE = "evidence"
    AUDITOR_OWNED = "auditor-owned"
    INTAKE = "intake"
    STATE = "state"


class Lifecycle(StrEnum):
    """Where a site stands: nothing deployed yet, in use until a fixed date, in use, or on its way down."""

    PLANNED = "planned"
    INTERIM = "interim"
    LIVE = "live"
    RETIRED = "retired"


class Versioning(StrEnum):
    """Whether a store keeps older versions of its objects."""

    ENABLED = "enabled"
    SUSPENDED = "suspended"


class Immutability(StrEnum):
    """Who can delete a locked version early: anybody allowed to, holders of a bypass permission, or nobody."""

    NONE = "none"
    GOVERNANCE = "governance"
    COMPLIANCE = "compliance"


class TlsVersion(StrEnum):
    """The lowest TLS version that a store answers."""

    TLS_1_2 = "1.2"
    TLS_1_3 = "1.3"


class TransferBasis(StrEnum):
    """What makes a transfer to a country outside the zone lawful (GDPR articles 45, 46 and 47)."""

    ADEQUACY = "adequacy"
    STANDARD_CLAUSES = "standard-contractual-clauses"
    BINDING_RULES = "binding-corporate-rules"


class PartyRole(StrEnum):
    """What a legal entity does in the zone."""

    OPERATOR = "operator"
    CONTROLLER = "controller"
    AUDITOR = "auditor"
    PROVIDER = "provider"


class HoldingPurpose(StrEnum):
    """What the auditor keeps in an account of its own: the sites' evidence, or its assessments."""

    EVIDENCE = "evidence"
    ASSESSMENT = "assessment"


class TrustedKind(StrEnum):
    """Why somebody can change what a proof rests on."""

    DEPLOYER = "deployer"
    ORGANISATION_CONTROLLER = "organisation-controller"
    BREAK_GLASS = "break-glass"
    PROVIDER = "provider"


class GivenKind(StrEnum):
    """What sort of fact a given states; the policy kinds are evaluated, the others are read."""

    SERVICE_CONTROL_POLICY = "service-control-policy"
    RESOURCE_CONTROL_POLICY = "resource-control-policy"
    IDENTITY_POLICY = "identity-policy"
    TRUST_POLICY = "trust-policy"
    BREAK_GLASS_TRUST = "break-glass-trust"
    ORGANISATION = "organisation"
    ROOT_STATUS = "root-status"
    ORGANISATION_TRAIL = "organisation-trail"
    CLOSED_WORLD = "closed-world"
    MANAGEMENT_GROUP_POLICY = "management-group-policy"
    DENY_ASSIGNMENTS = "deny-assignments"
    ROLE_ASSIGNMENTS = "role-assignments"
    GLOBAL_ADMINISTRATION = "global-administration"
    SUBSCRIPTION_MOVEMENT = "subscription-movement"


class OrganisationLevel(StrEnum):
    """Where on an account's path in its organisation a policy is attached."""

    ROOT = "root"
    UNIT = "organisational-unit"
    ACCOUNT = "account"
