"""ACC-2 on AWS: who stands inside already, beside the gates."""

from collections.abc import Iterator, Sequence

import msgspec

from clover.controls.aws_policies import Policies
from clover.controls.aws_requests import Asked, nobody, requests
from clover.controls.backups.aws_copies import copier_of
from clover.controls.case import Case
from clover.controls.residency.aws_reading import GATE_PATH, data_actions, data_of, role_of, site_endpoints, stores
from clover.controls.verdict import Answer, assumed, proved, refuted, unknown
from clover.model.aws.policies import Guarded
from clover.model.aws.principals import Principal, roles
from clover.model.resources import value
from clover.sources import Unknown

USERS = ("aws:iam/user:User", "aws:iam/accessKey:AccessKey", "aws:iam/userLoginProfile:UserLoginProfile")
"""What signs in without an identity provider, for as long as it is there."""


def gates(case: Case) -> list[Principal]:
    """The roles that stand where gates stand, and those that an identity provider opens."""
    return [
        role
        for role in roles(case.resources)
        if value(role.resource, "path") == GATE_PATH or "Federated" in str(role.trust.document if role.trust else "")
    ]


def nobody_stands_inside(case: Case) -> Iterator[Answer]:
    """ACC-2: beside the gates no declared role reads user data, and nothing signs in as a user of the account.

    Data is read through the site's own endpoints alone (RES-P1), so that only what comes by them is asked about. What
    S3 asks for while it makes a second copy, as a role that nobody else becomes, is no reading.
    """
    for user in case.resources.of(*USERS):
        example = {"kind": "property", "urn": user.urn, "property": "type", "value": user.type, "allowed": "no user"}
        yield refuted(f"{user.name} signs in to the account for as long as it is there", example, resource=user.urn)
    opened = {role.resource.urn for role in gates(case)}
    held = [store for store in stores(case) if role_of(store.resource) != "evidence"]
    copied = {store.resource.urn: copier_of(case, store.resource) for store in held}
    for role in roles(case.resources):
        if role.resource.urn not in opened:
            own = {urn: copier for urn, copier in copied.items() if copier and copier.arn == role.arn}
            asked = [each for store in held for each in _reading(store, copied=store.resource.urn in own)]
            found = _stands(case, role, asked)
            more = tuple(ground for copier in own.values() for ground in copier.grounds)
            yield msgspec.structs.replace(found, rests_on=(*found.rests_on, *more)) if found.rests_on else found
    yield assumed("that no role or user stands in the account beside those of the stack: `clover audit` reads who does")


def _reading(store: Guarded, *, copied: bool) -> Iterator[Asked]:
    """What shows the data of a store, whatever its policy says of it; of one that S3 copies as the role, what else."""
    if not isinstance(store.arn, Unknown):
        known = data_actions()["s3"]
        readable = {*known["read"], *known["list"]} - set(known["copied"] if copied else ())
        yield from (
            Asked([action for action in each.actions if action in readable], each.resources)
            for each in data_of(store.arn)
        )


def _stands(case: Case, role: Principal, asked: Sequence[Asked]) -> Answer:
    urn, name = role.resource.urn, role.resource.name
    told = f"{name} reads no user data"
    if isinstance(role.arn, Unknown):
        return unknown(f"the ARN of {name} is not known", resource=urn)
    if not asked or not role.identity:
        return proved(told, resource=urn)
    doors = [door for door in site_endpoints(case) if not isinstance(door, Unknown)]
    inside = {"StringEquals": {"aws:SourceVpce": doors}} if doors else {}
    question = requests(asked, {"ArnEquals": {"aws:PrincipalArn": role.arn}, **inside})
    return nobody(case, Policies(role.identity), question, told, urn)
