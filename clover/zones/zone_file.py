"""A zone file's content as a whole."""

from typing import Annotated

from msgspec import Meta, Struct

from clover.zones.geography import CloudRegions, Region, Residency, StoreLimit, ZoneSite
from clover.zones.parties import (
    Authority,
    Backend,
    Organisation,
    Party,
    SecondCopies,
    ThirdCountryAccess,
    TrustedAccount,
    TrustedParty,
    ZoneAuditor,
)
from clover.zones.registers import (
    Approval,
    ClassRules,
    ControlException,
    Disclosure,
    Given,
    Limits,
    Migration,
    SharedDomain,
)
from clover.zones.vocabulary import Cloud, TlsVersion, TrustedKind
from clover.zones.words import Name, Sentence


class ZoneFile(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A zone file's content."""

    schema: Annotated[str, Meta(pattern="^clover\\.zone/1$", description="The form of this file.")]
    name: Annotated[Name, Meta(description="The zone's name: that of the file.")]
    title: Annotated[Sentence, Meta(description="The zone as reports call it.")]
    modelling: Annotated[Sentence, Meta(description="What in this file is a modelling choice; reports print it.")]
    residency: Annotated[Residency, Meta(description="How wide data may lie.")]
    clouds: Annotated[tuple[CloudRegions, ...], Meta(min_length=1, description="The regions known by name.")]
    sites: Annotated[tuple[ZoneSite, ...], Meta(min_length=1, description="The data-centre sites.")]
    data_classes: Annotated[tuple[ClassRules, ...], Meta(min_length=1, description="What each class asks.")]
    limits: Annotated[Limits, Meta(description="How much one site may declare.")]
    shared_domains: Annotated[tuple[SharedDomain, ...], Meta(description="Domains no wildcard may cover.")] = ()
    parties: Annotated[tuple[Party, ...], Meta(min_length=1, description="The legal entities.")]
    auditor: Annotated[ZoneAuditor, Meta(description="The independent auditor.")]
    organisations: Annotated[tuple[Organisation, ...], Meta(description="One for each cloud that has one.")] = ()
    backends: Annotated[tuple[Backend, ...], Meta(description="Where the state of sites' stacks lies.")] = ()
    backups: Annotated[tuple[SecondCopies, ...], Meta(description="Where second copies of sites' stores lie.")] = ()
    authorities: Annotated[tuple[Authority, ...], Meta(min_length=1, description="Whom the auditor reports to.")]
    trusted_base: Annotated[tuple[TrustedParty, ...], Meta(min_length=1, description="Whom proofs trust.")]
    trusted_accounts: Annotated[tuple[TrustedAccount, ...], Meta(description="Other accounts of the zone.")] = ()
    third_country_access: Annotated[
        tuple[ThirdCountryAccess, ...], Meta(description="Approved access from outside; none unless listed.")
    ] = ()
    foundation: Annotated[tuple[Given, ...], Meta(description="The givens that proofs rest on.")] = ()
    migrations: Annotated[tuple[Migration, ...], Meta(description="Historic data that comes in, with its end.")] = ()
    approvals: Annotated[tuple[Approval, ...], Meta(description="Employees who read user data, each until a day.")] = ()
    exceptions: Annotated[tuple[ControlException, ...], Meta(description="Controls that do not hold, dated.")] = ()
    disclosures: Annotated[tuple[Disclosure, ...], Meta(description="Metadata that leaves anyway.")] = ()

    def region(self, cloud: Cloud, name: str) -> Region | None:
        """Return the region of `cloud` that is called `name`, if the zone knows it."""
        regions = (region for known in self.clouds if known.cloud is cloud for region in known.regions)
        return next((region for region in regions if region.name == name), None)

    def highest_tls_floor(self, cloud: Cloud) -> TlsVersion:
        """Return the highest TLS version that a store on `cloud` can insist on."""
        return next(known.highest_tls_floor for known in self.clouds if known.cloud is cloud)

    def migration(self, site: str) -> Migration | None:
        """Return what historic data the site takes in, if it does."""
        return next((migration for migration in self.migrations if migration.site == site), None)

    def backend(self, site: str) -> Backend | None:
        """Return where the state of the site's stack lies, where the zone says it."""
        return next((backend for backend in self.backends if backend.site == site), None)

    def copies(self, site: str) -> SecondCopies | None:
        """Return where the second copies of the site's stores lie, where the zone says it."""
        return next((copies for copies in self.backups if copies.site == site), None)

    def copies_in(self, site: str) -> tuple[SecondCopies, ...]:
        """Return the second copies that lie in the site's region, whosever they are."""
        return tuple(copies for copies in self.backups if copies.home == site)

    def approved(self, site: str) -> tuple[Approval, ...]:
        """Return who is approved to read user data of the site, on whatever day."""
        return tuple(approval for approval in self.approvals if approval.site == site)

    def deployer(self, site: str) -> str:
        """Return who deploys the site: a path on AWS, an object id on Azure; every site of a checked zone has one."""
        found = (one for one in self.trusted_base if one.site == site and one.kind is TrustedKind.DEPLOYER)
        return next(one.principal or "" for one in found)

    def most_stores(self, cloud: Cloud) -> StoreLimit | None:
        """Return how many stores `cloud` takes of one site, where the zone says it."""
        return next(known.most_stores for known in self.clouds if known.cloud is cloud)
