"""What a zone demands, takes as given, excepts and discloses."""

from datetime import date
from typing import Annotated

from msgspec import Meta, Struct

from clover.zones.vocabulary import (
    WORKSPACE,
    Cloud,
    DataClass,
    GivenKind,
    Immutability,
    OrganisationLevel,
    StoreRole,
    TlsVersion,
    Versioning,
)
from clover.zones.words import (
    DOMAIN,
    Count,
    Country,
    Digest,
    DocumentPath,
    Identifier,
    Name,
    Principal,
    Sentence,
    Workforce,
)

Days = Annotated[int, Meta(ge=1, le=36500)]


class Floor(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The weakest choices that a store of one class and role may make."""

    role: Annotated[StoreRole, Meta(description="The store's role; a role without a floor may not hold the class.")]
    versioning: Annotated[Versioning, Meta(description="`enabled`, unless older versions may be lost.")]
    minimum_tls: Annotated[TlsVersion, Meta(description="The lowest TLS version that may be answered.")]
    immutability: Annotated[Immutability, Meta(description="The weakest lock on stored versions.")]
    retention_days: Annotated[Days | None, Meta(description="Days that a lock must hold at least.")] = None


class ClassRules(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What a data class holds and what it asks of stores."""

    name: Annotated[DataClass, Meta(description="The class.")]
    holds: Annotated[tuple[Sentence, ...], Meta(min_length=1, description="The kinds of data in it.")]
    floors: Annotated[tuple[Floor, ...], Meta(min_length=1, description="One floor for each role that may hold it.")]


class Limits(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """How much one site may declare."""

    stores: Annotated[Count, Meta(description="Stores.")]
    allowed_domains: Annotated[Count, Meta(description="Allowed domains.")]
    interface_endpoints: Annotated[Count, Meta(description="Interface endpoints.")]


class Migration(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Historic data that a site takes in, by one writer, until a day that closes the landing by itself."""

    site: Annotated[Name, Meta(description="The site that takes it in.")]
    what: Annotated[Sentence, Meta(description="What data, and where it lies until then.")]
    writer: Annotated[Principal, Meta(description="The one principal that writes it, in the site's account or tenant.")]
    deadline: Annotated[date, Meta(description="The last day on which anything lands.")]


class Approval(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Employees who may read the stores of one class at one site, each time for a ticket, until a day."""

    site: Annotated[Name, Meta(description="The site whose stores they read.")]
    name: Annotated[Name, Meta(description="What the approval is called; once at a site.")]
    data_class: Annotated[DataClass, Meta(description="The class of the stores that open.")]
    workforce: Annotated[
        Workforce, Meta(description="Who: the account's identity provider on AWS, a group of the tenant on Azure.")
    ]
    until: Annotated[date, Meta(description="The last day on which anything opens.")]
    why: Annotated[Sentence, Meta(description="What for, and who approved it.")]


class SharedDomain(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A domain below which names belong to different parties, so that no wildcard may cover it."""

    suffix: Annotated[str, Meta(pattern=DOMAIN, description="The domain.")]
    why: Annotated[Sentence, Meta(description="Who can get a name below it.")]
    owned_below: Annotated[
        bool, Meta(description="Whether each name directly below it is one party's, with all that lies below that.")
    ] = False


class Given(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A fact from outside the stacks: a document that is evaluated, attested by somebody other than the operator."""

    id: Annotated[Identifier, Meta(description="The identifier that verdicts name.")]
    kind: Annotated[GivenKind, Meta(description="What sort of fact it is.")]
    states: Annotated[Sentence, Meta(description="The fact in plain words.")]
    scope: Annotated[
        tuple[Name, ...],
        Meta(
            min_length=1,
            description="The sites that it is about; `auditor` and `organisation` for those hands' own accounts, "
            f"`{WORKSPACE}` for those of the auditor's assessments.",
        ),
    ]
    level: Annotated[
        OrganisationLevel | None, Meta(description="Where an organisation's policy is attached on the account's path.")
    ] = None
    document: Annotated[DocumentPath, Meta(description="The JSON file, relative to the zone's own folder.")]
    sha256: Annotated[Digest, Meta(description="The digest of the file's bytes.")]
    attested_by: Annotated[Name, Meta(description="The party that vouches for it; never the operator.")]
    attested_on: Annotated[date, Meta(description="When it vouched.")]
    valid_until: Annotated[date, Meta(description="The last day that it counts.")]


class ControlException(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A control that does not hold for a resource, with the reason, the owner and the end."""

    id: Annotated[Identifier, Meta(description="The identifier that verdicts name.")]
    control: Annotated[Sentence, Meta(description="The control's id.")]
    resource: Annotated[Sentence, Meta(description="The resource it is about.")]
    legal_basis: Annotated[Sentence, Meta(description="Why it is lawful.")]
    owner: Annotated[Name, Meta(description="The party that answers for it.")]
    destination: Annotated[Country, Meta(description="The country that data reaches by it.")]
    expires: Annotated[date, Meta(description="The last day of the exception.")]


class Disclosure(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Metadata that leaves the zone by the nature of a cloud."""

    id: Annotated[Identifier, Meta(description="The identifier that verdicts name.")]
    cloud: Annotated[Cloud, Meta(description="The cloud.")]
    service: Annotated[Sentence, Meta(description="The service that keeps it.")]
    what: Annotated[Sentence, Meta(description="What leaves.")]
    destination: Annotated[Sentence, Meta(description="Where to, as the provider names it.")]
    countries: Annotated[tuple[Country, ...], Meta(description="Those countries, where they are known.")] = ()
