"""Who has a part in a zone: operator, controller, auditor, provider, authorities, and whom a proof must trust."""

from datetime import date
from typing import Annotated

from msgspec import Meta, Struct

from clover.zones.registers import Days
from clover.zones.vocabulary import Cloud, DataClass, HoldingPurpose, PartyRole, TransferBasis, TrustedKind
from clover.zones.words import (
    Account,
    Address,
    AddressRange,
    Country,
    DocumentPath,
    ExternalId,
    Issuer,
    Name,
    Node,
    Principal,
    PublicKey,
    RegionName,
    Sentence,
    Subject,
)


class Party(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A legal entity."""

    name: Annotated[Name, Meta(description="The short name that the rest of the file uses.")]
    title: Annotated[Sentence, Meta(description="The legal name.")]
    role: Annotated[PartyRole, Meta(description="What it does in the zone.")]
    countries: Annotated[tuple[Country, ...], Meta(min_length=1, description="Where its people work from.")]


class Transfer(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What makes it lawful that somebody outside the zone's countries reads its data."""

    country: Annotated[Country, Meta(description="The country that the data is read from.")]
    basis: Annotated[TransferBasis, Meta(description="The kind of legal basis.")]
    reference: Annotated[Sentence, Meta(description="The decision, clauses or rules, so that they can be looked up.")]
    valid_until: Annotated[date, Meta(description="The last day that the basis holds.")]


class AuditorPrincipals(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The two exact principals that the auditor acts as on one cloud."""

    cloud: Annotated[Cloud, Meta(description="The cloud.")]
    account: Annotated[Account, Meta(description="AWS: the auditor's account number; Azure: its tenant id.")]
    person: Annotated[Principal, Meta(description="Whom a person signs in as; has MFA.")]
    machine: Annotated[
        Principal,
        Meta(description="What the auditor's tools act as; on Azure one of the sites' tenant."),
    ]


class AuditorPairing(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The external id that the auditor's tools send to one site; a guard against confused deputies, not a secret."""

    site: Annotated[Name, Meta(description="The site.")]
    external_id: Annotated[ExternalId, Meta(description="Chosen by the auditor, different for every site.")]


class AuditorHolding(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """An account of the auditor's own that its stack is deployed into."""

    cloud: Annotated[Cloud, Meta(description="The cloud.")]
    account: Annotated[Account, Meta(description="AWS: the account number; Azure: the subscription id.")]
    tenant: Annotated[
        Account | None,
        Meta(
            description="Azure: the subscription's tenant; evidence stays in the sites' own, whose logs reach no other."
        ),
    ] = None
    deployer: Annotated[Principal, Meta(description="Who deploys there; nobody of the operator's.")]
    keeps: Annotated[tuple[HoldingPurpose, ...], Meta(min_length=1, description="What is kept there.")]


class SiteVault(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """That a site's records end in a vault of the auditor's; a site without one keeps them itself."""

    site: Annotated[Name, Meta(description="The site.")]
    retention_days: Annotated[Days, Meta(description="Days for which nobody can delete a record.")]
    alarms_in: Annotated[
        RegionName | None,
        Meta(description="Azure, where the auditor has a channel: the region of the zone that hands alarms on."),
    ] = None


class AuditorWorkspace(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Where the auditor keeps its assessments of apps and infrastructure on one cloud."""

    cloud: Annotated[Cloud, Meta(description="The cloud; the auditor has an account there that keeps assessments.")]
    region: Annotated[RegionName, Meta(description="A region of that cloud in a country of the zone.")]
    machine: Annotated[
        Principal | None,
        Meta(description="Azure: what the auditor's tools act as in the workspace's own tenant."),
    ] = None
    retention_days: Annotated[Days, Meta(description="Days for which nobody can delete an assessment.")]


class SignedGateway(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The auditor's signature of the rules of one site's gateway."""

    site: Annotated[Name, Meta(description="The site.")]
    document: Annotated[DocumentPath, Meta(description="The signed envelope, relative to the zone's own folder.")]


class ZoneAuditor(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The independent auditor."""

    party: Annotated[Name, Meta(description="The party, with the role auditor.")]
    transfers: Annotated[tuple[Transfer, ...], Meta(description="One for each of its countries outside the zone.")] = ()
    principals: Annotated[tuple[AuditorPrincipals, ...], Meta(min_length=1, description="One entry for each cloud.")]
    pairings: Annotated[tuple[AuditorPairing, ...], Meta(min_length=1, description="One entry for each site.")]
    networks: Annotated[
        tuple[AddressRange, ...], Meta(min_length=1, description="Where the auditor's tools call from.")
    ]
    channel: Annotated[
        Address | None,
        Meta(description="Where alarms on sites with a vault go, beside the authorities; without it nobody watches."),
    ] = None
    holdings: Annotated[tuple[AuditorHolding, ...], Meta(description="The auditor's own accounts.")] = ()
    gateway_key: Annotated[
        PublicKey | None,
        Meta(description="What the auditor signs rules and its own stack with; its private half is nowhere here."),
    ] = None
    gateways: Annotated[tuple[SignedGateway, ...], Meta(description="The signed rules of the sites' gateways.")] = ()
    signed_stack: Annotated[
        DocumentPath | None,
        Meta(description="What the auditor signed of its own stack, relative to the zone's own folder."),
    ] = None
    vaults: Annotated[tuple[SiteVault, ...], Meta(description="The sites whose records the auditor keeps.")] = ()
    workspaces: Annotated[
        tuple[AuditorWorkspace, ...], Meta(description="Where the auditor keeps its assessments, one for a cloud.")
    ] = ()

    def holding(self, cloud: Cloud, purpose: HoldingPurpose) -> AuditorHolding | None:
        """Return the auditor's account on `cloud` that keeps what `purpose` says, if it has one."""
        fitting = (one for one in self.holdings if one.cloud is cloud and purpose in one.keeps)
        return next(fitting, None)

    def vault(self, site: str) -> SiteVault | None:
        """Return the vault that keeps the records of `site`, if the auditor keeps them."""
        return next((vault for vault in self.vaults if vault.site == site), None)

    def workspace(self, cloud: Cloud) -> AuditorWorkspace | None:
        """Return where the auditor keeps its assessments on `cloud`, if it does there."""
        return next((workspace for workspace in self.workspaces if workspace.cloud is cloud), None)


class Organisation(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What the sites' accounts on one cloud stand in, and who writes its policies."""

    cloud: Annotated[Cloud, Meta(description="The cloud.")]
    account: Annotated[Account, Meta(description="AWS: the management account; Azure: the tenant id.")]
    root: Annotated[
        Node, Meta(description="AWS: the organisation's root, as r-…; Azure: the management group above the sites'.")
    ]
    unit: Annotated[
        Node, Meta(description="AWS: the sites' organisational unit, as ou-…; Azure: the sites' management group.")
    ]
    region: Annotated[RegionName, Meta(description="Where the stack's own resources that have a region lie.")]
    controller: Annotated[Principal, Meta(description="Who deploys its policies; one of the trusted base.")]


class Backend(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Where the state of one site's stack lies, and whom the site's runners are to it.

    The account is none of a site's: guardrails close a site's account to everything outside its network, and runners
    are outside it.
    """

    site: Annotated[Name, Meta(description="The site.")]
    account: Annotated[Account, Meta(description="AWS: the account number; Azure: the subscription id.")]
    deployer: Annotated[Principal, Meta(description="Who deploys the backend; nobody who deploys a site.")]
    issuer: Annotated[Issuer, Meta(description="Who signs the runners' tokens, without https://.")]
    audience: Annotated[Subject, Meta(description="Whom the tokens are for.")]
    deploys: Annotated[Subject, Meta(description="The exact subject of what brings the site up.")]
    previews: Annotated[Subject, Meta(description="The exact subject of what only reads.")]
    networks: Annotated[tuple[AddressRange, ...], Meta(min_length=1, description="Where the runners call from.")]


class Restore(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """That second copies are read for a while, because something is brought back from them."""

    until: Annotated[date, Meta(description="The last day on which anything is read.")]
    endpoints: Annotated[
        tuple[Sentence, ...],
        Meta(min_length=1, description="The private endpoints that reads come through, by their ids."),
    ]
    why: Annotated[Sentence, Meta(description="What is brought back, and who approved it.")]


class SecondCopies(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Where the second copies of one site's stores lie: in an account of its own, which no site's deployer deploys."""

    site: Annotated[Name, Meta(description="The site whose stores are copied.")]
    at: Annotated[
        Name | None,
        Meta(description="Azure: the other site in whose region the copies lie; on AWS they stay in the site's own."),
    ] = None
    account: Annotated[Account, Meta(description="AWS: the account number; Azure: the subscription id.")]
    deployer: Annotated[Principal, Meta(description="Who deploys there; nobody who deploys a site.")]
    data_classes: Annotated[
        tuple[DataClass, ...], Meta(min_length=1, description="The classes of the user data that is copied.")
    ]
    retention_days: Annotated[Days, Meta(description="Days for which nobody can delete a copy.")]
    restore: Annotated[
        Restore | None, Meta(description="An opening for reads, until a day; without it nobody reads a copy.")
    ] = None

    @property
    def home(self) -> str:
        """The site in whose region they lie."""
        return self.at or self.site


class Authority(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A supervisory authority that the auditor reports to directly."""

    title: Annotated[Sentence, Meta(description="The authority's name.")]
    country: Annotated[Country, Meta(description="Its country.")]
    channel: Annotated[
        Address,
        Meta(description="Where reports go: an https or mailto address."),
    ]


class TrustedParty(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Somebody who can change what a proof rests on, and has to be trusted not to."""

    kind: Annotated[TrustedKind, Meta(description="Why they can.")]
    party: Annotated[Name, Meta(description="The legal entity that answers for it.")]
    site: Annotated[Name | None, Meta(description="The site; left out when it is every site.")] = None
    account: Annotated[Account | None, Meta(description="The principal's account, where it is not the site's.")] = None
    principal: Annotated[Principal | None, Meta(description="The exact principal, where there is one.")] = None
    until: Annotated[date | None, Meta(description="The last day on which a break-glass opens.")] = None
    why: Annotated[Sentence, Meta(description="Why the zone cannot do without this trust.")]


class TrustedAccount(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """An account or tenant besides the sites' own that belongs to the zone."""

    cloud: Annotated[Cloud, Meta(description="The cloud.")]
    account: Annotated[Account, Meta(description="AWS: the account number; Azure: the tenant id.")]
    party: Annotated[Name, Meta(description="Whose it is.")]
    why: Annotated[Sentence, Meta(description="What it is for.")]


class ThirdCountryAccess(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Approved access to data of one class from a country outside the zone."""

    country: Annotated[Country, Meta(description="The country.")]
    data_class: Annotated[DataClass, Meta(description="The class of data.")]
    basis: Annotated[TransferBasis, Meta(description="The kind of legal basis.")]
    reference: Annotated[Sentence, Meta(description="The decision, clauses or rules.")]
    owner: Annotated[Name, Meta(description="The party that answers for it.")]
    expires: Annotated[date, Meta(description="The last day of the approval.")]
