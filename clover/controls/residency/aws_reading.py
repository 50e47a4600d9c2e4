"""RES-3 and RES-P1 on AWS: who reads, and from where."""

from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import msgspec

from clover.controls.aws_callers import not_trusted, outsiders, partition
from clover.controls.aws_policies import Policies
from clover.controls.aws_requests import Asked, Asking, either, nobody, requests
from clover.controls.backups.aws_copies import Copier, arn_of, copier_of, unclear_copier
from clover.controls.case import Case
from clover.controls.verdict import Answer, Outcome, unknown
from clover.model.aws import policies
from clover.model.aws.policies import Document, Guarded
from clover.model.aws.principals import Principal, roles
from clover.model.resources import value
from clover.sources import Resource, Unknown
from clover.sources.plain import as_object
from clover.tables import read_table
from clover.zones.vocabulary import StackKind

ROLE_TAG = "clover:store-role"
AUDITOR_PATH = "/clover/auditor/"
"""The path of the auditor's roles in a site's account."""
RUNNERS_PATH = "/clover/runners/"
"""The path of the roles of a backend's runners in its account."""
GATE_PATH = "/clover/access/"
"""The path of the roles that approvals of the zone open."""
BECOMING = ("sts:AssumeRole", "sts:AssumeRoleWithSAML", "sts:AssumeRoleWithWebIdentity")
"""The calls by which somebody becomes a role; all but the first are of people whom an identity provider signs in."""
CLASS_TAG = "clover:data-class"


@cache
def data_actions() -> Mapping[str, Mapping[str, Sequence[str]]]:
    """What shows or moves data, and what uses, administers and shares keys; see data_actions.yaml."""
    path = Path(policies.__file__).with_name("data_actions.yaml")
    return read_table(path)


def nobody_outside_reads(case: Case) -> Iterator[Answer]:
    """RES-3: no principal of an account outside the zone, and nobody without one, reaches the data of any store.

    Neither by a request of its own, nor by becoming a role of the site.
    """
    for store in stores(case):
        told = f"no account outside the zone reaches the data of {store.resource.name}"
        yield _asked(case, store, "outside", told)
    asked_elsewhere = (RUNNERS_PATH,) if case.hand is StackKind.BACKEND else (AUDITOR_PATH, GATE_PATH)
    for role in roles(case.resources):
        if value(role.resource, "path") not in asked_elsewhere:
            yield _becomes(case, role)


def _becomes(case: Case, role: Principal) -> Answer:
    """Whether somebody outside comes in by a role; AUD-3, ACC-1 and STA-3 ask more of auditors, gates, runners."""
    name, urn = role.resource.name, role.resource.urn
    if not isinstance(role.arn, str) or role.trust is None or isinstance(role.trust.document, Unknown):
        return unknown(f"the ARN of {name}, or whom it trusts, is not known", resource=urn)
    signed = {**outsiders(case), "Null": {"aws:PrincipalAccount": "false"}}
    foreign = requests([Asked(BECOMING[:1], [role.arn])], signed)
    signed_in = requests([Asked(BECOMING[1:], [role.arn])], {})
    told = f"nobody outside the zone becomes {name}"
    return nobody(case, Policies(resource=role.trust), either(foreign, signed_in), told, urn)


def data_is_read_from_the_site(case: Case) -> Iterator[Answer]:
    """RES-P1: every data request to a store of user data that lacks one of the site's endpoints is denied.

    But for S3's own, while it copies the store into the second copies that the zone names.
    """
    doors = ", ".join(map(str, site_endpoints(case))) or "nothing"
    for store in stores(case):
        if role_of(store.resource) != "evidence":
            copier = copier_of(case, store.resource)
            own = f", and copied by S3 alone, as {copier.arn.rpartition('/')[2]}" if copier else ""
            told = f"whoever asks, the data of {store.resource.name} is reached through {doors} only{own}"
            yield _resting(case, store, _asked(case, store, "beside", told), copier)


def no_service_reads(case: Case) -> Iterator[Answer]:
    """What RES-P2 asks of stores: no service reads one for somebody who came by no endpoint, or for itself."""
    for store in stores(case):
        if role_of(store.resource) != "evidence":
            told = f"no service reads {store.resource.name} for a caller outside"
            yield _resting(case, store, _asked(case, store, "behalf", told), copier_of(case, store.resource))


def _resting(case: Case, store: Guarded, answer: Answer, copier: Copier | None) -> Answer:
    """A proof that lets a copier pass rests on what is known of that; where too little is, it refutes nothing."""
    if copier and answer.outcome is Outcome.PROVED:
        return msgspec.structs.replace(answer, rests_on=(*answer.rests_on, *copier.grounds))
    request: Any = (answer.counterexample or {}).get("request")
    caller = (as_object(request) or {}).get("principal")
    doubt = unclear_copier(case, store.resource)
    if doubt and caller in {arn_of(case, role) for role in roles(case.resources)}:
        return unknown(doubt, resource=store.resource.urn)
    return answer


def _asked(case: Case, store: Guarded, name: str, told: str) -> Answer:
    """The answer to one of the questions about who reaches the data of a store."""
    doors = [] if name == "outside" else site_endpoints(case)
    if not known(store) or any(isinstance(door, Unknown) for door in doors):
        told = f"the policy of {store.resource.name}, or what it names, is not known"
        return unknown(told, resource=store.resource.urn)
    asking = Asking(_questions(case, store), name)
    return nobody(case, Policies(resource=store.policy), asking, told, store.resource.urn)


def _questions(case: Case, store: Guarded) -> dict[str, Document]:
    """What is asked about a store: all at once, for all is about its one policy."""
    doors = site_endpoints(case)
    found = {"outside": requests(data_of(store.arn, names=True), outsiders(case))}
    if role_of(store.resource) == "evidence" or any(isinstance(door, Unknown) for door in doors):
        return found
    data, beside = data_of(store.arn), {"StringNotEquals": {"aws:SourceVpce": doors}} if doors else {}
    copier = copier_of(case, store.resource)
    behalf = _but_for(copier, store, data, {**beside, "Bool": {"aws:ViaAWSService": "true"}})
    itself = requests(data, {"Bool": {"aws:PrincipalIsAWSService": "true"}})
    lists = Asked(data_actions()["s3"]["names"], [str(store.arn)])
    names = requests([lists], {**beside, **not_trusted(case, (copier.arn,) if copier else ())})
    return {**found, "beside": either(_but_for(copier, store, data, beside), names), "behalf": either(behalf, itself)}


def _but_for(copier: Copier | None, store: Guarded, data: Sequence[Asked], condition: Mapping[str, Any]) -> Document:
    """The question about data, without what S3 itself asks for while it copies a version as the store's copier."""
    if copier is None:
        return requests(data, condition)
    copied = data_actions()["s3"]["copied"]
    rest = [Asked([action for action in each.actions if action not in copied], each.resources) for each in data]
    others = {**condition, "ArnNotEquals": {"aws:PrincipalArn": copier.arn}}
    return either(requests(rest, condition), requests([Asked(copied, [f"{store.arn}/*"])], others))


def stores(case: Case) -> Iterator[Guarded]:
    """The site's buckets with their policies."""
    return policies.buckets(case.resources, partition(case))


def known(store: Guarded) -> bool:
    """Whether the store's ARN and policy are known."""
    return not isinstance(store.arn, Unknown) and not (store.policy and isinstance(store.policy.document, Unknown))


def data_of(arn: str, *, names: bool = False) -> list[Asked]:
    """What shows or moves the data of a bucket; with `names` also what shows the keys of its objects."""
    found = data_actions()["s3"]
    listing = [*found["list"], *(found["names"] if names else ())]
    return [Asked([*found["read"], *found["write"]], [f"{arn}/*"]), Asked(listing, [arn])]


def role_of(bucket: Resource) -> Any:
    """The store role that the bucket's tags say; user data where they say none."""
    return (as_object(value(bucket, "tags")) or {}).get(ROLE_TAG, "user-data")


def site_endpoints(case: Case) -> list[Any]:
    """The ids of the site's endpoints to S3."""
    wanted = f".{case.site.region}.s3"
    found = case.resources.of("aws:ec2/vpcEndpoint:VpcEndpoint")
    return [endpoint.id for endpoint in found if str(value(endpoint, "serviceName")).endswith(wanted)]
