"""What the grants of a key permit, as statements of its policy.

https://docs.aws.amazon.com/kms/latest/developerguide/grants.html: whoever a grant names may call its operations, beside
what policies permit; what a policy denies stays denied. Where a grant asks for an encryption context and for no other
beside it, others are taken to be let in too.
"""

from collections.abc import Iterator
from typing import Any

from clover.model.aws.network_links import entries, known, member, referring
from clover.model.resources import Resources, value
from clover.sources import Resource, Unknown
from clover.sources.plain import as_object

GRANT = "aws:kms/grant:Grant"
OF_SERVICES = ".amazonaws.com"
CONTEXTS = ("encryptionContextEquals", "encryptionContextSubset")


def grant_statements(resources: Resources, key: Resource) -> "list[dict[str, Any]] | Unknown":
    """The statements that say what the grants of a key permit; Unknown where that is not known."""
    found = [referring(resources, GRANT, "keyId", value(key, name)) for name in ("keyId", "arn")]
    statements: list[dict[str, Any]] = []
    for grant in {each.urn: each for one in found for each in one.certain}.values():
        parts = [value(grant, name) for name in ("granteePrincipal", "operations", "constraints")]
        if not all(map(known, parts)):
            return Unknown(f"what {grant.name} lets be done, and by whom")
        statements.append(_statement(grant))
    doubtful = found[0].doubtful
    return Unknown(f"whether {doubtful[0].name} is about {key.name}") if doubtful else statements


def _statement(grant: Resource) -> dict[str, Any]:
    """One grant."""
    grantee = str(value(grant, "granteePrincipal"))
    return {
        "Sid": f"grant {grant.name}",
        "Effect": "Allow",
        "Principal": {"Service" if grantee.endswith(OF_SERVICES) else "AWS": grantee},
        "Action": [f"kms:{operation}" for operation in entries(grant, "operations")],
        "Resource": "*",
        **({"Condition": {"StringEquals": asked}} if (asked := dict(_asked(grant))) else {}),
    }


def _asked(grant: Resource) -> Iterator[tuple[str, Any]]:
    """The encryption context that the grant asks for, as keys of a condition."""
    for constraint in entries(grant, "constraints"):
        for name in CONTEXTS:
            for key, wanted in (as_object(member(constraint, name)) or {}).items():
                yield f"kms:EncryptionContext:{key}", wanted
