"""ARNs of IAM's principals, which follow from what is declared: a plan knows them before the cloud gives them.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html#identifiers-arns
"""

from collections.abc import Iterator, Sequence

from clover.model.resources import Resources, declared, value
from clover.sources import Resource, Unknown

KINDS = {"aws:iam/role:Role": "role", "aws:iam/user:User": "user", "aws:iam/group:Group": "group"}


def with_arns(resources: Sequence[Resource], account: str, partition: str) -> Iterator[Resource]:
    """The resources; a principal whose ARN waits for the cloud has the one that its name makes.

    So it is only where the principal's provider is pinned to the account.
    """
    providers = (each for each in resources if each.type == "pulumi:providers:aws")
    pinned = {each.urn for each in providers if Resources((each,)).accounts() == frozenset((account,))}
    for each in resources:
        arn = _arn(each, account, partition) if (each.provider or "").rpartition("::")[0] in pinned else None
        told = {} if arn is None else {"arn": arn}
        yield each._replace(inputs={**each.inputs, **told}, outputs={**each.outputs, **told}) if told else each


def _arn(resource: Resource, account: str, partition: str) -> str | None:
    """The ARN that the cloud will give; None for no principal, where it gave one, and while the name is not known."""
    if resource.type not in KINDS or not isinstance(value(resource, "arn"), Unknown):
        return None
    return made_arn(resource, account, partition)


def made_arn(principal: Resource, account: str, partition: str) -> str | None:
    """The ARN that a principal's kind, path and name make, for IAM gives it no other; None while one is not known."""
    name, path = value(principal, "name"), declared(principal, "path", "/")
    if not isinstance(name, str) or not isinstance(path, str):
        return None
    return f"arn:{partition}:iam::{account}:{KINDS[principal.type]}{path}{name}"
