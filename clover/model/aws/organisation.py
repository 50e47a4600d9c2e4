"""The policies of an organisation that its own stack declares, by where they are attached."""

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from clover.model.aws.policies import Document, Held, held, statements
from clover.model.resources import Resources, declared, value
from clover.sources import Resource, Unknown

POLICY = "aws:organizations/policy:Policy"
ATTACHMENT = "aws:organizations/policyAttachment:PolicyAttachment"
DELEGATIONS = (
    "aws:organizations/delegatedAdministrator:DelegatedAdministrator",
    "aws:organizations/resourcePolicy:ResourcePolicy",
)
"""What lets another account than the management account write policies.

https://docs.aws.amazon.com/organizations/latest/userguide/orgs_delegate_policies.html
"""
UNITS = "aws:organizations/organizationalUnit:OrganizationalUnit"
ACCOUNTS = "aws:organizations/account:Account"
KINDS = {"SERVICE_CONTROL_POLICY": "service-control-policy", "RESOURCE_CONTROL_POLICY": "resource-control-policy"}
"""The types of policies that decide requests, and what the foundation calls them."""
OPT_OUT = "AISERVICES_OPT_OUT_POLICY"
"""The type of policy that decides whether AI services keep what they are given; it decides no request."""
FULL: Document = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"}],
}
"""What AWS attaches to every root, unit and account by itself; service control policies name no principal."""


class Attached(NamedTuple):
    """A policy of one kind at one root, unit or account; the target is Unknown before it is known.

    `attachment` is the URN of what attaches it.
    """

    kind: str
    target: "str | Unknown"
    policy: Held
    attachment: str


def attached(resources: Resources, kinds: Mapping[str, str] = KINDS) -> Iterator[Attached]:
    """Every policy of some kinds that the stack attaches; one whose text or place is not known counts as open."""
    policies = resources.of(POLICY)
    by_id = {each.id: each for each in policies if each.id}
    by_urn = {each.urn: each for each in policies}
    for attachment in resources.of(ATTACHMENT):
        wanted = value(attachment, "policyId")
        named = by_id.get(wanted) if isinstance(wanted, str) else _behind(attachment, by_urn)
        kind = kinds.get(str(declared(named, "type", "SERVICE_CONTROL_POLICY"))) if named else None
        if named and kind:
            open_one = Held(named.urn, Unknown(f"the policy {named.name}"))
            yield Attached(kind, value(attachment, "targetId"), held(named, "content") or open_one, attachment.urn)


def _behind(attachment: Resource, policies: Mapping[str, Resource]) -> Resource | None:
    """The policy that an attachment waits for, while no policy has an id."""
    found = [policies[urn] for urn in attachment.dependencies if urn in policies]
    return found[0] if len(found) == 1 else None


def parents(resources: Resources) -> dict[str, str]:
    """The place that each unit and account which the stack declares hangs below, by its id."""
    found = ((each.id, value(each, "parentId")) for each in resources.of(UNITS, ACCOUNTS))
    return {str(one): above for one, above in found if one is not None and isinstance(above, str)}


def denies(policy: Held) -> bool:
    """Whether a policy denies anything; one of which the text is not known may."""
    document = policy.document
    return isinstance(document, Unknown) or any(each.get("Effect") == "Deny" for each in statements(document))


def full_access(kind: str) -> Document:
    """AWS's own policy of a kind."""
    if kind == "resource-control-policy":
        return FULL
    plain = [{name: content for name, content in each.items() if name != "Principal"} for each in statements(FULL)]
    return {**FULL, "Statement": plain}
