"""What a dossier says about itself: an in-toto statement on its files (https://in-toto.io/Statement/v1)."""

from collections.abc import Mapping
from datetime import date

import msgspec

STATEMENT_TYPE = "https://in-toto.io/Statement/v1"
DECLARATION_TYPE = "urn:clover:declaration:1"
ATTESTATION_TYPE = "urn:clover:attestation:1"


class File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A file of the dossier and its digest."""

    name: str
    digest: Mapping[str, str]


class Site(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One stack that the dossier is about; digests are SHA-256; `source_written` is the engine's own time.

    `rules_signed` is the digest of the auditor's envelope on the gateway's rules, wherever that was kept, and
    `auditor_stack_signed` that of the one on its own stack, where that stood in for the stack.
    """

    site: str
    zone: str
    zone_digest: str
    project: str
    stack: str
    source: str
    source_digest: str
    source_written: str | None
    rule_set_digest: str | None
    rules_signed: str | None
    auditor_stack_signed: str | None = None


class Beside(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A stack of another hand that was read beside the sites'; nothing of its own is judged here."""

    project: str
    stack: str
    source: str
    source_digest: str
    source_written: str | None


class Declared(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What was proved of which sources, with the commit as its maker told it.

    `previous` is the digest of the previous dossier's statement.
    """

    tool: str
    as_of: date
    commit: str | None
    basis: tuple[str, ...]
    sites: tuple[Site, ...]
    beside: tuple[Beside, ...]
    summary: Mapping[str, int]
    previous: str | None


class Statement(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A claim about files, and what it says of them."""

    type: str = msgspec.field(name="_type")
    subject: tuple[File, ...]
    predicate_type: str = msgspec.field(name="predicateType")
    predicate: Declared


class Reading(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A live reading of one site that the auditor proved too; `digest` is of what was read.

    `weaker` names the claims that the plan proves and that no reading can: live they are assumed.
    """

    site: str
    digest: str
    basis: str
    summary: Mapping[str, int]
    weaker: tuple[str, ...]


class Attested(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """That somebody proved the same again from the plan, and that no reading contradicts it.

    `zone_digests` are those of the zones that they proved against.
    """

    tool: str
    as_of: date
    sites: tuple[str, ...]
    zone_digests: tuple[str, ...]
    readings: tuple[Reading, ...]


class Attestation(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The claim about the statement itself that an auditor signs."""

    type: str = msgspec.field(name="_type")
    subject: tuple[File, ...]
    predicate_type: str = msgspec.field(name="predicateType")
    predicate: Attested


def attestation(statement: Statement, name: str, statement_digest: str, readings: tuple[Reading, ...]) -> Attestation:
    """What an auditor says of a dossier whose proofs they have repeated."""
    return Attestation(
        type=STATEMENT_TYPE,
        subject=(File(name=name, digest={"sha256": statement_digest}),),
        predicate_type=ATTESTATION_TYPE,
        predicate=Attested(
            tool=statement.predicate.tool,
            as_of=statement.predicate.as_of,
            sites=tuple(site.site for site in statement.predicate.sites),
            zone_digests=tuple(site.zone_digest for site in statement.predicate.sites),
            readings=readings,
        ),
    )
